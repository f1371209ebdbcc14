import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply } from 'fastify';

const contentTypes = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;

/** The formats in which files are handed out. */
export type FileFormat = keyof typeof contentTypes;

/** A file that is about to be sent. */
export interface DownloadedFile {
  name: string;
  /** What it is called where the name cannot be spelled. */
  fallback: string;
  format: FileFormat;
  /** Bytes, where they are known. */
  size?: number;
}

/** Says in the headers of an answer what file it is. */
export function describeDownload(
  reply: FastifyReply,
  { name, fallback, format, size }: DownloadedFile,
): FastifyReply {
  if (size !== undefined) void reply.header('content-length', size);
  return reply.headers({
    'content-type': contentTypes[format],
    'content-disposition': contentDisposition(name, { fallback }),
    // It holds personal data, and is out of date as soon as somebody withdraws a consent.
    'cache-control': 'no-store',
  });
}
