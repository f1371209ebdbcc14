import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from 'node:zlib';
import { Failure } from '../../platform/errors.js';
import { abandonBody } from '../../platform/http/abandon-body.js';

type Unpack = (bytes: InputType, options: ZlibOptions) => Promise<Buffer>;

/** The ways in which a body may be packed. */
const packings = {
  gzip: promisify(gunzip) as Unpack,
  deflate: promisify(inflate) as Unpack,
  /** Some clients leave out the envelope that HTTP's `deflate` means. */
  'deflate without its envelope': promisify(inflateRaw) as Unpack,
} as const;
type Packing = keyof typeof packings;

/**
 * Reads a request's JSON, plain or packed by gzip or deflate. Packing is known by the first bytes, whatever the headers
 * say: some SDKs send gzip as `application/x-www-form-urlencoded` without naming an encoding.
 * @param limit bytes, before and after unpacking alike. More is refused as soon as it is known: by the announced
 *   length, else at the first byte beyond; a small body that would unpack to a huge one, while it unpacks.
 * Throws TOO_LARGE or BAD_REQUEST.
 */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  const packing = packingOf(bytes, request.headers['content-encoding']);
  return parse(packing ? await unpack(bytes, packing, limit) : bytes);
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

/** JSON in UTF-8 begins with neither of these bytes. What is only said to be deflate may still be plain JSON. */
function packingOf(bytes: Buffer, said: string | undefined): Packing | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip';
  if (bytes[0] === 0x78) return 'deflate';
  return said === 'deflate' && !beginsLikeJson(bytes) ? 'deflate without its envelope' : undefined;
}

function beginsLikeJson(bytes: Buffer): boolean {
  return /^\s*[{[]/u.test(bytes.toString('latin1', 0, 64));
}

async function unpack(bytes: Buffer, packing: Packing, limit: number): Promise<Buffer> {
  try {
    return await packings[packing](bytes, { maxOutputLength: limit });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Failure('TOO_LARGE', `A request may have ${limit} bytes when unpacked.`, { cause });
    }
    throw new Failure('BAD_REQUEST', `The body is not valid ${packing}.`, { cause });
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure('BAD_REQUEST', 'The body is not JSON in UTF-8.', { cause });
  }
}
