import { Bitmap } from '@coterie/bitmap';
import {
  kindOf,
  type CompanyPeople,
  type Condition,
  type ConditionKind,
  type Kinds,
  type Rule,
} from '@coterie/rules';
import { attributeSet } from './sets/attribute.set.js';
import { consentSet, identifiedSet } from './sets/consent.set.js';
import { eventSet } from './sets/event.set.js';
import { listSet, lookalikeSet } from './sets/membership.set.js';
import { sampleSet } from './sets/sample.set.js';
import { sequenceSet } from './sets/sequence.set.js';
import type { Moment, SetPlan } from './sets/set-plan.js';
import type { Statement } from './sql.js';
import { segmentsInOrder, type Question } from './truth.js';

/*
 * The engine: a rule as algebra on sets. Each condition becomes the set of the contacts that it holds for; a tree of
 * conditions becomes intersections, unions and complements; a count is the size of a set, and the count of every node
 * comes along the way.
 */

/** Gives the ordinals that a statement selects, all of one snapshot. */
export type LoadSet = (statement: Statement) => Promise<Bitmap>;

/** The sets of a rule. */
export interface Evaluation {
  /** Everybody. */
  universe: Bitmap;
  /** Whom the rule holds for. */
  members: Bitmap;
  /** Whom each node of the rule holds for. */
  nodes: ReadonlyMap<Rule, Bitmap>;
}

const sets: { [K in Exclude<ConditionKind, 'segment'>]: (body: Kinds[K], moment: Moment) => SetPlan } = {
  attribute: attributeSet,
  event: eventSet,
  sequence: sequenceSet,
  list: listSet,
  lookalike: lookalikeSet,
  consent: consentSet,
  identified: identifiedSet,
  sample: sampleSet,
};

/** Evaluates a rule, and every segment that it names once. */
export async function evaluate(question: Question, load: LoadSet): Promise<Evaluation> {
  const universe = await load({ text: 'select c.ordinal from contacts c', values: [] });
  const run = new Run(question, universe, load);
  for (const segment of segmentsInOrder(question)) {
    const rule = segment.rule ?? { list: segment.id };
    run.segments.set(segment.id, await run.rule(rule));
  }
  return { universe, members: await run.rule(question.rule), nodes: run.nodes };
}

class Run {
  readonly segments = new Map<string, Bitmap>();
  readonly nodes = new Map<Rule, Bitmap>();

  constructor(
    readonly moment: Moment,
    readonly universe: Bitmap,
    readonly load: LoadSet,
  ) {}

  async rule(rule: Rule): Promise<Bitmap> {
    const found = await this.#find(rule);
    this.nodes.set(rule, found);
    return found;
  }

  async #find(rule: Rule): Promise<Bitmap> {
    if ('all' in rule) return this.#all(await this.#each(rule.all));
    if ('any' in rule) {
      const parts = await this.#each(rule.any);
      return parts.reduce((one, other) => one.or(other), Bitmap.empty);
    }
    if ('not' in rule) return this.universe.andNot(await this.rule(rule.not));
    if ('companyPeople' in rule) return this.#companyPeople(rule.companyPeople);
    if ('segment' in rule) return this.segments.get(rule.segment) ?? Bitmap.empty;
    return this.#plan(planOf(rule, this.moment));
  }

  async #each(rules: readonly Rule[]): Promise<Bitmap[]> {
    const found: Bitmap[] = [];
    for (const rule of rules) found.push(await this.rule(rule));
    return found;
  }

  #all(parts: readonly Bitmap[]): Bitmap {
    return parts.reduce((one, other) => one.and(other), this.universe);
  }

  async #plan(plan: SetPlan): Promise<Bitmap> {
    if ('without' in plan) return this.universe.andNot(await this.#plan(plan.without));
    if ('ordinals' in plan) return (await this.load(plan.ordinals)).and(this.universe);
    const parts: Bitmap[] = [];
    for (const part of plan.each) parts.push(await this.#plan(part));
    return this.#all(parts);
  }

  /** Any: whose company has one of those for whom the rule holds. None: the others with a company. All: none of the rest. */
  async #companyPeople({ match, rule }: CompanyPeople): Promise<Bitmap> {
    const asked = await this.rule(rule);
    if (match === 'any') return this.#colleagues(asked);
    const employed = await this.load({
      text: 'select c.ordinal from contacts c where c.company_id is not null',
      values: [],
    });
    const spoiling = match === 'all' ? this.universe.andNot(asked) : asked;
    return employed.andNot(await this.#colleagues(spoiling));
  }

  /** Everybody at the companies of these. */
  async #colleagues(people: Bitmap): Promise<Bitmap> {
    if (people.size === 0) return people;
    return this.load({
      text: `select c.ordinal from contacts c where c.company_id in (
        select m.company_id from contacts m where m.ordinal = any($1::integer[]) and m.company_id is not null
      )`,
      values: [[...people.ordinals()]],
    });
  }
}

function planOf(condition: Exclude<Condition, { segment: string }>, moment: Moment): SetPlan {
  const kind = kindOf(condition) as keyof typeof sets;
  const plan = sets[kind] as (body: unknown, moment: Moment) => SetPlan;
  return plan((condition as unknown as Record<string, unknown>)[kind], moment);
}
