import { Client } from 'pg';

/** How fast the rows of a workspace's events go into a table of the same shape, in milliseconds. */
export interface RawInsert {
  took: number;
  rows: number;
}

const columns = [
  ['workspace_id', 'uuid'],
  ['occurred_at', 'timestamptz'],
  ['id', 'uuid'],
  ['ordinal', 'int'],
  ['name', 'text'],
  ['folded_name', 'text'],
  ['target', 'text'],
  ['folded_target', 'text'],
  ['properties', 'jsonb'],
  ['source', 'text'],
  ['message_id', 'text'],
  ['received_at', 'timestamptz'],
] as const;

/**
 * Measures what the server itself can do: inserts the rows again by `insert … select from unnest`, a statement and a
 * transaction for each batch, into the same table (partitions, indexes and foreign keys included) after taking them out.
 * @param connections that insert at the same time, each the next batch as soon as its last one is committed.
 */
export async function rawInsert(
  ownerUrl: string,
  workspaceId: string,
  perBatch: number,
  connections: number,
): Promise<RawInsert> {
  const clients = await Promise.all(Array.from({ length: connections }, () => connect(ownerUrl)));
  try {
    const owner = clients[0]!;
    const batches = await takeOut(owner, workspaceId, perBatch);
    const rows = batches.reduce((sum, batch) => sum + batch[0]!.length, 0);
    const begin = performance.now();
    await Promise.all(clients.map((client) => insertAll(client, batches)));
    return { took: performance.now() - begin, rows };
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** Deletes the rows and gives them back as batches of columns, as texts: the driver then has nothing to convert. */
async function takeOut(owner: Client, workspaceId: string, perBatch: number): Promise<string[][][]> {
  const texts = columns.map(([name]) => `${name}::text`).join(', ');
  const { rows } = await owner.query({
    text: `select ${texts} from events where workspace_id = $1 order by received_at, id`,
    values: [workspaceId],
    rowMode: 'array',
  });
  await owner.query('delete from events where workspace_id = $1', [workspaceId]);
  await owner.query('vacuum analyze events');
  const batches: string[][][] = [];
  for (let from = 0; from < rows.length; from += perBatch) {
    const batch = rows.slice(from, from + perBatch) as string[][];
    batches.push(columns.map((_, column) => batch.map((row) => row[column]!)));
  }
  return batches;
}

async function insertAll(client: Client, batches: string[][][]): Promise<void> {
  const types = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  const names = columns.map(([name]) => name).join(', ');
  const text = `insert into events (${names}) select * from unnest(${types})`;
  for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
    await client.query(text, batch);
  }
}
