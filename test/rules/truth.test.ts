import type { Rule } from '@coterie/rules';
import {
  evaluate,
  ruleArbitrary,
  SEGMENT_IDS,
  TUNED,
  worldArbitrary,
  type World,
} from '@coterie/rules/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { evaluate as evaluateBySets } from '../../api/src/modules/segments/engine/evaluate.js';
import { FreshSets, makeRoom, readPosition } from '../../api/src/modules/segments/engine/fresh-sets.js';
import { nodesOf } from '../../api/src/modules/segments/engine/tree.js';
import {
  countMembers,
  countNodes,
  memberOrdinals,
  membersAmong,
  nodesOfContact,
  pageOfMembers,
  type Question,
  type SegmentDefinition,
} from '../../api/src/modules/segments/engine/truth.js';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { openRulesWorkspace, type RulesWorkspace } from './rules-workspace.js';
import { storable, storeWorld } from './store-world.js';

/*
 * The evaluator beside the meaning of rules as packages/rules spells it out: random worlds, random rules of every kind
 * of node, through segments that are rules themselves, asked in every form that the evaluator has.
 */

const rulesPerWorld = 10;
const rulesInAll = process.env['FULL'] === '1' ? 5_000 : 300;

/** A failure prints its seed; with SEED it happens again. */
const seed = process.env['SEED'];

const [inner, outer] = SEGMENT_IDS as [string, string];
const nowhere = '0190a000-0000-7000-8000-0000000000ff';

/** Two segments: lists, or rules of which the outer may name the inner. */
const definitionsArbitrary = fc.record({
  inner: fc.option(ruleArbitrary({ ...TUNED, segment: fc.constant(nowhere) }, { maxDepth: 2 })),
  outer: fc.option(ruleArbitrary({ ...TUNED, segment: fc.constant(inner) }, { maxDepth: 2 })),
});

let workspace: RulesWorkspace;

beforeAll(async () => {
  workspace = await openRulesWorkspace('UTC');
});
afterAll(() => workspace?.close());

it(
  'finds whom a rule means, for random rules in random worlds',
  async () => {
    const property = fc.asyncProperty(
      worldArbitrary(),
      definitionsArbitrary,
      fc.array(ruleArbitrary(), { minLength: rulesPerWorld, maxLength: rulesPerWorld }),
      async (drawn, rules, asked) => {
        const { world, definitions } = withDefinitions(storable(drawn), rules);
        await inPassing(async (tx) => {
          await storeWorld(tx, world, definitions.values());
          for (const rule of asked)
            await agree(tx, world, { rule, definitions, now: world.now, timeZone: world.zone });
        });
      },
    );
    await fc.assert(property, {
      numRuns: rulesInAll / rulesPerWorld,
      ...(seed && { seed: Number(seed) }),
    });
  },
  60 * 60_000,
);

/** The world in which the two segments have the members that their rules mean. */
function withDefinitions(
  world: World,
  rules: { inner: Rule | null; outer: Rule | null },
): { world: World; definitions: Map<string, SegmentDefinition> } {
  const definitions = new Map<string, SegmentDefinition>([
    [inner, { id: inner, name: 'inner', rule: rules.inner }],
    [outer, { id: outer, name: 'outer', rule: rules.outer }],
  ]);
  const segments = new Map(world.segments);
  for (const { id, rule } of definitions.values()) {
    if (rule)
      segments.set(
        id,
        new Set(evaluate(rule, { ...world, segments: new Map(segments).set(nowhere, new Set()) })),
      );
  }
  return { world: { ...world, segments }, definitions };
}

async function agree(tx: WorkspaceTransaction, world: World, question: Question): Promise<void> {
  const ordinalOf = new Map(world.contacts.map(({ id }, ordinal) => [id, ordinal]));
  const meant = (rule: Rule): number[] => evaluate(rule, world).map((id) => ordinalOf.get(id) as number);
  const everyone = [...ordinalOf.values()];
  const expected = meant(question.rule);
  const ask = <Row>({ text, values }: { text: string; values: unknown[] }): Promise<Row[]> =>
    tx.query<Row>(text, values);

  const members = await ask<{ ordinal: number }>(memberOrdinals(question));
  expect(ordinalsOf(members)).toEqual(expected);
  const others = await ask<{ ordinal: number }>(
    memberOrdinals({ ...question, rule: { not: question.rule } }),
  );
  expect(ordinalsOf(others)).toEqual(everyone.filter((ordinal) => !expected.includes(ordinal)));
  expect(await ask(countMembers(question))).toEqual([{ count: String(expected.length) }]);

  const nodes = nodesOf(question.rule).map(({ node }) => meant(node));
  const engine = await evaluateBySets(question, await forgetful(tx));
  expect(nodesOf(question.rule).map(({ node }) => [...engine.nodes.get(node)!.ordinals()])).toEqual(nodes);
  expect([...engine.members.ordinals()]).toEqual(expected);
  const [counted] = await ask<{ counts: string[]; sample: number[] }>(countNodes(question, 5));
  expect(counted?.counts).toEqual(nodes.map((found) => String(found.length)));

  const inOrder = [...expected].sort((a, b) => comparePlaces(world, a, b));
  expect(counted?.sample).toEqual(inOrder.slice(0, 5));
  expect(await readPages(tx, question)).toEqual(inOrder);

  const someone = everyone[expected.length % everyone.length] as number;
  const [told] = await ask<{ holds: boolean[] }>(nodesOfContact(question, someone));
  expect(told?.holds).toEqual(nodes.map((found) => found.includes(someone)));
  const few = everyone.filter((ordinal) => ordinal % 2 === 0);
  const among = await ask<{ ordinal: number }>(membersAmong(question, few));
  expect(ordinalsOf(among)).toEqual(expected.filter((ordinal) => few.includes(ordinal)));
}

/** Sets of which none is kept: what is asked for is found in this transaction. */
async function forgetful(tx: WorkspaceTransaction): Promise<FreshSets> {
  return new FreshSets(tx, await readPosition(tx), makeRoom(1, undefined));
}

function ordinalsOf(rows: { ordinal: number }[]): number[] {
  return rows.map((row) => row.ordinal).sort((a, b) => a - b);
}

/** By creation, which storeWorld() gives to three at a time, then by id. */
function comparePlaces({ contacts }: World, a: number, b: number): number {
  const byCreation = Math.floor(a / 3) - Math.floor(b / 3);
  return byCreation || ((contacts[a]?.id ?? '') < (contacts[b]?.id ?? '') ? -1 : 1);
}

async function readPages(tx: WorkspaceTransaction, question: Question): Promise<number[]> {
  const found: number[] = [];
  for (let after: { createdAt: string; id: string } | undefined; ;) {
    const { text, values } = pageOfMembers(question, { limit: 4, ...(after && { after }) });
    const rows = await tx.query<{ id: string; ordinal: number; created_at: string }>(text, values);
    found.push(...rows.map((row) => row.ordinal));
    const last = rows[3];
    if (!last) return found;
    after = { createdAt: last.created_at, id: last.id };
  }
}

class Undo extends Error {}

/** Does the work and leaves nothing behind. */
async function inPassing(work: (tx: WorkspaceTransaction) => Promise<void>): Promise<void> {
  const undone = workspace.inside(async (tx) => {
    await work(tx);
    throw new Undo();
  });
  await undone.catch((error: unknown) => {
    if (!(error instanceof Undo)) throw error;
  });
}
