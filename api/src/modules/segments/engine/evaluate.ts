import { Bitmap } from '@coterie/bitmap';
import {
  kindOf,
  type CompanyPeople,
  type Condition,
  type ConditionKind,
  type Kinds,
  type Rule,
} from '@coterie/rules';
import type { Companies } from './companies.js';
import { furthest, type FreshSets, type SetSource } from './fresh-sets.js';
import { attributeSet } from './sets/attribute.set.js';
import { consentSet, identifiedSet } from './sets/consent.set.js';
import { eventSet } from './sets/event.set.js';
import { listSet, lookalikeSet } from './sets/membership.set.js';
import { sampleSet } from './sets/sample.set.js';
import type { Moment, Selection, SetPlan } from './sets/selection.js';
import { sequenceSet } from './sets/sequence.set.js';
import { signalSet } from './sets/signal.set.js';
import { isCondition, nodesOf } from './tree.js';
import { segmentsInOrder, type Question } from './truth.js';

/*
 * The engine: a rule as algebra on sets.
 *
 *   plan        each condition becomes sets that are found by themselves (sets/*.set.ts), each at most once
 *   load        each set as it is at the version of the snapshot: kept, brought forward, or found anew (fresh-sets.ts)
 *   algebra     the tree becomes intersections, unions and complements; a count is the size of a set, and the count of
 *               every node comes along the way
 */

/** The sets of a rule. */
export interface Evaluation {
  /** Whom the rule holds for. */
  members: Bitmap;
  /** Whom each node of the rule holds for. */
  nodes: ReadonlyMap<Rule, Bitmap>;
  source: SetSource;
}

type PlannedKind = Exclude<ConditionKind, 'segment'>;

const sets: { [K in PlannedKind]: (body: Kinds[K], moment: Moment) => SetPlan } = {
  attribute: attributeSet,
  event: eventSet,
  sequence: sequenceSet,
  signal: signalSet,
  list: listSet,
  lookalike: lookalikeSet,
  consent: consentSet,
  identified: identifiedSet,
  sample: sampleSet,
};

/** Evaluates a rule, and every segment that it names once. */
export async function evaluate(question: Question, fresh: FreshSets): Promise<Evaluation> {
  const plan = planOf(question);
  await fresh.load(plan.selections, question);
  return conclude(question, plan, fresh, plan.asksOfCompanies ? await fresh.companies() : undefined);
}

/** The same from what this process keeps, at once; undefined where anything of it would have to be found. */
export function recall(question: Question, fresh: FreshSets): Evaluation | undefined {
  const plan = planOf(question);
  if (!fresh.recall(plan.selections, question)) return undefined;
  const companies = fresh.recallCompanies();
  if (plan.asksOfCompanies && !companies) return undefined;
  return conclude(question, plan, fresh, companies);
}

function conclude(
  { rule }: Question,
  plan: Plan,
  fresh: FreshSets,
  companies: Companies | undefined,
): Evaluation {
  const algebra = new Algebra(plan, fresh, companies);
  for (const segment of plan.segments) algebra.segments.set(segment.id, algebra.rule(segment.rule));
  const members = algebra.rule(rule);
  const source = furthest(plan.selections.map((selection) => fresh.sourceOf(selection)));
  return { members, nodes: algebra.nodes, source };
}

interface Plan {
  /** Each segment that is named, after those that it names itself. */
  segments: { id: string; rule: Rule }[];
  /** What each condition comes to. */
  plans: ReadonlyMap<Rule, SetPlan>;
  selections: Selection[];
  asksOfCompanies: boolean;
}

function planOf(question: Question): Plan {
  const segments = segmentsInOrder(question).map(({ id, rule }) => ({ id, rule: rule ?? { list: id } }));
  const rules = [...segments.map(({ rule }) => rule), question.rule];
  const nodes = rules.flatMap((rule) => nodesOf(rule).map(({ node }) => node));
  const conditions = nodes.filter(isCondition).filter(isPlanned);
  const plans = new Map(
    conditions.map((condition) => [condition, planCondition(condition, question)] as const),
  );
  const selections = [...plans.values()].flatMap(selectionsOf);
  return { segments, plans, selections, asksOfCompanies: nodes.some((node) => 'companyPeople' in node) };
}

/** A segment is a rule of its own; every other condition is found by itself. */
type Planned = Exclude<Condition, { segment: string }>;

const isPlanned = (condition: Condition): condition is Planned => !('segment' in condition);

function planCondition(condition: Planned, moment: Moment): SetPlan {
  const kind = kindOf(condition) as PlannedKind;
  const plan = sets[kind] as (body: unknown, moment: Moment) => SetPlan;
  return plan((condition as unknown as Record<string, unknown>)[kind], moment);
}

function selectionsOf(plan: SetPlan): Selection[] {
  if ('found' in plan) return [plan.found];
  return 'without' in plan ? selectionsOf(plan.without) : plan.each.flatMap(selectionsOf);
}

class Algebra {
  readonly segments = new Map<string, Bitmap>();
  readonly nodes = new Map<Rule, Bitmap>();
  readonly #plan: Plan;
  readonly #fresh: FreshSets;
  readonly #companies: Companies | undefined;

  constructor(plan: Plan, fresh: FreshSets, companies: Companies | undefined) {
    this.#plan = plan;
    this.#fresh = fresh;
    this.#companies = companies;
  }

  rule(rule: Rule): Bitmap {
    const found = this.#find(rule);
    this.nodes.set(rule, found);
    return found;
  }

  #find(rule: Rule): Bitmap {
    if ('all' in rule) return this.#each(rule.all.map((each) => this.rule(each)));
    if ('any' in rule) {
      return rule.any.map((each) => this.rule(each)).reduce((one, other) => one.or(other), Bitmap.empty);
    }
    if ('not' in rule) return this.#without(this.rule(rule.not));
    if ('companyPeople' in rule) return this.#companyPeople(rule.companyPeople);
    if ('segment' in rule) return this.segments.get(rule.segment) ?? Bitmap.empty;
    return this.#planned(this.#plan.plans.get(rule) as SetPlan);
  }

  #planned(plan: SetPlan): Bitmap {
    if ('found' in plan) return this.#fresh.set(plan.found);
    if ('without' in plan) return this.#without(this.#planned(plan.without));
    return this.#each(plan.each.map((each) => this.#planned(each)));
  }

  #each(parts: readonly Bitmap[]): Bitmap {
    return parts.length === 0 ? this.#fresh.everybody : parts.reduce((one, other) => one.and(other));
  }

  #without(set: Bitmap): Bitmap {
    return this.#fresh.everybody.andNot(set);
  }

  /** Any: whose company has one of those for whom the rule holds. None: the others with a company. All: none of the rest. */
  #companyPeople({ match, rule }: CompanyPeople): Bitmap {
    const companies = this.#companies as Companies;
    const asked = this.rule(rule);
    if (match === 'any') return companies.colleaguesOf(asked);
    return companies.employed.andNot(companies.colleaguesOf(match === 'all' ? this.#without(asked) : asked));
  }
}
