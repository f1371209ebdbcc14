import { canonical, parse, print, type Rule } from '@coterie/rules';
import { evaluate, ruleArbitrary, worldArbitrary } from '@coterie/rules/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reconcile } from './reconcile.js';
import { assemble, newGroup, newRow, nodeAt, nodesOf, rowsOf, toTree, type Group } from './tree.js';

const ruleOf = (text: string): Rule => {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.rule;
};
const textOf = (root: Group): string => {
  const { rule } = assemble(root);
  return rule ? print(rule).replaceAll(/\s+/g, ' ') : '';
};

describe('the tree of a rule', () => {
  it('means what the rule means, whatever the rule', () => {
    fc.assert(
      fc.property(ruleArbitrary(), worldArbitrary(), (rule, world) => {
        const back = assemble(toTree(rule)).rule;
        expect(back && evaluate(back, world)).toEqual(evaluate(rule, world));
      }),
    );
  });

  it('is the same tree again when it is made from its own rule', () => {
    fc.assert(
      fc.property(ruleArbitrary(), (rule) => {
        const once = assemble(toTree(rule)).rule as Rule;
        expect(canonical(assemble(toTree(once)).rule as Rule)).toBe(canonical(once));
      }),
    );
  });

  it('keeps rules as they are written', () => {
    for (const text of [
      'event "a" and not event "b"',
      'event "a" or (plan is "x" and not (event "b" or event "c"))',
      'not (event "a" and event "b")',
      'none of company people (event "a" or event "b")',
      'not any of company people (event "a")',
      'all of ()',
    ])
      expect(textOf(toTree(ruleOf(text)))).toBe(text);
  });

  it('leaves out what is not finished, and the groups that come to nothing', () => {
    const root = newGroup('all', [
      newRow(ruleOf('event "a"') as never),
      newGroup('any', [newRow(), newGroup('none')]),
    ]);
    expect(textOf(root)).toBe('event "a"');
    expect(assemble(newGroup('all')).rule).toBeUndefined();
  });

  it('says where in the rule each node stands', () => {
    const root = toTree(ruleOf('event "a" and not (event "b" or plan is "x") and not event "c"'));
    const { paths } = assemble(root);
    const [a, b, plan, c] = rowsOf(root);
    expect([a, b, plan, c].map((row) => row && paths.get(row.id))).toEqual([
      'rule.all[0]',
      'rule.all[1].not.any[0]',
      'rule.all[1].not.any[1]',
      'rule.all[2]',
    ]);
    expect(nodeAt(paths, 'rule.all[2].not.event.count.atLeast')).toBe(c?.id);
    expect(nodeAt(paths, 'rule.all[1].not')).toBe(root.children[1]?.id);
    expect(nodeAt(paths, 'rule.all[20]')).toBe(root.id);
  });

  it('gives a group of one the place of its only condition', () => {
    const row = newRow(ruleOf('event "a"') as never);
    const { paths } = assemble(newGroup('all', [newGroup('none', [row, newRow()])]));
    expect(paths.get(row.id)).toBe('rule.not');
  });
});

describe('the tree of a rule that was changed as text', () => {
  const ids = (root: Group): string[] => [...nodesOf(root)].map(({ id }) => id);

  it('keeps the nodes that stay, wherever they go', () => {
    const before = toTree(ruleOf('event "a" and (plan is "x" or event "b") and event "c"'));
    const [a, group, c] = before.children;
    const after = reconcile(
      before,
      toTree(ruleOf('event "c" and (plan is "y" or event "b") and event "a" and event "d"')),
    );
    expect(after.children[0]).toBe(c);
    expect(after.children[1]?.id).toBe(group?.id);
    expect(after.children[2]).toBe(a);
    const inner = (node: typeof group): string[] =>
      node?.kind === 'group' ? node.children.map(({ id }) => id) : [];
    expect(inner(after.children[1])).toEqual(inner(group));
    expect(new Set(ids(after)).size).toBe(ids(after).length);
  });

  it('is the same tree when it says the same', () => {
    const before = toTree(ruleOf('event "a" and not event "b"'));
    expect(reconcile(before, toTree(ruleOf('(event "a") and not event "b" # as before')))).toBe(before);
  });

  it('never has an id twice', () => {
    fc.assert(
      fc.property(ruleArbitrary(), ruleArbitrary(), (one, other) => {
        const all = ids(reconcile(toTree(one), toTree(other)));
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });
});
