import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  DestinationFailure,
  type AudienceConnector,
  type Connection,
  type DestinationType,
} from '../destination.js';
import { text } from '../entered.js';
import { localStorage } from './local.js';
import { readRows, writeRows } from './rows.js';
import { s3Storage } from './s3.js';
import { largestFile, type Storage } from './storage.js';

const folder = z
  .string()
  .trim()
  .max(200, 'The folder has more than 200 characters.')
  .transform((path) => path.replaceAll(/^\/+|\/+$/g, ''))
  .refine((path) => path === '' || path.split('/').every((piece) => /^[\w][\w.-]*$/.test(piece)), {
    message: 'A folder is written like audiences/daily, with letters, digits, dots and dashes.',
  });

const settingsSchema = z
  .object({
    storage: z.enum(['local', 's3'], 'Files are kept in "local" or "s3".').default('local'),
    folder: folder.default(''),
    bucket: text('The bucket', 63)
      .regex(/^[a-z0-9][a-z0-9.-]+[a-z0-9]$/, 'This is no name of a bucket.')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'This is no region.')
      .default('us-east-1'),
    endpoint: z
      .string()
      .trim()
      .refine((url) => URL.canParse(url) && ['https:', 'http:'].includes(new URL(url).protocol), {
        message: 'The address begins with https://',
      })
      .optional(),
  })
  .refine(({ storage, bucket }) => storage === 'local' || bucket !== undefined, {
    path: ['bucket'],
    message: 'The bucket is missing.',
  });

/**
 * One file for each audience. A batch is put into it as a whole: the file is read, changed and put in its place, so that
 * it holds exactly who is in the audience at any time, and nobody of whom the platform would be told to forget them.
 */
const connector: AudienceConnector = {
  limits: { batch: 100_000, batchesPerMinute: 0 },
  kinds: ['contacts', 'companies'],
  removesWholeRows: true,
  async open(connection, { id, name }) {
    const remoteId = `${spell(name)}-${id}.csv`;
    const storage = storageOf(connection);
    // Some storage does not tell a file that is not there from one that may not be read, so it is there from the start.
    if ((await storage.read(remoteId)) === undefined) await storage.write(remoteId, '');
    return { remoteId };
  },
  async send(connection, { remoteId }, { action, members }) {
    const storage = storageOf(connection);
    const found = await storage.read(remoteId);
    if (found === undefined) throw new DestinationFailure('gone', 'The file is not there any more.');
    const rows = readRows(found);
    for (const member of members) {
      if (action === 'add') rows.add(member);
      else rows.delete(member);
    }
    const written = writeRows(rows);
    if (Buffer.byteLength(written) > largestFile)
      throw new DestinationFailure('refused', 'There are too many members for one file.');
    await storage.write(remoteId, written);
    return { rejected: [], rejectedUnnamed: 0 };
  },
};

/** Files of a workspace's own: on this machine, or in storage that speaks S3. */
export const file: DestinationType = {
  kind: 'file',
  label: 'Files',
  settings: settingsSchema,
  places: ['storage', 'folder', 'bucket', 'region', 'endpoint'],
  credentials: z.object({
    accessKeyId: text('The id of the access key', 200).optional(),
    secretAccessKey: text('The secret access key', 500).optional(),
  }),
  /** Writes a file, reads it and removes it. */
  async test(connection) {
    const storage = storageOf(connection);
    const name = `coterie-test-${randomUUID()}.csv`;
    await storage.write(name, 'it works\r\n');
    const read = await storage.read(name);
    await storage.remove(name);
    if (read !== 'it works\r\n')
      throw new DestinationFailure('refused', 'What is read is not what was written.');
  },
  audiences: connector,
};

function storageOf(connection: Connection): Storage {
  const { storage, folder: within, bucket, region, endpoint } = settingsSchema.parse(connection.settings);
  if (storage === 's3') return s3Storage(connection, { endpoint, region, bucket: bucket!, folder: within });
  if (connection.folder === undefined)
    throw new DestinationFailure('refused', 'This installation keeps no files: EXPORT_DIR is not set.');
  return localStorage(`${connection.folder}/${within}`);
}

/** A name as a piece of a file's. It is only to be recognised: the id is what tells files apart. */
function spell(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return plain.replaceAll(/^-|-$/g, '').slice(0, 60) || 'audience';
}
