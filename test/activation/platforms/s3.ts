import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** The keys and the bucket that the server knows. */
export const s3Key = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
export const s3Bucket = { bucket: 'acme-audiences', region: 'eu-central-1' };

/** Storage that speaks S3, as far as objects go, and looks at every signature. */
export interface S3Server {
  url: string;
  /** Objects by key. */
  objects: Map<string, string>;
  /** The next calls are answered so. */
  failures: { status: number; code: string }[];
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startS3(): Promise<S3Server> {
  const kept: S3Server = {
    url: '',
    objects: new Map(),
    failures: [],
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const { status, text } = answerTo(request, body, kept);
      response.writeHead(status, { 'content-type': 'application/xml' }).end(text);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  kept.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return kept;
}

interface Answer {
  status: number;
  text: string;
}

const failed = (status: number, code: string): Answer => ({
  status,
  text: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
});

function answerTo(request: IncomingMessage, body: Buffer, { objects, failures }: S3Server): Answer {
  const failure = failures.shift();
  if (failure) return failed(failure.status, failure.code);
  const fault = faultOfSignature(request, body);
  if (fault) return failed(403, fault);
  const [, bucket = '', ...key] = decodeURIComponent(request.url ?? '').split('/');
  if (bucket !== s3Bucket.bucket) return failed(404, 'NoSuchBucket');
  const name = key.join('/');
  if (request.method === 'PUT') {
    if (request.headers['content-length'] === undefined) return failed(411, 'MissingContentLength');
    objects.set(name, body.toString());
    return { status: 200, text: '' };
  }
  if (request.method === 'DELETE') {
    objects.delete(name);
    return { status: 204, text: '' };
  }
  const found = objects.get(name);
  return found === undefined ? failed(404, 'NoSuchKey') : { status: 200, text: found };
}

const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Computes the signature anew (AWS Signature Version 4). @returns S3's code for what is wrong with it. */
function faultOfSignature({ method, url = '', headers }: IncomingMessage, body: Buffer): string | undefined {
  const read =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!read) return 'AccessDenied';
  const [, id, day, region, names = '', signature] = read as unknown as string[];
  if (id !== s3Key.accessKeyId) return 'InvalidAccessKeyId';
  if (region !== s3Bucket.region) return 'AuthorizationHeaderMalformed';
  const date = String(headers['x-amz-date']);
  const sent = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!(Math.abs(Date.now() - sent) < 15 * 60_000)) return 'RequestTimeTooSkewed';
  const content = String(headers['x-amz-content-sha256']);
  if (content !== hash(body)) return 'XAmzContentSHA256Mismatch';
  const signed = names.split(';');
  if (!['host', 'x-amz-date', 'x-amz-content-sha256'].every((name) => signed.includes(name)))
    return 'AccessDenied';
  const [path = '', query = ''] = url.split('?');
  const canonical = [
    method,
    path,
    query,
    ...signed.map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    content,
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, hash(canonical)].join('\n');
  const key = ['s3', 'aws4_request'].reduce(
    (secret, piece) => hmac(secret, piece),
    hmac(hmac(`AWS4${s3Key.secretAccessKey}`, day!), region!),
  );
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'SignatureDoesNotMatch';
}
