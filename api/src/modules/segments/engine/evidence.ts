import {
  COMPANY_PREFIX,
  eventSpan,
  fold,
  kindOf,
  nextMinute,
  type Condition,
  type ConditionKind,
  type EventPattern,
  type Kinds,
  type Span,
} from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { latestEvents } from './leaves/event.sql.js';
import { Parameters } from './sql.js';
import type { Leaf } from './tree.js';
import { peopleOfCompany, type Question } from './truth.js';

/** What is stored about a contact that makes a condition hold or not. A list is empty where nothing is stored. */
export type Evidence =
  | { kind: 'attribute'; key: string; values: (string | number | boolean)[]; since: Date | null }
  | { kind: 'events'; total: number; latest: EventEvidence[] }
  | { kind: 'signals'; signals: SignalEvidence[] }
  | { kind: 'list'; segmentId: string; addedAt: Date | null }
  | { kind: 'lookalike'; lookalikeId: string; rank: number | null; ranked: number }
  | { kind: 'consent'; channel: string; state: string; recordedAt: Date | null; source: string | null }
  | { kind: 'identities'; identityKind: string; values: string[] }
  | { kind: 'people'; people: number; matching: number };

/** One event that counts. */
export interface EventEvidence {
  id: string;
  name: string;
  target: string | null;
  occurredAt: Date;
}

/** One thing that a third party says. */
export interface SignalEvidence {
  /** Whether it is said of the contact's company. */
  ofCompany: boolean;
  source: string;
  value: string | number | null;
  observedAt: Date;
}

/** How many events are shown of those that count; the total says how many there are. */
const eventsShown = 5;

interface Sought {
  tx: WorkspaceTransaction;
  question: Question;
  ordinal: number;
}

type Seek<K extends ConditionKind> = (body: Kinds[K], sought: Sought) => Promise<Evidence[]>;

/** Nothing is stored that a segment or a sample goes by: the nodes of the one are explained, the other is arithmetic. */
const none = async (): Promise<Evidence[]> => [];

const seekers: { [K in ConditionKind]: Seek<K> } = {
  attribute: seekAttribute,
  event: async (body, sought) => {
    const span = eventSpan(body.window, sought.question.now, sought.question.timeZone);
    return [await seekEvents(body, span, sought)];
  },
  sequence: async ({ steps }, sought) => {
    const found: Evidence[] = [];
    for (const step of steps) {
      found.push(await seekEvents(step, { from: null, to: nextMinute(sought.question.now) }, sought));
    }
    return found;
  },
  signal: seekSignals,
  segment: none,
  list: seekList,
  lookalike: seekLookalike,
  consent: seekConsent,
  identified: seekIdentities,
  sample: none,
};

/** Finds what is stored about a contact, or about the people of its company, that a leaf goes by. */
export function seekEvidence(leaf: Leaf, sought: Sought): Promise<Evidence[]> {
  if ('companyPeople' in leaf) return seekPeople(leaf.companyPeople, sought);
  return seekAs(kindOf(leaf) as ConditionKind, leaf, sought);
}

function seekAs<K extends ConditionKind>(kind: K, condition: Condition, sought: Sought): Promise<Evidence[]> {
  return seekers[kind]((condition as unknown as Record<K, Kinds[K]>)[kind], sought);
}

async function seekPeople(
  { rule }: Kinds['companyPeople'],
  { tx, question, ordinal }: Sought,
): Promise<Evidence[]> {
  const { text, values } = peopleOfCompany({ ...question, rule }, ordinal);
  const rows = await tx.query<{ people: string; matching: string }>(text, values);
  return rows.map(({ people, matching }) => ({
    kind: 'people',
    people: Number(people),
    matching: Number(matching),
  }));
}

interface ValueRow {
  text: string | null;
  number: number | null;
  flag: boolean | null;
  instant: Date | null;
  since: Date;
}

async function seekAttribute({ key }: Kinds['attribute'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const ofCompany = key.startsWith(COMPANY_PREFIX);
  const source = ofCompany
    ? `company_attributes a
       join contacts c on c.workspace_id = a.workspace_id and c.company_id = a.company_id
       where c.ordinal = $1`
    : 'contact_attributes a where a.ordinal = $1';
  const rows = await tx.query<ValueRow>(
    `select a.text, a.number, a.flag, a.instant, a.since from ${source} and a.key = $2 order by a.position`,
    [ordinal, ofCompany ? key.slice(COMPANY_PREFIX.length) : key],
  );
  const values = rows.map((row) => row.text ?? row.number ?? row.flag ?? (row.instant as Date).toISOString());
  return [{ kind: 'attribute', key, values, since: rows[0]?.since ?? null }];
}

async function seekEvents(
  pattern: EventPattern,
  span: Span,
  { tx, question, ordinal }: Sought,
): Promise<Evidence> {
  const scope = { ...question, parameters: new Parameters(), segmentTable: new Map<string, string>() };
  const { text, values } = latestEvents({ pattern, span, ordinal, limit: eventsShown }, scope);
  const rows = await tx.query<{
    id: string;
    name: string;
    target: string | null;
    occurred_at: Date;
    total: string;
  }>(text, values);
  const latest = rows.map((row) => ({
    id: row.id,
    name: row.name,
    target: row.target,
    occurredAt: row.occurred_at,
  }));
  return { kind: 'events', total: Number(rows[0]?.total ?? 0), latest };
}

/** What is said under the name, by the source if one is asked for: the latest ten, whether they match or not. */
async function seekSignals({ name, source }: Kinds['signal'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const said = `folded_name = $2 and ($3::text is null or folded_source = $3)`;
  const rows = await tx.query<
    Pick<SignalEvidence, 'ofCompany' | 'source' | 'observedAt'> & Pick<ValueRow, 'text' | 'number'>
  >(
    `select false as "ofCompany", source, text, number, observed_at as "observedAt"
     from contact_signals where ordinal = $1 and ${said}
     union all
     select true, s.source, s.text, s.number, s.observed_at
     from company_signals s join contacts c on c.workspace_id = s.workspace_id and c.company_id = s.company_id
     where c.ordinal = $1 and ${said}
     order by "observedAt" desc limit 10`,
    [ordinal, fold(name), source === undefined ? null : fold(source)],
  );
  const signals = rows.map(({ text, number, ...row }) => ({ ...row, value: text ?? number }));
  return [{ kind: 'signals', signals }];
}

async function seekList(segmentId: Kinds['list'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const rows = await tx.query<{ added_at: Date }>(
    'select added_at from list_members where segment_id = $1 and ordinal = $2',
    [segmentId, ordinal],
  );
  return [{ kind: 'list', segmentId, addedAt: rows[0]?.added_at ?? null }];
}

async function seekLookalike({ id }: Kinds['lookalike'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const rows = await tx.query<{ rank: number | null; ranked: string }>(
    `select min(rank) filter (where ordinal = $2) as rank, coalesce((
       select pool_size from lookalikes where id = $1), count(*)) as ranked
     from lookalike_ranks where lookalike_id = $1`,
    [id, ordinal],
  );
  return [
    { kind: 'lookalike', lookalikeId: id, rank: rows[0]?.rank ?? null, ranked: Number(rows[0]?.ranked ?? 0) },
  ];
}

async function seekConsent({ channel }: Kinds['consent'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const rows = await tx.query<{ state: string; recorded_at: Date; source: string }>(
    'select state, recorded_at, source from consents where ordinal = $1 and channel = $2',
    [ordinal, channel],
  );
  const [row] = rows;
  if (!row) return [{ kind: 'consent', channel, state: 'unknown', recordedAt: null, source: null }];
  return [{ kind: 'consent', channel, state: row.state, recordedAt: row.recorded_at, source: row.source }];
}

async function seekIdentities(kind: Kinds['identified'], { tx, ordinal }: Sought): Promise<Evidence[]> {
  const rows = await tx.query<{ value: string }>(
    'select value from contact_identities where ordinal = $1 and kind = $2 order by created_at, value limit 10',
    [ordinal, kind],
  );
  return [{ kind: 'identities', identityKind: kind, values: rows.map((row) => row.value) }];
}
