import type { Rule } from '@coterie/rules';
import { evaluate, ruleArbitrary, worldArbitrary, type World } from '@coterie/rules/testing';
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
  type Question,
} from '../../api/src/modules/segments/engine/truth.js';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { definitionsArbitrary, withDefinitions } from './definitions.js';
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
        await workspace.inPassing(async (tx) => {
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
  const [counted] = await ask<{ counts: string[] }>(countNodes(question));
  expect(counted?.counts).toEqual(nodes.map((found) => String(found.length)));

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
