import { weightOf, type CompanyPeople, type Condition, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { compile } from './sets/selection.js';
import { isCondition, nodesOf } from './tree.js';
import { conditionsInTime, segmentsInOrder, type Probe, type Question } from './truth.js';
import { watchesOf } from './watches.js';

/*
 * What the passing of time alone will change for one contact.
 *
 *   collect     every condition of the rule and of the segments it names, and whose it is asked of: the contact's, or
 *               that of all the people of its company
 *   watch       the minutes at which each of them may change, from what is stored (watches.ts)
 *   probe       what the truth says of each condition at those minutes of its own, and now
 *   replay      the tree at each minute at which any condition changes, from the values of its conditions
 */

/** How far it is looked ahead. */
export const yearsAhead = 10;

/** Changes of conditions, and people of a company, beyond which it is not looked ahead at all. */
export const most = { changes: 1_000, people: 200 } as const;

/** What is asked in one statement: PostgreSQL takes 65,535 parameters, and plans each condition by itself. */
const atATime = { conditions: 500, values: 20_000 } as const;

/** What the passing of time alone changes. */
export interface Foresight {
  /** Whether it could be told: false where more than {@link most} would have to be looked at. */
  isForeseen: boolean;
  /**
   * The first minute at which each node of the rule, and of the segments it names, is for the contact what it is not
   * now. Absent where that never is within {@link yearsAhead}.
   */
  changesAt: ReadonlyMap<Rule, Date>;
}

const nothing: ReadonlyMap<Rule, Date> = new Map();

/** Tells what the passing of time alone changes for a contact. To be run in a snapshot. */
export async function foresee(
  tx: WorkspaceTransaction,
  question: Question,
  ordinal: number,
): Promise<Foresight> {
  const rules = new Map(segmentsInOrder(question).map(({ id, rule }) => [id, rule ?? { list: id }]));
  const conditions = conditionsOf(question.rule, rules);
  const people = [...conditions.values()].includes('people') ? await peopleOf(tx, ordinal) : undefined;
  if (people && people.length > most.people) return { isForeseen: false, changesAt: nothing };
  const askedOf = (condition: Condition): number[] =>
    conditions.get(condition) === 'people' ? [...new Set([ordinal, ...(people ?? [])])] : [ordinal];

  const changes = await watch(tx, question, [...conditions.keys()], askedOf);
  if (!changes || changes.length === 0) return { isForeseen: changes !== undefined, changesAt: nothing };

  const present = [...conditions.keys()].flatMap((condition) =>
    askedOf(condition).map((each) => ({ condition, ordinal: each, now: question.now })),
  );
  const state = new State(question.rule, { ordinal, rules, people: people ?? [] });
  for (const { probe, holds } of await ask(tx, question, present)) state.set(probe, holds);
  return { isForeseen: true, changesAt: replay(state, await ask(tx, question, changes)) };
}

type AskedOf = 'contact' | 'people';

/** Every condition that decides, and whether it is asked of the contact alone or of all the people of its company. */
function conditionsOf(root: Rule, segments: ReadonlyMap<string, Rule>): Map<Condition, AskedOf> {
  const found = new Map<Condition, AskedOf>();
  const seen = new Set<string>();
  const collect = (rule: Rule, askedOf: AskedOf): void => {
    if ('all' in rule) for (const each of rule.all) collect(each, askedOf);
    else if ('any' in rule) for (const each of rule.any) collect(each, askedOf);
    else if ('not' in rule) collect(rule.not, askedOf);
    else if ('companyPeople' in rule) collect(rule.companyPeople.rule, 'people');
    else if ('segment' in rule) {
      const segment = segments.get(rule.segment);
      const key = `${rule.segment} ${askedOf}`;
      if (segment && !seen.has(key)) collect(segment, askedOf);
      seen.add(key);
    } else if (found.get(rule) !== 'people') found.set(rule, askedOf);
  };
  collect(root, 'contact');
  return found;
}

/** The people of a contact's company, itself included; nobody where it has none. One more than is looked at tells of more. */
async function peopleOf(tx: WorkspaceTransaction, ordinal: number): Promise<number[]> {
  const rows = await tx.query<{ ordinal: number }>(
    `select o.ordinal from contacts c
     join contacts o on o.workspace_id = c.workspace_id and o.company_id = c.company_id
     where c.ordinal = $1 limit $2`,
    [ordinal, most.people + 1],
  );
  return rows.map((row) => row.ordinal);
}

/** At which minutes to come each condition may change, for whom; undefined when there are too many. */
async function watch(
  tx: WorkspaceTransaction,
  question: Question,
  conditions: readonly Condition[],
  askedOf: (condition: Condition) => number[],
): Promise<Probe[] | undefined> {
  const until = new Date(question.now);
  until.setUTCFullYear(until.getUTCFullYear() + yearsAhead);
  const found = new Map<string, Probe>();
  for (const [place, condition] of conditions.entries()) {
    for (const { find, minutes } of watchesOf(condition, question)) {
      const limited = compile(
        (scope) =>
          `select w.ordinal, w.at from (${find(scope)}) as w (ordinal, at) limit ${most.changes + 1}`,
        question,
        Uint32Array.from(askedOf(condition)),
      );
      const rows = await tx.query<{ ordinal: number; at: Date }>(limited.text, limited.values);
      if (rows.length > most.changes) return undefined;
      for (const { ordinal, at } of rows) {
        for (const now of minutes(at, until)) {
          if (now <= question.now || now > until) continue;
          found.set(`${place} ${ordinal} ${now.getTime()}`, { condition, ordinal, now });
        }
      }
      if (found.size > most.changes) return undefined;
    }
  }
  return [...found.values()];
}

interface Answer {
  probe: Probe;
  holds: boolean;
}

async function ask(tx: WorkspaceTransaction, question: Question, probes: Probe[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const some of portions(probes)) {
    const { text, values } = conditionsInTime(some, question.timeZone);
    const rows = await tx.query<{ ordinal: number; holds: boolean[] }>(text, values);
    const holds = new Map(rows.map((row) => [row.ordinal, row.holds.values()]));
    for (const probe of some) {
      answers.push({ probe, holds: holds.get(probe.ordinal)?.next().value ?? false });
    }
  }
  return answers;
}

/** Portions that are each little enough for one statement. */
function* portions(probes: readonly Probe[]): Generator<Probe[]> {
  let portion: Probe[] = [];
  let sum = { conditions: 0, values: 0 };
  for (const probe of probes) {
    const { conditions, values } = weightOf(probe.condition);
    sum = { conditions: sum.conditions + conditions, values: sum.values + values };
    const isTooMuch = sum.conditions > atATime.conditions || sum.values > atATime.values;
    if (isTooMuch && portion.length > 0) {
      yield portion;
      portion = [];
      sum = { conditions, values };
    }
    portion.push(probe);
  }
  if (portion.length > 0) yield portion;
}

/** When each node first is for the contact what it is not now. */
function replay(state: State, changes: readonly Answer[]): Map<Rule, Date> {
  const before = state.nodes();
  const changesAt = new Map<Rule, Date>();
  const byMinute = Map.groupBy(changes, ({ probe }) => probe.now.getTime());
  for (const minute of [...byMinute.keys()].toSorted((one, other) => one - other)) {
    for (const { probe, holds } of byMinute.get(minute)!) state.set(probe, holds);
    for (const [node, holds] of state.nodes()) {
      if (holds !== before.get(node) && !changesAt.has(node)) changesAt.set(node, new Date(minute));
    }
  }
  return changesAt;
}

interface Circumstances {
  ordinal: number;
  /** Of the named segments, each after those that it names itself. */
  rules: ReadonlyMap<string, Rule>;
  /** Of the contact's company; nobody where it has none. */
  people: readonly number[];
}

/** What holds at one time: the values of conditions, and what follows from them for the nodes above. */
class State {
  readonly #conditions = new Map<Rule, Map<number, boolean>>();
  readonly #circumstances: Circumstances;
  readonly #nodes: readonly Rule[];
  /** What has been worked out since the last change. */
  #known = new Map<Rule, Map<number, boolean>>();

  constructor(rule: Rule, circumstances: Circumstances) {
    this.#circumstances = circumstances;
    this.#nodes = [rule, ...circumstances.rules.values()].flatMap((each) =>
      nodesOf(each).map(({ node }) => node),
    );
  }

  set({ condition, ordinal }: Probe, holds: boolean): void {
    let values = this.#conditions.get(condition);
    if (!values) this.#conditions.set(condition, (values = new Map<number, boolean>()));
    values.set(ordinal, holds);
    if (this.#known.size > 0) this.#known = new Map();
  }

  /** Whether each node holds for the contact. */
  nodes(): Map<Rule, boolean> {
    return new Map(this.#nodes.map((node) => [node, this.#holds(node, this.#circumstances.ordinal)]));
  }

  #holds(rule: Rule, ordinal: number): boolean {
    if (isCondition(rule) && !('segment' in rule)) return this.#conditions.get(rule)?.get(ordinal) ?? false;
    let known = this.#known.get(rule);
    if (!known) this.#known.set(rule, (known = new Map<number, boolean>()));
    let holds = known.get(ordinal);
    if (holds === undefined) known.set(ordinal, (holds = this.#find(rule, ordinal)));
    return holds;
  }

  #find(rule: Rule, ordinal: number): boolean {
    if ('all' in rule) return rule.all.every((each) => this.#holds(each, ordinal));
    if ('any' in rule) return rule.any.some((each) => this.#holds(each, ordinal));
    if ('not' in rule) return !this.#holds(rule.not, ordinal);
    if ('companyPeople' in rule) return this.#peopleHold(rule.companyPeople);
    const segment = this.#circumstances.rules.get((rule as { segment: string }).segment);
    return segment !== undefined && this.#holds(segment, ordinal);
  }

  #peopleHold({ match, rule }: CompanyPeople): boolean {
    const { people } = this.#circumstances;
    if (people.length === 0) return false;
    if (match === 'all') return people.every((each) => this.#holds(rule, each));
    return people.some((each) => this.#holds(rule, each)) === (match === 'any');
  }
}
