import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deleteContacts } from '../../api/src/modules/contacts/delete-contacts.js';
import { archiveSegment } from '../../api/src/modules/segments/archive-segment.js';
import {
  createExpireSegmentHistoryTask,
  transitionDays,
} from '../../api/src/modules/segments/membership/expire-segment-history.job.js';
import { forgetMembers } from '../../api/src/modules/segments/membership/forget-members.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import { readMembership } from '../../api/src/modules/segments/membership/membership.repository.js';
import { day } from '../../api/src/platform/clock.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createLog } from '../../api/src/platform/log.js';
import type { Services } from '../../api/src/platform/module.js';
import { openMemberships, type Memberships } from './open-memberships.js';

let db: Memberships;
beforeAll(async () => {
  db = await openMemberships();
});
afterAll(() => db?.close());

const signal = new AbortController().signal;
let word = '';
let words = 0;
beforeEach(() => {
  word = `forgotten ${(words += 1)}`;
});

const having = (title: string) => ({ rule: { text: `job_title is "${title}"` } });

async function people(count: number, title = word): Promise<number[]> {
  const ids = await db.people(...Array.from({ length: count }, () => ({ job_title: title })));
  const rows = await db.inside((tx) =>
    tx.query<{ ordinal: number }>('select ordinal from contacts where id = any($1::uuid[]) order by 1', [
      ids,
    ]),
  );
  return rows.map(({ ordinal }) => ordinal);
}

/** As an erasure does it. */
const erase = (ordinals: number[]): Promise<number> =>
  db.inside(async (tx, { now }) => {
    const transitions = await forgetMembers(tx, ordinals, now);
    await deleteContacts(tx, ordinals);
    return transitions;
  });

const bases = (): Promise<number[]> =>
  db.inside(async (tx) => {
    const rows = await tx.query<{ id: string }>('select segment_id as id from segment_memberships');
    const all: number[] = [];
    for (const { id } of rows) all.push(...((await readMembership(tx, id))?.base.ordinals() ?? []));
    return all;
  });

describe('somebody who is erased', () => {
  it('is in no segment any more, and nothing that is kept of one names them', async () => {
    const [first, other] = (await people(2)) as [number, number];
    const [id, archived] = [await db.add(having(word)), await db.add(having(word))];
    await db.step();
    const [second] = (await people(1)) as [number];
    await db.step();
    await db.inside((tx, { now }) => archiveSegment(tx, archived, now));
    await db.step();

    expect(await erase([first, second])).toBe(2);
    for (const segment of [id, archived]) {
      expect(await db.stored(segment)).toEqual([other]);
      expect((await db.standing(segment))?.size).toBe(1);
      expect(
        (await db.log(segment)).map(({ ordinal, contactId, entered }) => [ordinal, contactId, entered]),
      ).toEqual([
        [null, null, true],
        [null, null, false],
        [null, null, false],
      ]);
    }
    expect(await bases()).not.toContain(first);
    expect(await bases()).not.toContain(second);
    await db.step();
    expect(await db.log(id)).toHaveLength(3);
    expect(await db.stored(id)).toEqual(await db.truth(id));
    expect((await db.sizes(id)).at(-1)).toMatchObject({ size: 1 });
  });

  it('does not come back with a judgement that was under way', async () => {
    const id = await db.add(having(word));
    await db.step();
    const [one] = (await people(1)) as [number];
    let erased = 0;
    const slow: WithWorkspace = (workspaceId, work, options) =>
      db.withWorkspace(
        workspaceId,
        async (tx) => {
          const query: typeof tx.query = async (text, values) => {
            if (text.includes('into segment_progress') && (erased += 1) === 1) await erase([one]);
            return tx.query(text, values);
          };
          return work({ ...tx, query });
        },
        options,
      );
    await materialise(db.newWorker(slow), db.workspaceId, signal);
    expect(erased).toBeGreaterThan(1);
    expect(await db.log(id)).toEqual([]);
    expect(await db.stored(id)).toEqual([]);
  });
});

describe('the history of segments', () => {
  async function expire(): Promise<void> {
    const { withWorkspace, clock, workspaceId } = db;
    const directory = { query: async () => [{ id: workspaceId }] } as unknown as Services['directory'];
    const task = createExpireSegmentHistoryTask({ directory, withWorkspace, clock });
    await task({}, { signal, log: createLog('silent'), isLastAttempt: true });
  }

  it('forgets who entered and left after 90 days, and not who is in it', async () => {
    const id = await db.add(having(word));
    await db.step();
    const begun = db.clock.at;
    await people(3);
    await db.step();
    db.clock.at = new Date(begun.getTime() + (transitionDays - 1) * day);
    await expire();
    expect(await db.log(id)).toHaveLength(3);
    await people(1);
    await db.step();
    db.clock.at = new Date(begun.getTime() + (transitionDays + 1) * day);
    await expire();
    expect((await db.log(id)).map(({ sequence }) => sequence)).toEqual([4]);
    expect(await db.stored(id)).toEqual(await db.truth(id));
    await people(1);
    await materialise(db.newWorker(), db.workspaceId, signal);
    expect((await db.log(id)).map(({ sequence }) => sequence)).toEqual([4, 5]);
    expect(await db.stored(id)).toEqual(await db.truth(id));
    db.clock.at = begun;
  });

  it('keeps a size an hour after 30 days and one a day after a year, and all that has happened in between', async () => {
    const id = await db.add(having(word));
    await db.inside((tx) =>
      tx.query(
        `insert into segment_sizes (workspace_id, segment_id, at, size, entered, exited, version)
         select $1, $2, $3::timestamptz - place * interval '10 minutes', 1000 - place, 2, 1, 1
         from generate_series(0, 6 * 24 * 400) as place`,
        [db.workspaceId, id, db.clock.at],
      ),
    );
    const ago = (from: number, to: number) =>
      db.inside(async (tx) => {
        const [row] = await tx.query<{ points: number; entered: number; last: number }>(
          `select count(*)::int as points, sum(entered)::int as entered, (array_agg(size order by at desc))[1] as last
           from segment_sizes
           where segment_id = $1 and at >= date_trunc('day', $2::timestamptz, 'UTC') - $3 * interval '1 day'
             and at < date_trunc('day', $2::timestamptz, 'UTC') - $4 * interval '1 day'`,
          [id, db.clock.at, from, to],
        );
        return row!;
      });
    const before = [await ago(12, 10), await ago(102, 100), await ago(392, 390)];
    await expire();
    await expire();
    const after = [await ago(12, 10), await ago(102, 100), await ago(392, 390)];
    expect(after.map(({ points }) => points)).toEqual([2 * 144, 2 * 24, 2]);
    expect(after.map(({ entered }) => entered)).toEqual(before.map(({ entered }) => entered));
    expect(after.map(({ last }) => last)).toEqual(before.map(({ last }) => last));
  });
});
