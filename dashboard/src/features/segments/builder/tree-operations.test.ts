import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { record, redo, startHistory, undo } from './history.js';
import {
  canMove,
  duplicateNode,
  findNode,
  insertNode,
  moveNode,
  placeOf,
  removeNode,
  stepOf,
  unwrapGroup,
  updateNode,
  wrapNode,
} from './tree-operations.js';
import { newGroup, newRow, nodesOf, rowsOf, type Group, type Row, type TreeNode } from './tree.js';

const row = (name: string): Row => newRow({ event: { name } });

/** `a (b c) d`: a tree as its names in order, groups in brackets. */
function shape(node: TreeNode): string {
  if (node.kind === 'row')
    return node.condition && 'event' in node.condition ? node.condition.event.name : '?';
  return node.children
    .map((child) => (child.kind === 'group' ? `(${shape(child)})` : shape(child)))
    .join(' ');
}

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(row) as [Row, Row, Row, Row];
const inner = newGroup('any', [b, c]);
const root = newGroup('all', [a, inner, d]);

describe('operations on the tree of a rule', () => {
  it('put a condition where it is wanted', () => {
    expect(shape(insertNode(root, { parentId: inner.id, index: 1 }, row('x')))).toBe('a (b x c) d');
  });

  it('take a condition out, and the group that it leaves empty', () => {
    expect(shape(removeNode(root, b.id))).toBe('a (c) d');
    expect(shape(removeNode(removeNode(root, b.id), c.id))).toBe('a d');
    const nested = newGroup('all', [a, newGroup('any', [newGroup('none', [b])])]);
    expect(shape(removeNode(nested, b.id))).toBe('a');
    expect(shape(removeNode(newGroup('all', [a]), a.id))).toBe('');
  });

  it('leave what they do not touch the same object, and never change the tree they were given', () => {
    const before = JSON.stringify(root);
    const next = updateNode<Row>(root, a.id, (node) => ({ ...node, negated: true }));
    expect(next.children[1]).toBe(inner);
    expect(next).not.toBe(root);
    expect(removeNode(root, 'no such node')).toBe(root);
    expect(JSON.stringify(root)).toBe(before);
  });

  it('copy a node under new ids, right behind it', () => {
    const { root: next, copyId } = duplicateNode(root, inner.id);
    expect(shape(next)).toBe('a (b c) (b c) d');
    expect(next.children[2]?.id).toBe(copyId);
    const ids = [...nodesOf(next)].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('put a node into a group, and open the group again', () => {
    const { root: next, groupId } = wrapNode(root, d.id, 'none');
    expect(shape(next)).toBe('a (b c) (d)');
    expect(findNode(next, groupId as string)).toMatchObject({ join: 'none' });
    expect(shape(unwrapGroup(next, groupId as string))).toBe('a (b c) d');
  });

  it('move a node to another place, counted as things stand', () => {
    expect(shape(moveNode(root, a.id, { parentId: root.id, index: 3 }))).toBe('(b c) d a');
    expect(shape(moveNode(root, d.id, { parentId: inner.id, index: 0 }))).toBe('a (d b c)');
    expect(shape(moveNode(root, b.id, { parentId: root.id, index: 1 }))).toBe('a b (c) d');
    const alone = newGroup('all', [a, newGroup('any', [b])]);
    expect(shape(moveNode(alone, b.id, { parentId: alone.id, index: 0 }))).toBe('b a');
  });

  it('refuse to move a group into itself, a node to where it is, and the root', () => {
    expect(canMove(root, inner.id, { parentId: inner.id, index: 0 })).toBe(false);
    expect(canMove(root, a.id, { parentId: root.id, index: 0 })).toBe(false);
    expect(canMove(root, a.id, { parentId: root.id, index: 1 })).toBe(false);
    expect(canMove(root, root.id, { parentId: inner.id, index: 0 })).toBe(false);
    expect(moveNode(root, inner.id, { parentId: inner.id, index: 0 })).toBe(root);
  });

  it('walk a node down the page through every place that it can have, and up again', () => {
    const walk = (from: Group, step: 'up' | 'down'): string[] => {
      const shapes: string[] = [];
      let tree = from;
      for (let place = stepOf(tree, a.id, step); place; place = stepOf(tree, a.id, step)) {
        tree = moveNode(tree, a.id, place);
        shapes.push(shape(tree));
      }
      return shapes;
    };
    const down = walk(root, 'down');
    expect(down).toEqual(['(a b c) d', '(b a c) d', '(b c a) d', '(b c) a d', '(b c) d a']);
    const bottom = moveNode(root, a.id, { parentId: root.id, index: 3 });
    expect(walk(bottom, 'up')).toEqual([...down.toReversed().slice(1), 'a (b c) d']);
  });

  it('lose no condition and invent none when anything is moved anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 20 }), (moves) => {
        let tree = root;
        for (const [which, where, index] of moves) {
          const nodes = [...nodesOf(tree)];
          const groups = nodes.filter((node): node is Group => node.kind === 'group');
          const node = nodes[which % nodes.length] as TreeNode;
          const parent = groups[where % groups.length] as Group;
          tree = moveNode(tree, node.id, {
            parentId: parent.id,
            index: index % (parent.children.length + 1),
          });
        }
        expect(
          rowsOf(tree)
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual([a.id, b.id, c.id, d.id].toSorted());
        expect([...nodesOf(tree)].every((node) => node.kind === 'row' || node.children.length > 0)).toBe(
          true,
        );
      }),
    );
  });

  it('know where a node stands', () => {
    expect(placeOf(root, c.id)).toEqual({ parentId: inner.id, index: 1 });
    expect(placeOf(root, root.id)).toBeUndefined();
  });
});

describe('the history of a rule', () => {
  it('goes back and forth, and forgets what was undone once something else is done', () => {
    let history = startHistory('a');
    for (const state of ['b', 'c']) history = record(history, state, 0);
    history = undo(undo(history));
    expect(history.present).toBe('a');
    expect(undo(history)).toBe(history);
    history = redo(history);
    expect(history.present).toBe('b');
    expect(redo(record(history, 'x', 0)).present).toBe('x');
  });

  it('takes what is typed into one field in one go as one step', () => {
    let history = startHistory('');
    for (const [at, state] of [
      [0, 'h'],
      [200, 'hi'],
      [2_000, 'hi!'],
    ] as const)
      history = record(history, state, at, 'name');
    history = record(history, 'hi! there', 2_100, 'description');
    const back: string[] = [];
    for (; history.past.length > 0; back.push(history.present)) history = undo(history);
    expect(back).toEqual(['hi!', 'hi', '']);
  });
});
