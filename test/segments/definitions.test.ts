import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { archiveSegment, unarchiveSegment } from '../../api/src/modules/segments/archive-segment.js';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { duplicateSegment } from '../../api/src/modules/segments/duplicate-segment.js';
import { addToList, largestListChange, removeFromList } from '../../api/src/modules/segments/list-members.js';
import type { Turn } from '../../api/src/modules/segments/engine/engine.js';
import { listMembers } from '../../api/src/modules/segments/members.js';
import type { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import {
  findSegment,
  listSegments,
  listVersions,
} from '../../api/src/modules/segments/segment.repository.js';
import {
  restoreVersion,
  updateSegment,
  type SegmentChange,
} from '../../api/src/modules/segments/update-segment.js';
import { Failure } from '../../api/src/platform/errors.js';
import { newId } from '../../api/src/platform/ids.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let names = 0;
beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());
beforeEach(() => {
  names += 1;
});

/** The ids of its first hundred members, in their order. */
const membersOf = async (segment: SegmentEntity): Promise<string[]> => {
  const { engine, workspaceId, clock } = segments;
  const read = (turn: Turn) => listMembers(turn, segment, { first: 100 }, clock.now());
  const { edges } = await engine.inTurn(workspaceId, read);
  return edges.map(({ node }) => node.id);
};
const anyRule = 'job_title exists';

const create = (name: string, rule?: string | object): Promise<SegmentEntity> =>
  segments.inside((tx, editor) =>
    createSegment(tx, { name, rule: rule === undefined ? null : sourceOf(rule) }, editor),
  );
const update = (change: Omit<SegmentChange, 'rule'> & { rule?: string | object }): Promise<SegmentEntity> =>
  segments.inside((tx, editor) =>
    updateSegment(tx, { ...change, rule: change.rule === undefined ? null : sourceOf(change.rule) }, editor),
  );
const sourceOf = (rule: string | object): { text: string } | { tree: object } =>
  typeof rule === 'string' ? { text: rule } : { tree: rule };

/** What the work fails with. */
async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error('It did not fail.'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

describe('creating', () => {
  it('stores the rule of a text as its tree, at version 1', async () => {
    const segment = await create(' Growth people ', 'job_title contains "growth"');
    expect(segment).toMatchObject({
      kind: 'rule',
      name: 'Growth people',
      version: 1,
      createdBy: 'user:test',
      rule: { attribute: { key: 'job_title', op: 'contains', value: 'growth' } },
    });
    expect(await segments.inside((tx) => findSegment(tx, segment.id))).toEqual(segment);
  });

  it('takes a tree as well, and stores the same', async () => {
    const tree = { any: [{ attribute: { key: 'job_title', op: 'exists', value: null } }] };
    const segment = await create(`Tree ${names}`, tree);
    expect(segment.rule).toEqual({ any: [{ attribute: { key: 'job_title', op: 'exists' } }] });
  });

  it('makes a list when there is no rule', async () => {
    expect(await create(`List ${names}`)).toMatchObject({ kind: 'static', rule: null });
  });

  it.each([
    ['an empty name', ' ', 'INVALID_INPUT', 'input.name'],
    ['a long name', 'x'.repeat(201), 'INVALID_INPUT', 'input.name'],
    ['a NUL character', 'a\0b', 'INVALID_INPUT', 'input.name'],
    ['half a surrogate pair', 'a\ud800', 'INVALID_INPUT', 'input.name'],
  ])('refuses %s', async (_, name, code, path) => {
    expect(await failureOf(create(name, anyRule))).toMatchObject({ code, path });
  });

  it('refuses a name that another active segment has, whatever its case', async () => {
    await create(`Taken ${names}`, anyRule);
    expect(await failureOf(create(`TAKEN ${names}`, anyRule))).toMatchObject({
      code: 'CONFLICT',
      path: 'input.name',
    });
  });

  it('tells every problem of a rule with its path', async () => {
    const rule = {
      all: [
        { attribute: { key: 'nonsense', op: 'exists' } },
        { event: { name: 'x', count: { atLeast: 0 } } },
      ],
    };
    const failure = await failureOf(create(`Bad ${names}`, rule));
    expect(failure).toMatchObject({ code: 'INVALID_RULE', path: 'input.rule' });
    expect(failure.problems.map(({ code, path }) => [code, path])).toEqual([
      ['UNKNOWN_ATTRIBUTE', 'rule.all[0].attribute.key'],
      ['OUT_OF_RANGE', 'rule.all[1].event.count.atLeast'],
    ]);
  });

  it('tells where a text is no rule', async () => {
    const failure = await failureOf(create(`Bad ${names}`, 'job_title exists and\n and'));
    expect(failure).toMatchObject({ code: 'INVALID_RULE', path: 'input.rule.text' });
    expect(failure.problems[0]?.message).toMatch(/^Line 2, column 2: /);
  });

  it.each([
    ['a segment', (id: string) => ({ segment: id }), 'UNKNOWN_SEGMENT', 'rule.not.segment'],
    ['a list', (id: string) => ({ list: id }), 'UNKNOWN_LIST', 'rule.not.list'],
    [
      'a lookalike',
      (id: string) => ({ lookalike: { id, top: 5 } }),
      'UNKNOWN_LOOKALIKE',
      'rule.not.lookalike.id',
    ],
  ])('refuses %s that is not there, and one of another workspace alike', async (_, node, code, path) => {
    const other = await segments.addWorkspace();
    const foreign = await segments.withWorkspace(other, (tx) =>
      createSegment(tx, { name: 'Foreign' }, { actor: 'user:test', now: segments.clock.now() }),
    );
    for (const id of [newId(), foreign.id]) {
      const failure = await failureOf(create(`Naming ${names}`, { not: node(id) }));
      expect(failure.problems.map((problem) => [problem.code, problem.path])).toEqual([[code, path]]);
      expect(failure.message.replace(id, 'ID')).toMatch(/There is no (segment|list|lookalike) "ID"\.$/);
    }
  });

  it('takes a rule-based segment for a segment, not for a list', async () => {
    const { id } = await create(`By rule ${names}`, anyRule);
    await create(`Naming ${names}`, { segment: id });
    expect(await failureOf(create(`Listing ${names}`, { list: id }))).toMatchObject({ code: 'INVALID_RULE' });
  });
});

describe('editing', () => {
  it('makes a version of each change, with who made it and the text to compare', async () => {
    const first = await create(`Edited ${names}`, anyRule);
    const second = await update({ id: first.id, expectedVersion: 1, name: `Renamed ${names}` });
    const third = await update({
      id: first.id,
      expectedVersion: 2,
      rule: 'plan is "pro"',
      description: 'Payers',
    });
    expect([second.version, third.version]).toEqual([2, 3]);
    expect(third).toMatchObject({ name: `Renamed ${names}`, description: 'Payers' });
    const { edges } = await segments.inside((tx) => listVersions(tx, first.id, { first: 100 }));
    expect(edges.map(({ node }) => [node.version, node.name, node.rule, node.createdBy])).toEqual([
      [3, `Renamed ${names}`, third.rule, 'user:test'],
      [2, `Renamed ${names}`, first.rule, 'user:test'],
      [1, `Edited ${names}`, first.rule, 'user:test'],
    ]);
  });

  it('makes no version of a change that changes nothing', async () => {
    const segment = await create(`Same ${names}`, 'any of (plan is "a", job_title exists)');
    const same = await update({
      id: segment.id,
      expectedVersion: 1,
      name: segment.name,
      rule: segment.rule as object,
    });
    expect(same.version).toBe(1);
  });

  it('refuses a change that was made from an older version', async () => {
    const { id } = await create(`Raced ${names}`, anyRule);
    await update({ id, expectedVersion: 1, description: 'first' });
    const failure = await failureOf(update({ id, expectedVersion: 1, description: 'second' }));
    expect(failure).toMatchObject({ code: 'CONFLICT', path: 'input.expectedVersion' });
  });

  it('lets one of two simultaneous changes win', async () => {
    const { id } = await create(`Raced ${names}`, anyRule);
    const both = await Promise.allSettled([
      update({ id, expectedVersion: 1, description: 'a' }),
      update({ id, expectedVersion: 1, description: 'b' }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a rule for a list', async () => {
    const { id } = await create(`List ${names}`);
    const failure = await failureOf(update({ id, expectedVersion: 1, rule: anyRule }));
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', path: 'input.rule' });
  });

  it('restores a version as a new one', async () => {
    const { id, rule } = await create(`Restored ${names}`, anyRule);
    await update({ id, expectedVersion: 1, rule: 'plan exists', name: `Other ${names}` });
    const restored = await segments.inside((tx, editor) =>
      restoreVersion(tx, { id, version: 1, expectedVersion: 2 }, editor),
    );
    expect(restored).toMatchObject({ version: 3, name: `Restored ${names}`, rule });
    const unknown = segments.inside((tx, editor) =>
      restoreVersion(tx, { id, version: 9, expectedVersion: 3 }, editor),
    );
    expect(await failureOf(unknown)).toMatchObject({ code: 'NOT_FOUND', path: 'input.version' });
  });

  it('answers a foreign id as a random one', async () => {
    const other = await segments.addWorkspace();
    const foreign = await segments.withWorkspace(other, (tx) =>
      createSegment(tx, { name: 'Foreign' }, { actor: 'user:test', now: segments.clock.now() }),
    );
    const answers = await Promise.all(
      [foreign.id, newId(), 'no id at all', '\0'].map((id) =>
        failureOf(update({ id, expectedVersion: 1, name: 'Mine' })),
      ),
    );
    for (const { code, path, message } of answers) {
      expect({ code, path, message }).toEqual({
        code: 'NOT_FOUND',
        path: 'input.id',
        message: answers[0]?.message,
      });
    }
  });
});

describe('cycles', () => {
  it('are refused by name, with the path of the condition that closes them', async () => {
    const a = await create(`A ${names}`, anyRule);
    const b = await create(`B ${names}`, { segment: a.id });
    const c = await create(`C ${names}`, {
      any: [{ list: (await create(`List ${names}`)).id }, { segment: b.id }],
    });
    const rule = { all: [{ attribute: { key: 'plan', op: 'exists' } }, { not: { segment: c.id } }] };
    const failure = await failureOf(update({ id: a.id, expectedVersion: 1, rule }));
    expect(failure).toMatchObject({
      code: 'SEGMENT_CYCLE',
      path: 'input.rule',
      problems: [{ code: 'SEGMENT_CYCLE', path: 'rule.all[1].not.segment' }],
    });
    expect(failure.message).toContain(`A ${names} → C ${names} → B ${names} → A ${names}`);
  });

  it('of one are refused', async () => {
    const { id } = await create(`Self ${names}`, anyRule);
    const failure = await failureOf(update({ id, expectedVersion: 1, rule: { segment: id } }));
    expect(failure).toMatchObject({ code: 'SEGMENT_CYCLE' });
    expect(failure.message).toContain(`Self ${names} → Self ${names}`);
  });

  it('cannot be closed by two changes at once', async () => {
    const [a, b] = [await create(`A ${names}`, anyRule), await create(`B ${names}`, anyRule)];
    const both = await Promise.allSettled([
      update({ id: a.id, expectedVersion: 1, rule: { segment: b.id } }),
      update({ id: b.id, expectedVersion: 1, rule: { segment: a.id } }),
    ]);
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are not seen in a ladder, which is answered without doubling at every rung', async () => {
    const people = await segments.people({ job_title: 'Rung' }, {});
    let [left, right] = [
      await create(`L0 ${names}`, 'job_title is "rung"'),
      await create(`R0 ${names}`, anyRule),
    ];
    for (let rung = 1; rung <= 30; rung += 1) {
      const rule = { all: [{ segment: left.id }, { segment: right.id }] };
      [left, right] = [await create(`L${rung} ${names}`, rule), await create(`R${rung} ${names}`, rule)];
    }
    expect(await membersOf(left)).toEqual([people[0]]);
  });
});

describe('archiving', () => {
  it('is refused while others use the segment, and names them', async () => {
    const used = await create(`Used ${names}`, anyRule);
    const user = await create(`User ${names}`, { segment: used.id });
    const archive = (id: string): Promise<SegmentEntity> =>
      segments.inside((tx, { now }) => archiveSegment(tx, id, now));
    const failure = await failureOf(archive(used.id));
    expect(failure).toMatchObject({ code: 'IN_USE', path: 'input.id' });
    expect(failure.message).toContain(`the segment "User ${names}" (${user.id})`);
    await archive(user.id);
    expect((await archive(used.id)).archivedAt).not.toBeNull();
    // What it names is away: it can only come back after it.
    const back = (id: string): Promise<SegmentEntity> => segments.inside((tx) => unarchiveSegment(tx, id));
    expect(await failureOf(back(user.id))).toMatchObject({ code: 'INVALID_RULE' });
    expect((await back(used.id)).archivedAt).toBeNull();
    expect((await back(user.id)).archivedAt).toBeNull();
  });

  it('is refused while a custom audience or a seed list uses the segment', async () => {
    const { id } = await create(`Used ${names}`, anyRule);
    const { owner } = segments.database;
    const values = [segments.workspaceId, newId(), id];
    await owner.query(
      `insert into custom_audiences (workspace_id, id, name, platform, kind, segment_id, identifiers, created_by)
       values ($1, $2, 'Meta buyers', 'meta', 'contacts', $3, '{email}', 'user:test')`,
      values,
    );
    await owner.query(
      `insert into seed_lists (workspace_id, id, name, segment_id, created_by) values ($1, $2, 'Seeds', $3, 'user:test')`,
      values,
    );
    const failure = await failureOf(segments.inside((tx, { now }) => archiveSegment(tx, id, now)));
    expect(failure.message).toContain('the custom audience "Meta buyers"');
    expect(failure.message).toContain('the seed list "Seeds"');
  });

  it('gives the name free, and coming back asks for it', async () => {
    const first = await create(`Again ${names}`, anyRule);
    await segments.inside((tx, { now }) => archiveSegment(tx, first.id, now));
    await create(`Again ${names}`, anyRule);
    const back = segments.inside((tx) => unarchiveSegment(tx, first.id));
    expect(await failureOf(back)).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('lists', () => {
  it('take contacts and let go of them, with a result for each', async () => {
    const list = await create(`List ${names}`);
    const [one, two] = (await segments.people({}, {})) as [string, string];
    const other = await segments.addWorkspace();
    const add = (...contactIds: string[]) =>
      segments.inside((tx, { now }) => addToList(tx, { segmentId: list.id, contactIds }, now));
    expect(await add(one, one.toUpperCase(), newId(), 'no id', two)).toMatchObject([
      { contactId: one, changed: true, error: null },
      { changed: false, error: null },
      { changed: false, error: { code: 'NOT_FOUND', path: 'input.contactIds[2]' } },
      { changed: false, error: { code: 'NOT_FOUND', path: 'input.contactIds[3]' } },
      { contactId: two, changed: true, error: null },
    ]);
    expect(await add(one)).toMatchObject([{ changed: false, error: null }]);
    expect(await membersOf(list)).toEqual([one, two]);
    const removed = await segments.inside((tx) =>
      removeFromList(tx, { segmentId: list.id, contactIds: [one, one, other] }),
    );
    expect(removed.map(({ changed }) => changed)).toEqual([true, false, false]);
    expect(await membersOf(list)).toEqual([two]);
  });

  it('refuse too many at once, and a segment that is none', async () => {
    const list = await create(`List ${names}`);
    const contactIds = Array.from({ length: largestListChange + 1 }, newId);
    const many = segments.inside((tx, { now }) => addToList(tx, { segmentId: list.id, contactIds }, now));
    expect(await failureOf(many)).toMatchObject({ code: 'TOO_LARGE', path: 'input.contactIds' });
    const byRule = await create(`By rule ${names}`, anyRule);
    const wrong = segments.inside((tx, { now }) =>
      addToList(tx, { segmentId: byRule.id, contactIds: [] }, now),
    );
    expect(await failureOf(wrong)).toMatchObject({ code: 'INVALID_INPUT', path: 'input.id' });
  });

  it('are copied with their members, under a free name', async () => {
    const list = await create(`List ${names}`);
    const people = await segments.people({}, {});
    await segments.inside((tx, { now }) => addToList(tx, { segmentId: list.id, contactIds: people }, now));
    const copy = (): Promise<SegmentEntity> =>
      segments.inside((tx, editor) => duplicateSegment(tx, { id: list.id }, editor));
    const [first, second] = [await copy(), await copy()];
    expect([first.name, second.name]).toEqual([`List ${names} (copy)`, `List ${names} (copy 2)`]);
    expect(await membersOf(second)).toEqual(people);
  });
});

describe('listing', () => {
  it('pages through filtered and sorted segments, each once', async () => {
    const mark = `Page ${names}`;
    for (const name of ['b', 'A', 'c', 'D', 'e']) await create(`${mark} ${name}`, anyRule);
    await create(`${mark} list`);
    for (const descending of [false, true]) {
      for (const by of ['name', 'createdAt', 'updatedAt'] as const) {
        const seen: string[] = [];
        for (let after: string | null = null; ;) {
          const filter = { kind: 'rule', folded: mark.toLowerCase() } as const;
          const found = await segments.inside((tx) =>
            listSegments(tx, filter, { by, descending }, { first: 2, after }),
          );
          seen.push(...found.edges.map(({ node }) => node.name.slice(mark.length + 1)));
          if (!found.pageInfo.hasNextPage) break;
          after = found.pageInfo.endCursor;
        }
        const expected = by === 'name' ? ['A', 'b', 'c', 'D', 'e'] : ['b', 'A', 'c', 'D', 'e'];
        expect(seen).toEqual(descending ? expected.toReversed() : expected);
      }
    }
  });

  it.each([
    ['of another order', ['2026-01-01', 'x']],
    ['with a foreign key', [1, newId()]],
    ['with a NUL', ['a\0', newId()]],
  ])('refuses a cursor %s', async (_, key) => {
    const after = Buffer.from(JSON.stringify(key)).toString('base64url');
    const listed = segments.inside((tx) =>
      listSegments(tx, {}, { by: 'name', descending: false }, { first: 2, after }),
    );
    expect(await failureOf(listed)).toMatchObject({ code: 'INVALID_CURSOR', path: 'after' });
  });
});
