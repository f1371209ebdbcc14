import { Failure } from '../../platform/errors.js';
import { isStorable } from '../../platform/storable.js';

/** What was posted: the values of each field, in order. */
export type Posted = ReadonlyMap<string, readonly string[]>;

/** Bytes of a post at most. */
export const postLimit = 64 * 1024;

/**
 * Reads a post as browsers and scripts send it: `application/x-www-form-urlencoded`, `multipart/form-data` or JSON, an
 * object of texts, numbers, flags and lists of them. Throws TOO_LARGE, BAD_REQUEST or INVALID_INPUT.
 */
export async function readPosted(body: Buffer, contentType: string): Promise<Posted> {
  if (body.length > postLimit) throw new Failure('TOO_LARGE', `A post may have ${postLimit} bytes.`);
  const type = contentType.split(';', 1)[0]!.trim().toLowerCase();
  const entries = type === 'application/json' ? readJson(body) : await readForm(body, contentType);
  const posted = new Map<string, string[]>();
  for (const [name, value] of entries) {
    if (!isStorable(value))
      throw new Failure('INVALID_INPUT', 'The text holds a NUL character or half of a surrogate pair.', {
        path: name,
      });
    posted.set(name, [...(posted.get(name) ?? []), value]);
  }
  return posted;
}

async function readForm(body: Buffer, contentType: string): Promise<[string, string][]> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch((cause: unknown) => {
      throw new Failure('BAD_REQUEST', 'Post a form, or a JSON object.', { cause });
    });
  return [...form].map(([name, value]) => {
    if (typeof value === 'string') return [name, value];
    throw new Failure('INVALID_INPUT', 'Files are not taken.', { path: name });
  });
}

function readJson(body: Buffer): [string, string][] {
  return Object.entries(parse(body)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((item: unknown): [string, string][] => {
      if (item === null) return [];
      if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
        return [[name, String(item)]];
      throw new Failure('INVALID_INPUT', 'This must be a text, a number, a flag, or a list of them.', {
        path: name,
      });
    }),
  );
}

function parse(body: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Failure('BAD_REQUEST', 'The body is not JSON in UTF-8.', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new Failure('BAD_REQUEST', 'The body must be a JSON object.');
}

/** The last value of a field that is not blank. */
export function valueOf(posted: Posted, name: string): string | undefined {
  return posted
    .get(name)
    ?.findLast((value) => value.trim() !== '')
    ?.trim();
}
