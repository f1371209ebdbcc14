import aws4 from 'aws4';
import type { Answer } from '../../../platform/http/ask.js';
import { AddressRefused } from '../../../platform/net/network.js';
import { failureOfStatus } from '../call-platform.js';
import { DestinationFailure, type Connection } from '../destination.js';
import { largestFile, type Storage } from './storage.js';

/*
 * Amazon's S3, and what speaks it: objects of a bucket by path, requests signed by version 4.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 */

const label = 'The storage';

/** Milliseconds for one file, which may be large. */
const patience = 300_000;

/** A bucket, and how it is reached. */
export interface Bucket {
  endpoint: string | undefined;
  region: string;
  bucket: string;
  folder: string;
}

/** Files in a bucket. */
export function s3Storage({ credentials, outside, signal }: Connection, bucket: Bucket): Storage {
  const { accessKeyId = '', secretAccessKey = '' } = credentials;
  if (!accessKeyId || !secretAccessKey)
    throw new DestinationFailure('credentials', 'A bucket needs the id of an access key and its secret.');
  const base = new URL(bucket.endpoint ?? `https://s3.${bucket.region}.amazonaws.com`);
  const call = async (method: 'GET' | 'PUT' | 'DELETE', name: string, text?: string): Promise<Answer> => {
    const key = [bucket.folder, name].filter(Boolean).join('/');
    const path = `${base.pathname.replace(/\/$/, '')}/${bucket.bucket}/${key.split('/').map(escape).join('/')}`;
    const headers = {
      ...(text !== undefined && {
        'content-type': 'text/csv; charset=utf-8',
        'content-length': Buffer.byteLength(text),
      }),
    };
    const signed = aws4.sign(
      { service: 's3', region: bucket.region, method, host: base.host, path, headers, body: text ?? '' },
      { accessKeyId, secretAccessKey },
    );
    // The names that `sign` gives headers are not all in lower case; the length is the client's own to say.
    const {
      'content-length': _length,
      host: _host,
      ...sent
    } = Object.fromEntries(
      Object.entries(signed.headers ?? {}).map(([header, value]) => [header.toLowerCase(), String(value)]),
    );
    try {
      return await outside.ask(new URL(path, base), {
        method,
        headers: sent,
        ...(text !== undefined && { body: text }),
        patience,
        most: largestFile,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AddressRefused)
        throw new DestinationFailure('refused', `${label} cannot be reached there: ${error.message}`, {
          cause: error,
        });
      throw new DestinationFailure('busy', `${label} does not answer.`, { cause: error });
    }
  };
  return {
    async read(name) {
      const answer = await call('GET', name);
      // A key that may not list a bucket is told 403 of what is not there; `test` has shown that it may read.
      if (answer.status === 404 && codeOf(answer) !== 'NoSuchBucket') return undefined;
      if (answer.status === 403 && codeOf(answer) === 'AccessDenied') return undefined;
      check(answer);
      if (!answer.isWhole) throw new DestinationFailure('refused', 'The file has become too large.');
      return answer.text;
    },
    write: async (name, text) => check(await call('PUT', name, text)),
    remove: async (name) => check(await call('DELETE', name)),
  };
}

/** What a path may not hold as it is; stricter than `encodeURIComponent`, as the signature wants it. */
function escape(piece: string): string {
  return encodeURIComponent(piece).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function codeOf({ text }: Answer): string {
  return /<Code>([A-Za-z]+)<\/Code>/.exec(text)?.[1] ?? '';
}

const wrongKeys = new Set(['InvalidAccessKeyId', 'SignatureDoesNotMatch', 'ExpiredToken', 'InvalidToken']);

function check(answer: Answer): void {
  const { status, headers } = answer;
  if (status < 300) return;
  const code = codeOf(answer);
  if (status === 429 || status >= 500 || code === 'SlowDown') {
    const seconds = Number(headers['retry-after']);
    throw new DestinationFailure('busy', `${label} takes nothing for now (HTTP ${status}).`, {
      ...(seconds > 0 && { retryAfter: seconds * 1000 }),
    });
  }
  if (wrongKeys.has(code)) throw failureOfStatus(label, 401, code);
  if (code === 'RequestTimeTooSkewed')
    throw new DestinationFailure(
      'refused',
      'The clock of this machine is wrong: the storage does not accept it.',
    );
  if (code === 'NoSuchBucket') throw new DestinationFailure('refused', 'There is no bucket of this name.');
  if (status >= 300 && status < 400)
    throw new DestinationFailure('refused', 'The bucket is in another region: enter that one.');
  throw failureOfStatus(label, status, code);
}
