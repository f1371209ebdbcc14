import type { Rule } from '@coterie/rules';
import { holds, ruleArbitrary, SEGMENT_IDS, TUNED, type World } from '@coterie/rules/testing';
import fc from 'fast-check';
import type { SegmentDefinition } from '../../api/src/modules/segments/engine/truth.js';

const [inner, outer] = SEGMENT_IDS as [string, string];
const nowhere = '0190a000-0000-7000-8000-0000000000ff';

/** The rules of two segments; null for a list. */
export interface DrawnDefinitions {
  inner: Rule | null;
  outer: Rule | null;
}

/** Two segments: lists, or rules of which the outer may name the inner. */
export const definitionsArbitrary: fc.Arbitrary<DrawnDefinitions> = fc.record({
  inner: fc.option(ruleArbitrary({ ...TUNED, segment: fc.constant(nowhere) }, { maxDepth: 2 })),
  outer: fc.option(ruleArbitrary({ ...TUNED, segment: fc.constant(inner) }, { maxDepth: 2 })),
});

/** The world in which the two segments have the members that their rules mean at its time. */
export function withDefinitions(
  world: World,
  rules: DrawnDefinitions,
): { world: World; definitions: Map<string, SegmentDefinition> } {
  const definitions = new Map<string, SegmentDefinition>([
    [inner, { id: inner, name: 'inner', rule: rules.inner }],
    [outer, { id: outer, name: 'outer', rule: rules.outer }],
  ]);
  const segments = new Map(world.segments);
  const meant = { ...world, segments };
  for (const { id, rule } of definitions.values()) if (rule) segments.set(id, new Meant(rule, meant));
  return { world: meant, definitions };
}

/** Those whom a rule holds for, looked for only when somebody is asked for. */
class Meant extends Set<string> {
  readonly #rule: Rule;
  readonly #world: World;

  constructor(rule: Rule, world: World) {
    super();
    this.#rule = rule;
    this.#world = world;
  }

  override has(id: string): boolean {
    const contact = this.#world.contacts.find((each) => each.id === id);
    return contact !== undefined && holds(this.#rule, contact, this.#world);
  }
}
