import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  cancelSync,
  emptyAudience,
  pauseAudience,
  resumeAudience,
  syncNow,
} from '../../api/src/modules/audiences/sync/edit-sync.js';
import { archiveAudience, changeAudience } from '../../api/src/modules/audiences/edit-audiences.js';
import { changePause, failurePause } from '../../api/src/modules/audiences/sync/follow-audiences.js';
import { DestinationFailure } from '../../api/src/modules/destinations/destination.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { addContacts } from '../support/builders.js';
import { addresses, openSyncs, type Syncs } from './open-syncs.js';

let db: Syncs;
let id: string;

beforeEach(async () => {
  db = await openSyncs();
  id = await db.audience();
  await db.deliver(id);
});
afterEach(() => db.close());

const numbered = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `p${String(from + index).padStart(3, '0')}@example.com`);

const later = (milliseconds: number): void => {
  db.clock.at = new Date(db.clock.at.getTime() + milliseconds);
};

describe('a sync', () => {
  it('first sends everybody who may be sent, in batches of one session, and says who was not', async () => {
    await db.people(...numbered(25), { email: 'never@example.com', consents: [] }, { phone: '+43660123456' });
    await db.people('stopped@example.com');
    await db.suppress('stopped@example.com');
    const sync = await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25)));
    expect(sync).toMatchObject({
      cause: 'manual',
      createdBy: 'user:test',
      status: 'succeeded',
      phase: 'done',
      trouble: null,
      plan: {
        members: 28,
        withoutConsent: 1,
        suppressed: 1,
        eligible: 26,
        withoutIdentifier: 1,
        unchanged: 0,
      },
      toAdd: 25,
      added: 25,
      removed: 0,
      rejected: 0,
    });
    expect(await db.held(id)).toBe(25);
    const { batches } = db.platform;
    expect(
      batches.map(({ sequence, isLast, total, action, members }) => [
        sequence,
        isLast,
        total,
        action,
        members.length,
      ]),
    ).toEqual([
      [1, false, 25, 'add', 10],
      [2, false, 25, 'add', 10],
      [3, true, 25, 'add', 5],
    ]);
    expect(new Set(batches.map(({ session }) => session)).size).toBe(1);
  });

  it('then sends only what is different', async () => {
    const [first] = await db.people(...numbered(20));
    await db.sync(id);
    db.platform.batches.length = 0;
    await db.remove(first!);
    await db.people('new@example.com');
    const sync = await db.sync(id);
    expect(db.platform.batches.map(({ action, members }) => [action, members])).toEqual([
      ['remove', [{ email: [addresses(numbered(1)[0]!)[0]!.slice(6)] }]],
      ['add', [{ email: [addresses('new@example.com')[0]!.slice(6)] }]],
    ]);
    expect(sync).toMatchObject({ toAdd: 1, toRemove: 1, added: 1, removed: 1, plan: { unchanged: 19 } });
    db.platform.batches.length = 0;
    expect(await db.sync(id)).toMatchObject({ status: 'succeeded', added: 0, plan: { unchanged: 20 } });
    expect(db.platform.batches).toEqual([]);
  });

  it('removes what was said before of somebody who is known by something else now', async () => {
    await db.people({ externalId: 'a', email: 'old@example.com' });
    await db.sync(id);
    await db.people({ externalId: 'a', email: 'new@example.com' });
    await db.inside((tx) => tx.query(`delete from contact_identities where value = 'old@example.com'`));
    await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses('new@example.com'));
    expect(db.platform.doubled).toBe(0);
  });

  it('follows the segment and the identifiers that the audience is given', async () => {
    await db.people(
      { email: 'a@example.com', attributes: { job_title: 'Pilot' } },
      { email: 'b@example.com', attributes: { job_title: 'Cook' }, phone: '+43660123456' },
    );
    await db.sync(id);
    const segmentId = await db.segment('job_title is "Cook"');
    await db.edit(({ tx, editor }) => changeAudience(tx, { id, segmentId }, editor));
    await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses('b@example.com'));
    await db.edit(({ tx, editor }) => changeAudience(tx, { id, identifiers: ['phone'] }, editor));
    await db.sync(id);
    expect(db.platform.held(id)).toEqual([expect.stringMatching(/^phone:/u)]);
  });

  it('counts whom the platform did not take, and does not send them again', async () => {
    const [refused] = addresses(...numbered(1));
    db.platform.refuses = ({ email }) =>
      `email:${email![0]}` === refused ? 'Not a real person.' : undefined;
    await db.people(...numbered(12));
    expect(await db.sync(id)).toMatchObject({ status: 'succeeded', added: 11, rejected: 1 });
    expect(await db.held(id)).toBe(11);
    db.platform.batches.length = 0;
    await db.sync(id);
    expect(db.platform.batches).toEqual([]);
  });

  it('leaves what one has in common with somebody who stays', async () => {
    const shared = '6d92078a-8246-4ba4-ae5b-76104861e7dc';
    const both = await db.audience({ identifiers: ['email', 'mobile_ad_id'] });
    await db.deliver(both);
    const [gone] = await db.people(
      { email: 'a@example.com', attributes: { mobile_ad_ids: [shared] } },
      { email: 'b@example.com', attributes: { mobile_ad_ids: [shared] } },
    );
    await db.sync(both);
    const before = db.platform.held(both);
    await db.remove(gone!);
    await db.sync(both);
    expect(before).toHaveLength(3);
    expect(db.platform.held(both)).toEqual(before.filter((one) => one !== addresses('a@example.com')[0]));
  });
});

describe('a withdrawal', () => {
  it('before a sync keeps somebody out of it', async () => {
    await db.people(...numbered(3));
    await db.withdraw(numbered(1)[0]!);
    await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(2, 1)));
  });

  it('during a sync keeps those out who were not sent, and removes the others at once', async () => {
    await db.people(...numbered(35));
    db.platform.onBatch = async ({ sequence }, when) => {
      if (sequence !== 2 || when !== 'after') return;
      await db.withdraw(numbered(35)[3]!);
      await db.withdraw(numbered(35)[33]!);
      await db.suppress(numbered(35)[34]!);
      await db.follow();
    };
    await db.sync(id);
    const stay = numbered(35).filter((_, index) => ![3, 33, 34].includes(index));
    expect(db.platform.held(id)).toEqual(addresses(...stay));
    const seen = db.platform.batches
      .filter(({ action }) => action === 'add')
      .flatMap(({ members }) => members.map(({ email }) => `email:${email![0]}`));
    expect(seen).not.toContain(addresses(numbered(35)[33]!)[0]);
    expect(seen).not.toContain(addresses(numbered(35)[34]!)[0]);
    expect(db.platform.batches.at(2)).toMatchObject({ action: 'remove', sequence: 3 });
  });

  it('that nobody has followed yet keeps somebody out of the next batch all the same', async () => {
    await db.people(...numbered(15));
    db.platform.onBatch = async ({ sequence }, when) => {
      if (sequence === 1 && when === 'after') await db.withdraw(numbered(15)[14]!);
    };
    await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(14)));
  });

  it.each(['paused', 'archived', 'manual'])('removes somebody from an audience that is %s', async (how) => {
    await db.people(...numbered(3));
    await db.sync(id);
    await db.follow();
    if (how === 'paused') await db.edit((editing) => pauseAudience(editing, id));
    if (how === 'archived') await db.edit(({ tx, editor }) => archiveAudience(tx, id, editor));
    await db.withdraw(numbered(1)[0]!);
    await db.people('new@example.com');
    await db.follow();
    await db.run();
    expect(db.platform.held(id)).toEqual(addresses(...numbered(2, 1)));
    expect(await db.last(id)).toMatchObject({
      cause: 'withdrawal',
      status: 'succeeded',
      removed: 1,
      plan: null,
    });
    expect(await db.held(id)).toBe(2);
  });

  it('removes somebody who is suppressed, deleted, or has become part of another', async () => {
    const [, deleted] = await db.people('a@example.com', 'b@example.com', {
      anonymousId: 'device',
      email: 'c@example.com',
    });
    await db.sync(id);
    await db.suppress('a@example.com');
    await db.follow();
    await db.run();
    expect(db.platform.held(id)).toEqual(addresses('b@example.com', 'c@example.com'));
    await db.remove(deleted!);
    await db.follow();
    await db.run();
    expect(db.platform.held(id)).toEqual(addresses('c@example.com'));
  });

  it('removes those, too, whom the platform takes for the same person', async () => {
    const google = await db.audience({ platform: 'google' });
    await db.inside((tx) =>
      tx.query(
        `insert into audience_deliveries (workspace_id, audience_id, destination_id, schedule) values ($1, $2, $3, 'manual')`,
        [tx.workspaceId, google, db.destinationId],
      ),
    );
    await db.people('janedoe@gmail.com', 'b@example.com');
    await db.sync(google);
    await db.people('jane.doe@gmail.com');
    await db.withdraw('jane.doe@gmail.com');
    await db.follow();
    await db.run();
    expect(db.platform.held(google)).toEqual(addresses('b@example.com'));
  });

  it('is found though the change feed was cut meanwhile', async () => {
    await db.people(...numbered(3));
    await db.sync(id);
    await db.follow();
    await db.withdraw(numbered(1)[0]!);
    await db.people('more@example.com');
    await db.inside(async (tx) => tx.query('delete from changes where version < $1', [await tx.version()]));
    await db.follow();
    await db.run();
    expect(db.platform.held(id)).toEqual(addresses(...numbered(2, 1)));
  });
});

describe('a destination in trouble', () => {
  beforeEach(() => db.people(...numbered(25)));

  it('is waited for when it is busy, for as long as it says, and nothing is lost or sent twice', async () => {
    db.platform.failures.push(
      undefined,
      undefined,
      new DestinationFailure('busy', 'Too many requests.', { retryAfter: 30_000 }),
      new DestinationFailure('busy', 'Internal error.'),
    );
    expect(await db.sync(id)).toMatchObject({
      status: 'waiting',
      trouble: 'Too many requests.',
      added: 10,
      attempts: 1,
    });
    const wait = db.jobs.find(({ task }) => task === 'sync-audience')!.runAt!.getTime() - Date.now();
    expect(wait).toBeGreaterThan(28_000);
    expect(wait).toBeLessThan(31_000);
    await db.run({ alsoLater: true });
    expect(await db.last(id)).toMatchObject({ status: 'succeeded', added: 25, attempts: 0 });
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25)));
    expect(db.platform.doubled).toBe(0);
  });

  it('that refuses the credentials fails the sync in words; the next one goes on', async () => {
    db.platform.failures.push(
      undefined,
      undefined,
      new DestinationFailure('credentials', 'The access token has expired.'),
    );
    expect(await db.sync(id)).toMatchObject({
      status: 'failed',
      trouble: 'The access token has expired.',
      added: 10,
    });
    expect(await db.sync(id)).toMatchObject({ status: 'succeeded', added: 15 });
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25)));
  });

  it('that lost the audience is given all of it again', async () => {
    await db.sync(id);
    db.platform.drop(id);
    await db.people('new@example.com');
    await db.sync(id);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25), 'new@example.com'));
  });

  it('that takes members only in a while is waited for', async () => {
    db.platform.readyAt = new Date(db.clock.at.getTime() + 60_000);
    expect(await db.sync(id)).toMatchObject({ status: 'waiting', added: 0 });
    later(61_000);
    await db.run({ alsoLater: true });
    expect(await db.last(id)).toMatchObject({ status: 'succeeded', added: 25 });
    expect(db.platform.opened).toBe(1);
  });

  it('is not told more often than it takes', async () => {
    db.platform.limits = { batch: 10, batchesPerMinute: 600 };
    const begun = performance.now();
    await db.sync(id);
    expect(performance.now() - begun).toBeGreaterThan(200);
    expect(await db.last(id)).toMatchObject({ status: 'succeeded', added: 25 });
  });
});

describe('a sync whose worker dies', () => {
  it('goes on wherever that was, with the batch that was under way', async () => {
    await db.people(...numbered(35));
    let deaths = 0;
    for (let commits = 1; ; commits += 1) {
      const one = await db.audience({ name: `Audience ${commits}` });
      await db.deliver(one);
      await db.edit((editing) => syncNow(editing, one));
      const jobs = [...db.jobs];
      const died = await db.run({ withWorkspace: dyingAfter(commits) }).then(
        () => false,
        () => true,
      );
      // As many transactions as that are not needed.
      if (!died) break;
      deaths = commits;
      db.jobs.splice(0, db.jobs.length, ...jobs);
      await db.run();
      expect(db.platform.held(one)).toEqual(addresses(...numbered(35)));
      expect(await db.last(one)).toMatchObject({ status: 'succeeded', added: 35 });
    }
    expect(deaths).toBeGreaterThan(12);
    expect(db.platform.doubled).toBe(0);
  });

  it('sends the batch again without those who withdrew meanwhile, and removes them', async () => {
    await db.people(...numbered(25));
    db.platform.onBatch = async ({ sequence }, when) => {
      if (sequence !== 2 || when !== 'after') return;
      db.platform.onBatch = () => undefined;
      await db.withdraw(numbered(25)[12]!);
      throw new Error('The worker died.');
    };
    const jobs: typeof db.jobs = [];
    await db.edit((editing) => syncNow(editing, id));
    jobs.push(...db.jobs);
    await expect(db.run()).rejects.toThrow('The worker died.');
    db.jobs.splice(0, db.jobs.length, ...jobs);
    await db.run();
    const [, second, again] = db.platform.batches;
    expect([second!.sequence, again!.sequence]).toEqual([2, 2]);
    expect(again!.session).toBe(second!.session);
    expect(again!.members).toEqual(second!.members.filter((_, index) => index !== 2));
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25).filter((_, index) => index !== 12)));
  });
});

/** A way in whose process dies when so many transactions are committed. */
function dyingAfter(commits: number): WithWorkspace {
  let done = 0;
  return async (workspaceId, work, options) => {
    const result = await db.withWorkspace(workspaceId, work, options);
    done += 1;
    if (done === commits) throw new Error('The worker died.');
    return result;
  };
}

describe('a schedule', () => {
  beforeEach(() => db.people(...numbered(3)));

  const runs = async (): Promise<string[]> => {
    await db.follow();
    await db.run();
    return (await db.history(id)).map(({ cause }) => cause).toReversed();
  };

  it('by the hour begins at once, and then every hour', async () => {
    await db.deliver(id, { schedule: 'hourly' });
    expect(await runs()).toEqual(['schedule']);
    later(59 * 60_000);
    expect(await runs()).toEqual(['schedule']);
    later(60_000);
    expect(await runs()).toEqual(['schedule', 'schedule']);
  });

  it('by the day begins at its hour in the time zone of the workspace', async () => {
    // 12:00 in London is 13:00 in Vienna.
    await db.deliver(id, { schedule: 'daily', dailyHour: 14 });
    expect(await runs()).toEqual([]);
    later(59 * 60_000);
    expect(await runs()).toEqual([]);
    later(60_000);
    expect(await runs()).toEqual(['schedule']);
    later(23 * 3_600_000);
    expect(await runs()).toEqual(['schedule']);
    later(3_600_000);
    expect(await runs()).toEqual(['schedule', 'schedule']);
  });

  it('by changes begins when there are others, or something else is to be said, and not otherwise', async () => {
    await db.deliver(id, { schedule: 'on_change' });
    await db.materialise();
    expect(await runs()).toEqual(['change']);
    later(changePause);
    expect(await runs()).toEqual(['change']);
    await db.people('new@example.com');
    await db.materialise();
    expect(await runs()).toEqual(['change', 'change']);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(3), 'new@example.com'));
    later(changePause);
    await addContacts(db.withWorkspace, db.workspaceId, [
      { email: 'new@example.com', attributes: { job_title: 'Pilot' } },
    ]);
    expect(await runs()).toEqual(['change', 'change']);
  });

  it('rests while the audience is paused, and goes on after', async () => {
    await db.deliver(id, { schedule: 'hourly' });
    await db.edit((editing) => pauseAudience(editing, id));
    expect(await runs()).toEqual([]);
    await db.edit((editing) => resumeAudience(editing, id));
    expect(await runs()).toEqual(['schedule']);
  });

  it('tries a removal again after a while when the destination refused it', async () => {
    await db.sync(id);
    await db.follow();
    await db.withdraw(numbered(1)[0]!);
    db.platform.failures.push(new DestinationFailure('credentials', 'The access token has expired.'));
    expect(await runs()).toEqual(['manual', 'withdrawal']);
    expect(await runs()).toEqual(['manual', 'withdrawal']);
    later(failurePause);
    expect(await runs()).toEqual(['manual', 'withdrawal', 'withdrawal']);
    expect(db.platform.held(id)).toEqual(addresses(...numbered(2, 1)));
  });
});

describe('whoever looks after an audience', () => {
  it('can cancel a sync, and the next one goes on from there', async () => {
    await db.people(...numbered(25));
    db.platform.onBatch = async ({ sequence }, when) => {
      if (sequence !== 2 || when !== 'before') return;
      db.platform.onBatch = () => undefined;
      const { id: syncId } = await db.last(id);
      await db.edit((editing) => cancelSync(editing, syncId));
    };
    expect(await db.sync(id)).toMatchObject({
      status: 'cancelled',
      trouble: 'Somebody cancelled it.',
      added: 10,
    });
    expect(await db.sync(id)).toMatchObject({ status: 'succeeded' });
    expect(db.platform.held(id)).toEqual(addresses(...numbered(25)));
  });

  it('can empty it at the destination, and give it another only then', async () => {
    await db.people(...numbered(25));
    await db.sync(id);
    await expect(db.deliver(id, { destinationId: null })).rejects.toMatchObject({ code: 'CONFLICT' });
    await db.edit((editing) => emptyAudience(editing, id));
    await db.run();
    expect(db.platform.held(id)).toEqual([]);
    expect(await db.held(id)).toBe(0);
    expect(await db.last(id)).toMatchObject({ cause: 'emptying', status: 'succeeded', removed: 25 });
    await db.deliver(id, { destinationId: null });
  });

  it('is told when the destination is of another kind, or none', async () => {
    const google = await db.audience({ platform: 'google' });
    await expect(db.deliver(google)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: 'input.destinationId',
    });
    await expect(db.deliver(id, { destinationId: id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(db.deliver(id, { schedule: 'daily' })).rejects.toMatchObject({ path: 'input.dailyHour' });
  });
});

describe('an audience of companies', () => {
  it('has a company for as long as somebody of it may be sent', async () => {
    const companies = await db.audience({
      platform: 'linkedin',
      kind: 'companies',
      identifiers: ['name', 'domain'],
    });
    await db.inside((tx) =>
      tx.query(
        `insert into audience_deliveries (workspace_id, audience_id, destination_id, schedule) values ($1, $2, $3, 'manual')`,
        [tx.workspaceId, companies, db.destinationId],
      ),
    );
    await db.people(
      { email: 'a@acme.example', company: { name: 'Acme', domain: 'acme.example' } },
      { email: 'b@acme.example', company: { name: 'Acme', domain: 'acme.example' } },
      { email: 'c@bolt.example', company: { name: 'Bolt', domain: 'bolt.example' } },
    );
    await db.sync(companies);
    expect(db.platform.held(companies)).toEqual(
      ['domain:acme.example', 'domain:bolt.example', 'name:Acme', 'name:Bolt'].sort(),
    );
    await db.withdraw('a@acme.example');
    await db.withdraw('c@bolt.example');
    await db.sync(companies);
    expect(db.platform.held(companies)).toEqual(['domain:acme.example', 'name:Acme']);
  });
});
