import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { newId } from '../../platform/ids.js';
import type { PreparedSignal, Signal } from './signal.js';

/** Whom signals are about: how the two tables differ. */
export type SignalSubject = 'contact' | 'company';
const tables = {
  contact: { name: 'contact_signals', holder: 'ordinal', type: 'int' },
  company: { name: 'company_signals', holder: 'company_id', type: 'uuid' },
} as const;

/** A contact by its ordinal, or a company by its id. */
export type Holder = number | string;

/** What is stored of a source under a name. */
export interface StoredSignal extends Pick<
  PreparedSignal,
  'foldedName' | 'foldedSource' | 'text' | 'number' | 'observedAt'
> {
  id: string;
  holder: Holder;
}

/** Lets one writer of signals in at a time: no unique key keeps two from saying the same, as merges may bring two together. */
export async function lockSignals(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('signals:' || $1, 0))`, [tx.workspaceId]);
}

/** What holders show under these names. */
export async function storedSignals(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  holders: readonly Holder[],
  foldedNames: readonly string[],
): Promise<StoredSignal[]> {
  const { name, holder, type } = tables[subject];
  return tx.query(
    `select id, ${holder} as holder, folded_name as "foldedName", folded_source as "foldedSource", text, number,
            observed_at as "observedAt"
     from ${name} where ${holder} = any($1::${type}[]) and folded_name = any($2::text[])`,
    [holders, foldedNames],
  );
}

/** Deletes signals by their ids. */
export async function deleteSignals(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  ids: readonly string[],
): Promise<void> {
  if (ids.length > 0) await tx.query(`delete from ${tables[subject].name} where id = any($1::uuid[])`, [ids]);
}

/** Stores signals of holders. */
export async function insertSignals(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  signals: readonly (PreparedSignal & { holder: Holder })[],
  now: Date,
): Promise<void> {
  if (signals.length === 0) return;
  const { name, holder, type } = tables[subject];
  await tx.query(
    `insert into ${name} (workspace_id, id, ${holder}, name, folded_name, source, folded_source, text, folded, number,
                          observed_at, received_at)
     select $1, new.*, $12 from unnest($2::uuid[], $3::${type}[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::float8[], $11::timestamptz[]) as new`,
    [
      tx.workspaceId,
      signals.map(() => newId()),
      signals.map((signal) => signal.holder),
      signals.map((signal) => signal.name),
      signals.map((signal) => signal.foldedName),
      signals.map((signal) => signal.source),
      signals.map((signal) => signal.foldedSource),
      signals.map((signal) => signal.text),
      signals.map((signal) => signal.folded),
      signals.map((signal) => signal.number),
      signals.map((signal) => signal.observedAt.toISOString()),
      now.toISOString(),
    ],
  );
}

/** Signals that a holder shows, at most. */
export const mostShown = 100;

/** What holders show, the latest observed first, at most {@link mostShown} each. */
export async function signalsOf(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  holders: readonly Holder[],
): Promise<Map<Holder, Signal[]>> {
  const { name, holder, type } = tables[subject];
  const rows = await tx.query<Signal & { holder: Holder; text: string | null; number: number | null }>(
    `select asked.holder, s.* from unnest($1::${type}[]) as asked (holder), lateral (
       select id, name, source, text, number, observed_at as "observedAt", received_at as "receivedAt"
       from ${name} where ${holder} = asked.holder order by observed_at desc, id limit ${mostShown}
     ) as s`,
    [holders],
  );
  const signals = rows.map((row) => ({ ...row, value: row.text ?? row.number }));
  return Map.groupBy(signals, (row) => row.holder);
}

/** A name with a source that says something under it, and of how many contacts and companies. */
export interface SignalName {
  name: string;
  source: string;
  contacts: number;
  companies: number;
}

/** Names by what they begin with, in the order of the alphabet, after the one given. */
export async function listSignalNames(
  tx: WorkspaceTransaction,
  prefix: string,
  after: readonly [foldedName: string, foldedSource: string] | undefined,
  limit: number,
): Promise<(SignalName & { foldedName: string; foldedSource: string })[]> {
  return tx.query(
    `select min(name) as name, min(source) as source, folded_name as "foldedName", folded_source as "foldedSource",
            count(ordinal)::int as contacts, count(company_id)::int as companies
     from (
       select name, source, folded_name, folded_source, ordinal, null::uuid as company_id from contact_signals
       union all
       select name, source, folded_name, folded_source, null, company_id from company_signals
     ) as all_signals
     where starts_with(folded_name, $1)
       and ($2::text is null or (folded_name collate "C", folded_source collate "C") > ($2, $3::text))
     group by folded_name, folded_source
     order by folded_name collate "C", folded_source collate "C" limit $4`,
    [prefix, after?.[0] ?? null, after?.[1] ?? null, limit],
  );
}
