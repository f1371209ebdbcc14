import type { ImportKind } from '@coterie/client';

/** A file that was taken, or why it was not. */
export type Upload = { ok: true; importId: string } | { ok: false; message: string };

/** A file on its way. */
export interface Uploading {
  finished: Promise<Upload>;
  /** Stops sending; nothing of it is kept. */
  abort(): void;
}

/** What is to be done with a file. */
export interface UploadRequest {
  workspaceId: string;
  kind: ImportKind;
  /** Whether only to find out what an import would do. */
  dryRun: boolean;
  /** What was said about columns, by header. */
  mapping: Readonly<Record<string, { target?: string | null; dateFormat?: string }>>;
  /** Who says what a file of signals holds. */
  source?: string;
}

interface Answer {
  id?: string;
  error?: { message: string };
}

/**
 * Sends a CSV file. By XMLHttpRequest: fetch cannot tell how much has been sent.
 * @param onProgress hears the share that was sent, from 0 to 1.
 */
export function uploadFile(
  file: File,
  { workspaceId, kind, dryRun, mapping, source }: UploadRequest,
  onProgress: (share: number) => void,
): Uploading {
  const request = new XMLHttpRequest();
  const finished = new Promise<Upload>((resolve) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('load', () => resolve(read(request)));
    request.addEventListener('error', () =>
      resolve({ ok: false, message: 'Coterie does not answer. Check the connection and try again.' }),
    );
    request.addEventListener('abort', () => resolve({ ok: false, message: 'The upload was called off.' }));
  });
  const query = new URLSearchParams({
    workspaceId,
    fileName: file.name.slice(-200),
    of: kind.toLowerCase(),
    dryRun: String(dryRun),
    ...(Object.keys(mapping).length > 0 ? { mapping: JSON.stringify(mapping) } : {}),
    ...(source ? { source } : {}),
  });
  request.open('POST', `/v1/imports?${query}`);
  request.setRequestHeader('content-type', 'text/csv');
  request.send(file);
  return { finished, abort: () => request.abort() };
}

function read({ responseText, status }: XMLHttpRequest): Upload {
  const { id, error } = parse(responseText);
  if (id) return { ok: true, importId: id };
  return { ok: false, message: error?.message ?? `The file was refused (HTTP ${status}).` };
}

function parse(text: string): Answer {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return {};
  }
}
