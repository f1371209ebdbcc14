import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Failure } from '../../platform/errors.js';
import { abandonBody } from '../../platform/http/abandon-body.js';

const unzip = promisify(gunzip);

/**
 * Reads a request's JSON, plain or gzipped. Gzip is known by its first bytes, whatever the headers say: some SDKs send
 * it as `application/x-www-form-urlencoded` without naming an encoding.
 * @param limit bytes, before and after decompression alike. More is refused as soon as it is known: by the announced
 *   length, else at the first byte beyond; a small body that would unpack to a huge one, while it unpacks.
 * Throws TOO_LARGE or BAD_REQUEST.
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  const plain = isGzip(bytes) ? await decompress(bytes, limit) : bytes;
  return parse(plain);
}

async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(request, limit);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) throw tooLarge(request, limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function tooLarge(request: IncomingMessage, limit: number): Failure {
  abandonBody(request);
  return new Failure('TOO_LARGE', `A request may have ${limit} bytes.`);
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function decompress(bytes: Buffer, limit: number): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Failure('TOO_LARGE', `A request may have ${limit} bytes when unpacked.`, { cause });
    }
    throw new Failure('BAD_REQUEST', 'The body is not valid gzip.', { cause });
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure('BAD_REQUEST', 'The body is not JSON in UTF-8.', { cause });
  }
}
