import type { WorkspaceTransaction } from './with-workspace.js';

/** A statement whose rows are more than should be in memory at once. */
export interface LargeRead {
  text: string;
  values: unknown[];
  /** Rows of a batch. */
  size: number;
}

let cursors = 0;

/**
 * Reads the rows of a statement batch by batch, through a cursor: the next are not read before these are done with.
 * Planned for large sets, as is the rest of the transaction.
 */
export async function* readInBatches<Row>(
  tx: WorkspaceTransaction,
  { text, values, size }: LargeRead,
): AsyncGenerator<Row[]> {
  // Right after a large import the tables' statistics are out of date, and a nested loop that looks cheap to PostgreSQL
  // then takes the square of the time.
  await tx.query('set local enable_nestloop = off');
  // All rows will be fetched: the plan is to be the one that is fastest for all of them, not for the first.
  await tx.query('set local cursor_tuple_fraction = 1');
  const cursor = `batches_${(cursors += 1)}`;
  await tx.query(`declare ${cursor} no scroll cursor for ${text}`, values);
  for (;;) {
    const batch = await tx.query<Row>(`fetch ${size} from ${cursor}`);
    if (batch.length > 0) yield batch;
    if (batch.length < size) break;
  }
  await tx.query(`close ${cursor}`);
}
