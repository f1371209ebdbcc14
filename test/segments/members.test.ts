import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { addToList } from '../../api/src/modules/segments/list-members.js';
import { listMembers, type Member } from '../../api/src/modules/segments/members.js';
import type { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import type { Page } from '../../api/src/platform/graphql/pagination.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let names = 0;

beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

const create = (rule: string | null): Promise<SegmentEntity> =>
  segments.inside((tx, editor) =>
    createSegment(tx, { name: `Read ${(names += 1)}`, rule: rule === null ? null : { text: rule } }, editor),
  );

const read = (segment: SegmentEntity, first: number, after: string | null = null): Promise<Page<Member>> =>
  segments.engine.inTurn(segments.workspaceId, (turn) =>
    listMembers(turn, segment, { first, after }, segments.clock.now()),
  );

const cursorOf = (...key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');

const idsOf = ({ edges }: Page<Member>): string[] => edges.map(({ node }) => node.id);

describe('the members of a segment', () => {
  it('are paged through in the order in which contacts came, each once', async () => {
    const people = await segments.people(
      ...Array.from({ length: 11 }, (_, index) => ({ job_title: index % 3 ? 'paged' : 'other' })),
    );
    const segment = await create('job_title is "paged"');
    const pages: Page<Member>[] = [];
    for (let after: string | null = null; ;) {
      const page: Page<Member> = await read(segment, 3, after);
      pages.push(page);
      after = page.pageInfo.endCursor;
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(pages.map((page) => page.edges.length)).toEqual([3, 3, 1]);
    expect(pages.flatMap(idsOf)).toEqual(people.filter((_, index) => index % 3));
    expect(pages.map(({ pageInfo }) => pageInfo.hasPreviousPage)).toEqual([false, true, true]);
  });

  it('go on where a page ended, although its last member has left meanwhile', async () => {
    const people = await segments.people({}, {}, {});
    const list = await create(null);
    const add = (contactIds: string[]) =>
      segments.inside((tx, { now }) => addToList(tx, { segmentId: list.id, contactIds }, now));
    await add(people.slice(0, 2));
    const { pageInfo } = await read(list, 2);
    await segments.inside((tx) => tx.query('delete from list_members where segment_id = $1', [list.id]));
    await add([people[0]!, people[2]!]);
    expect(idsOf(await read(list, 2, pageInfo.endCursor))).toEqual([people[2]]);
  });

  it('of a segment without any are an empty page', async () => {
    const { edges, pageInfo } = await read(await create('any of ()'), 5);
    expect([edges, pageInfo.hasNextPage, pageInfo.endCursor]).toEqual([[], false, null]);
  });

  it('are not found by a cursor that none of their pages ended with', async () => {
    const segment = await create('job_title exists');
    const older = cursorOf('2026-11-01T00:00:00.000000Z', '0190a000-0000-7000-8000-00000000005a');
    for (const cursor of [older, cursorOf(-1), cursorOf('5'), cursorOf(1, 2), 'nonsense']) {
      await expect(read(segment, 5, cursor)).rejects.toMatchObject({ code: 'INVALID_CURSOR' });
    }
    expect(idsOf(await read(segment, 5, cursorOf(2 ** 31 - 1)))).toEqual([]);
  });
});
