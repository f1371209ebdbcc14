import { longStatementSeconds, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  diffValues,
  loadValues,
  parseAttributeValue,
  setValue,
  writeValues,
  type AttributeValue,
  type ValueWrite,
} from '../attributes/index.js';
import type { ComputedAttribute } from './computed-attribute.js';
import { lockContacts } from './computed-attribute.repository.js';
import { evaluate } from './evaluate.sql.js';

/** How one step reads dates, when it is, and how large it is. */
export interface Moment {
  timeZone: string;
  now: Date;
  /** How many contacts it looks at. */
  chunk: number;
}

/** How a step's transaction runs: a chunk of contacts may have many events. */
export const stepOptions = { statementSeconds: longStatementSeconds };

/** Computes an attribute anew for some contacts, as of a minute, and notes for whom it differs. */
export async function recompute(
  tx: WorkspaceTransaction,
  { key, type, computation }: ComputedAttribute,
  { ordinals, asOf }: { ordinals: readonly number[]; asOf: Date },
  { timeZone, now }: Moment,
): Promise<void> {
  // Locked first: what is written after the events were read is in the feed, and looked at again.
  const contacts = await lockContacts(tx, ordinals);
  if (contacts.length === 0) return;
  const { text, values } = evaluate({ computation, type, asOf, timeZone }, contacts);
  const rows = await tx.query<{ ordinal: number; value: unknown }>(text, values);
  const found = new Map(rows.map(({ ordinal, value }) => [ordinal, value]));
  const stored = await loadValues(tx, 'contact', contacts, [key]);
  const writes = contacts.flatMap((ordinal): ValueWrite<number>[] => {
    const before = stored.get(ordinal) ?? new Map();
    const after = new Map(before);
    setValue(after, key, read(found.get(ordinal)), now);
    return diffValues(ordinal, before, after);
  });
  await writeValues(tx, 'contact', writes);
  tx.changed(
    writes.filter(({ differs }) => differs).map(({ holder }) => holder),
    `attribute:${key}`,
  );

  /** What an attribute does not hold, such as a text that is too long, is no value. */
  function read(value: unknown): AttributeValue | null {
    const parsed = parseAttributeValue({ key, type }, value, timeZone);
    return parsed.ok ? parsed.value : null;
  }
}
