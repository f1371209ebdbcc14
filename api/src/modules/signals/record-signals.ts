import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { steadyCatalog } from '../attributes/index.js';
import { ordinalsOfCompanies, prepareCompany, upsertCompanies } from '../companies/index.js';
import { upsertContacts, type UpsertSettings } from '../contacts/index.js';
import { prepareSignal } from './prepare-signal.js';
import { signalLimits, type PreparedSignal, type SignalInput } from './signal.js';
import {
  deleteSignals,
  insertSignals,
  lockSignals,
  storedSignals,
  type Holder,
  type SignalSubject,
} from './signal.repository.js';

/** What became of one signal. `unchanged`: the source has said the same, or something later, before. */
export type SignalOutcome = 'created' | 'updated' | 'unchanged';

/** What became of one signal, and whom it is about. Problems have paths relative to the signal. */
export type SignalResult =
  | { ok: true; outcome: SignalOutcome; contactId: string | null; companyId: string | null }
  | { ok: false; problems: Problem[] };

/** Where and when signals are recorded. */
export type SignalSettings = Pick<UpsertSettings, 'timeZone' | 'defaultCountry' | 'now' | 'source'>;

/** Someone whom signals are about. */
interface Known {
  subject: SignalSubject;
  holder: Holder;
  id: string;
}

/** A signal with its place among what was given. */
interface Placed {
  index: number;
  input: SignalInput;
  signal: PreparedSignal;
}

/**
 * Records what third parties say, a result for each in the given order; a bad one is refused alone. Whom it is about is
 * made when unknown, as an upsert of contacts or companies makes them. A source says one thing about somebody under a
 * name: what it observed last; something older changes nothing.
 * Throws TOO_LARGE for more than 1,000, Collision when it lost a race.
 */
export async function recordSignals(
  tx: WorkspaceTransaction,
  inputs: readonly SignalInput[],
  settings: SignalSettings,
): Promise<SignalResult[]> {
  if (inputs.length > signalLimits.signals) {
    const message = `At most ${signalLimits.signals} signals can be given at once.`;
    throw new Failure('TOO_LARGE', message, { path: 'input.signals' });
  }
  const results = new Array<SignalResult>(inputs.length);
  const good: Placed[] = [];
  for (const [index, input] of inputs.entries()) {
    const prepared = prepareSignal(input, settings.now);
    if (prepared.ok) good.push({ index, input, signal: prepared.signal });
    else results[index] = prepared;
  }
  const known = await findSubjects(tx, good, settings, results);
  for (const subject of ['contact', 'company'] as const) {
    const own = good.filter(({ index }) => known.get(index)?.subject === subject);
    await store(tx, subject, own, known, { results, now: settings.now });
  }
  return results;
}

async function findSubjects(
  tx: WorkspaceTransaction,
  signals: readonly Placed[],
  settings: SignalSettings,
  results: SignalResult[],
): Promise<Map<number, Known>> {
  const known = new Map<number, Known>();
  await findCompanies(tx, signals, settings, { known, results });
  await findContacts(tx, signals, settings, { known, results });
  return known;
}

interface Found {
  known: Map<number, Known>;
  results: SignalResult[];
}

async function findContacts(
  tx: WorkspaceTransaction,
  signals: readonly Placed[],
  settings: SignalSettings,
  { known, results }: Found,
): Promise<void> {
  const asked = signals.filter(({ input }) => input.contact);
  const found = await upsertContacts(
    tx,
    settings,
    asked.map(({ input }) => input.contact!),
  );
  for (const [position, { index }] of asked.entries()) {
    const result = found[position]!;
    if (result.ok) known.set(index, { subject: 'contact', holder: result.ordinal, id: result.contactId });
    else results[index] = { ok: false, problems: below('contact', result.problems) };
  }
}

async function findCompanies(
  tx: WorkspaceTransaction,
  signals: readonly Placed[],
  { timeZone, now }: SignalSettings,
  { known, results }: Found,
): Promise<void> {
  const asked = signals.filter(({ input }) => input.company);
  if (asked.length === 0) return;
  const catalog = await steadyCatalog(tx);
  const prepared = asked.map(({ input }) => prepareCompany(input.company!, { timeZone, catalog }, 'company'));
  const companies = prepared.flatMap((item) => (item.ok ? [item.company] : []));
  const found = (await upsertCompanies(tx, companies, now)).values();
  for (const [position, { index }] of asked.entries()) {
    const item = prepared[position]!;
    if (!item.ok) results[index] = item;
    else {
      const { companyId } = found.next().value!;
      known.set(index, { subject: 'company', holder: companyId, id: companyId });
    }
  }
}

function below(field: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({
    ...problem,
    path: problem.path === '' ? field : `${field}.${problem.path}`,
  }));
}

/** What a source says about somebody under a name, while a batch is worked through. */
interface Held {
  /** Ids of what is stored: more than one after a merge. */
  stored: string[];
  latest: Pick<PreparedSignal, 'text' | 'number' | 'observedAt'> | undefined;
  /** What takes its place. */
  next?: PreparedSignal & { holder: Holder };
}

async function store(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  signals: readonly Placed[],
  known: ReadonlyMap<number, Known>,
  { results, now }: { results: SignalResult[]; now: Date },
): Promise<void> {
  if (signals.length === 0) return;
  await lockSignals(tx);
  const holders = [...new Set(signals.map(({ index }) => known.get(index)!.holder))];
  const names = [...new Set(signals.map(({ signal }) => signal.foldedName))];
  const held = new Map<string, Held>();
  for (const stored of await storedSignals(tx, subject, holders, names)) {
    const own = heldIn(held, keyOf(stored.holder, stored));
    own.stored.push(stored.id);
    if (!own.latest || stored.observedAt > own.latest.observedAt) own.latest = stored;
  }
  for (const { index, signal } of signals) {
    const { holder, id } = known.get(index)!;
    const outcome = take(heldIn(held, keyOf(holder, signal)), { ...signal, holder });
    const isContact = subject === 'contact';
    results[index] = {
      ok: true,
      outcome,
      contactId: isContact ? id : null,
      companyId: isContact ? null : id,
    };
  }
  const changed = [...held.values()].filter((each) => each.next);
  await deleteSignals(
    tx,
    subject,
    changed.flatMap((each) => each.stored),
  );
  const fresh = changed.map((each) => each.next!);
  await insertSignals(tx, subject, fresh, now);
  await noteChanges(tx, subject, fresh);
}

function keyOf(
  holder: Holder,
  { foldedName, foldedSource }: Pick<PreparedSignal, 'foldedName' | 'foldedSource'>,
): string {
  return JSON.stringify([holder, foldedName, foldedSource]);
}

function heldIn(held: Map<string, Held>, key: string): Held {
  const own = held.get(key) ?? { stored: [], latest: undefined };
  held.set(key, own);
  return own;
}

function take(held: Held, signal: PreparedSignal & { holder: Holder }): SignalOutcome {
  const { latest } = held;
  if (latest && latest.observedAt > signal.observedAt) return 'unchanged';
  const isSame =
    latest?.text === signal.text &&
    latest.number === signal.number &&
    latest.observedAt.getTime() === signal.observedAt.getTime();
  if (isSame) return 'unchanged';
  held.next = signal;
  held.latest = signal;
  return latest ? 'updated' : 'created';
}

/** A company's signals are those of its people to rules. */
async function noteChanges(
  tx: WorkspaceTransaction,
  subject: SignalSubject,
  signals: readonly (PreparedSignal & { holder: Holder })[],
): Promise<void> {
  if (signals.length === 0) return;
  const people =
    subject === 'company'
      ? await ordinalsOfCompanies(tx, [...new Set(signals.map(({ holder }) => String(holder)))])
      : undefined;
  for (const { holder, foldedName } of signals) {
    const ordinals = people ? (people.get(String(holder)) ?? []) : [Number(holder)];
    tx.changed(ordinals, `signal:${foldedName}`);
  }
}
