import {
  endOf,
  parseDuration,
  PEOPLE_MATCHES,
  startOf,
  startOfDay,
  usesClock,
  type NodeOf,
  type Rule,
} from '@coterie/rules';
import {
  conditionArbitrary,
  holds,
  ruleArbitrary,
  TUNED,
  worldArbitrary,
  type World,
  type WorldContact,
} from '@coterie/rules/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { foresee } from '../../api/src/modules/segments/engine/foresee.js';
import { nodesOf } from '../../api/src/modules/segments/engine/tree.js';
import { definitionsArbitrary, withDefinitions, type DrawnDefinitions } from './definitions.js';
import { openRulesWorkspace, type RulesWorkspace } from './rules-workspace.js';
import { storable, storeWorld } from './store-world.js';

/*
 * What is foreseen beside what the evaluator in memory says of it: at every minute of the next hours, every hour of the
 * next weeks, and around every instant at which any window of the rule could begin or end, moved by every duration that
 * the rule has.
 */

const rulesPerWorld = 4;
const rulesInAll = process.env['FULL'] === '1' ? 2_000 : 60;

/** A failure prints its seed; with SEED it happens again. */
const seed = process.env['SEED'];

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const { duration, days, key, signal } = TUNED;
const heldFor = fc.oneof(
  duration.map((atLeast) => ({ atLeast })),
  duration.map((lessThan) => ({ lessThan })),
);

/** Conditions that time changes, and that have much to go by. */
const movingArbitrary: fc.Arbitrary<Rule> = fc.oneof(
  conditionArbitrary(TUNED, 'event')
    .map((event) => without(event as NodeOf<'event'>))
    .filter(usesClock),
  fc
    .record({ key: key.date, op: fc.constantFrom('within_last', 'within_next'), value: duration })
    .map((attribute) => ({ attribute })),
  fc
    .record({ key: key.date, op: fc.constant('anniversary_within' as const), value: days })
    .map((attribute) => ({ attribute })),
  fc
    .record({ key: fc.oneof(...Object.values(key)), op: fc.constant('exists' as const), heldFor })
    .map((attribute) => ({ attribute })),
  fc.record({ name: signal, within: duration }).map((said) => ({ signal: said })),
  conditionArbitrary(TUNED, 'sequence'),
);

/** An event that is asked for by its name alone happens more often. */
function without({ event: { target: _target, where: _where, ...event } }: NodeOf<'event'>): Rule {
  return { event };
}

const movingRules = fc.letrec<{ rule: Rule; children: Rule[] }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 2, depthSize: 'max', withCrossShrink: true },
    { arbitrary: movingArbitrary, weight: 4 },
    { arbitrary: ruleArbitrary(TUNED, { maxDepth: 2 }), weight: 1 },
    { arbitrary: TUNED.segment.map((segment) => ({ segment })), weight: 1 },
    { arbitrary: tie('children').map((all) => ({ all })), weight: 2 },
    { arbitrary: tie('children').map((any) => ({ any })), weight: 2 },
    { arbitrary: tie('rule').map((not) => ({ not })), weight: 2 },
    {
      arbitrary: fc
        .record({ match: fc.constantFrom(...PEOPLE_MATCHES), rule: tie('rule') })
        .map((companyPeople) => ({ companyPeople })),
      weight: 2,
    },
  ),
  children: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }),
})).rule;

const movingDefinitions = fc.record({ inner: fc.option(movingArbitrary), outer: fc.option(movingArbitrary) });

let workspace: RulesWorkspace;

beforeAll(async () => {
  workspace = await openRulesWorkspace('UTC');
});
afterAll(() => workspace?.close());

it(
  'tells the first minute at which each node changes, for random rules in random worlds',
  async () => {
    let changes = 0;
    const property = fc.asyncProperty(
      worldArbitrary({ maxContacts: 5, maxEvents: 5 }),
      fc.oneof(movingDefinitions, definitionsArbitrary),
      fc.array(movingRules, { minLength: rulesPerWorld, maxLength: rulesPerWorld }),
      async (drawn, rules, asked) => {
        const { world, definitions } = withDefinitions(storable(drawn), rules);
        await workspace.inPassing(async (tx) => {
          await storeWorld(tx, world, definitions.values());
          for (const [index, rule] of asked.entries()) {
            const ordinal = index % world.contacts.length;
            const question = { rule, definitions, now: world.now, timeZone: world.zone };
            const { isForeseen, changesAt } = await foresee(tx, question, ordinal);
            expect(isForeseen).toBe(true);
            const contact = world.contacts[ordinal] as WorldContact;
            for (const { node, path } of nodesOf(rule)) {
              const foreseen = changesAt.get(node);
              if (foreseen) changes += 1;
              expect([path, firstChange(node, contact, world, rules, foreseen)]).toEqual([path, foreseen]);
            }
          }
        });
      },
    );
    await fc.assert(property, { numRuns: rulesInAll / rulesPerWorld, ...(seed && { seed: Number(seed) }) });
    expect(changes).toBeGreaterThan(rulesInAll / 6);
  },
  60 * 60_000,
);

/** The first of the minutes that are looked at at which a node is not for a contact what it is now. */
function firstChange(
  node: Rule,
  contact: WorldContact,
  world: World,
  rules: DrawnDefinitions,
  foreseen: Date | undefined,
): Date | undefined {
  const at = (now: number): boolean => {
    const then = withDefinitions({ ...world, now: new Date(now) }, rules).world;
    return holds(node, contact, then);
  };
  const present = at(world.now.getTime());
  const found = minutesToLookAt(node, world, rules, foreseen).find((now) => at(now) !== present);
  return found === undefined ? undefined : new Date(found);
}

/** The foreseen minute is looked at with the one before it. */
function minutesToLookAt(
  node: Rule,
  world: World,
  rules: DrawnDefinitions,
  foreseen: Date | undefined,
): number[] {
  const now = world.now.getTime();
  const last = foreseen?.getTime() ?? now + 10 * 365 * day;
  const looked = new Set<number>();
  const look = (instant: number): void => {
    const at = Math.floor(instant / minute) * minute;
    if (at > now && at <= last) looked.add(at);
  };
  for (let ahead = minute; ahead <= 3 * hour; ahead += minute) look(now + ahead);
  for (let ahead = hour; ahead <= 40 * day; ahead += hour) look(now + ahead);
  const durations = durationsOf([node, rules.inner, rules.outer]);
  for (const instant of instantsOf(world)) {
    const { zone } = world;
    const moved = durations.flatMap((each) => [endOf(instant, each, zone), startOf(instant, each, zone)]);
    for (const edge of [instant, ...moved]) {
      if (edge.getTime() < now - 5 * day || edge.getTime() > last + 5 * day) continue;
      for (const offset of [-minute, 0, minute, 2 * minute]) look(edge.getTime() + offset);
      for (const days of [-1, 1, 2, 3])
        look(startOfDay(new Date(edge.getTime() + days * day), zone).getTime());
    }
  }
  if (foreseen) [last - minute, last].forEach(look);
  return [...looked].toSorted((one, other) => one - other);
}

function durationsOf(rules: readonly (Rule | null)[]): string[] {
  const texts = JSON.stringify(rules).match(/"\d+(mo|[mhdwy])"/g) ?? [];
  return [...new Set(texts.map((text) => JSON.parse(text) as string))].filter(parseDuration);
}

/** Every instant of a world that a rule may go by. */
function instantsOf({ contacts, companies }: World): Date[] {
  const values = [...contacts, ...companies].flatMap(({ attributes }) => [...attributes.values()]);
  const all = [
    ...values.flatMap(({ value, since }) => (value instanceof Date ? [value, since] : [since])),
    ...[...contacts, ...companies].flatMap(({ signals }) => signals.map(({ observedAt }) => observedAt)),
    ...contacts.flatMap(({ events }) => events.map(({ occurredAt }) => occurredAt)),
  ];
  return [...new Map(all.map((instant) => [instant.getTime(), instant])).values()];
}
