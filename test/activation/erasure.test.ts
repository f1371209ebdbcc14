import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pauseAudience } from '../../api/src/modules/audiences/sync/edit-sync.js';
import { noticesOf } from '../../api/src/modules/audiences/sync/erasure-notice.repository.js';
import { createFollowErasure } from '../../api/src/modules/audiences/index.js';
import { DestinationFailure } from '../../api/src/modules/destinations/index.js';
import { createErasureTask } from '../../api/src/modules/privacy/erasure.job.js';
import { insertRequest } from '../../api/src/modules/privacy/privacy-request.repository.js';
import { newId } from '../../api/src/platform/ids.js';
import { createLog } from '../../api/src/platform/log.js';
import { addresses, openSyncs, type Syncs } from './open-syncs.js';

let db: Syncs;
let id: string;

beforeEach(async () => {
  db = await openSyncs();
  id = await db.audience();
  await db.deliver(id);
  await db.people('ada@example.com', 'bob@example.com');
  await db.sync(id);
});
afterEach(() => db.close());

/** Erases whoever has the address; gives the request's id. */
async function erase(email: string): Promise<string> {
  const requestId = newId();
  const now = new Date();
  const subject = { contactId: null, identities: [{ kind: 'email' as const, value: email }] };
  await db.inside((tx) =>
    insertRequest(tx, {
      id: requestId,
      kind: 'erasure',
      subject,
      requestedBy: 'user:1',
      requestedAt: now,
      dueAt: now,
    }),
  );
  const { withWorkspace, clock, enqueue, workspaceId } = db;
  const task = createErasureTask({ withWorkspace, clock, enqueue }, [createFollowErasure({ enqueue })]);
  const run = { signal: new AbortController().signal, isLastAttempt: false, log: createLog('silent') };
  await task({ workspaceId, requestId }, run);
  return requestId;
}

const notices = (requestId: string) => db.inside((tx) => noticesOf(tx, [requestId]));

/** Rows of the workspace that name what the platform was told of somebody. */
async function rowsNaming(email: string): Promise<string[]> {
  const hash = addresses(email)[0]!.slice('email:'.length);
  const { owner } = db.database;
  const { rows: tables } = await owner.query<{ name: string }>(
    `select c.relname as name from pg_class as c
     join pg_attribute as a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rowCount } = await owner.query(
      `select from ${name} as t where workspace_id = $1 and (strpos(t::text, $2) > 0 or strpos(t::text, $3) > 0)`,
      [db.workspaceId, hash, email],
    );
    if (rowCount) found.push(name);
  }
  return found;
}

describe('an erasure', () => {
  it('reaches the destination, and nothing of what was said is kept when it has confirmed', async () => {
    const other = await db.audience();
    await db.deliver(other);
    await db.sync(other);
    await db.edit((editing) => pauseAudience(editing, other));
    const requestId = await erase('ada@example.com');
    expect(await notices(requestId)).toEqual(
      ['Audience 1', 'Audience 2'].map((audience) => ({
        requestId,
        destination: 'Ads',
        audience,
        notedAt: expect.any(Date),
        confirmedAt: null,
      })),
    );
    expect(await rowsNaming('ada@example.com')).toEqual(['audience_members']);
    await db.run();
    expect(db.platform.held(id)).toEqual(addresses('bob@example.com'));
    expect(db.platform.held(other)).toEqual(addresses('bob@example.com'));
    expect((await notices(requestId)).map(({ confirmedAt }) => confirmedAt)).toEqual([
      expect.any(Date),
      expect.any(Date),
    ]);
    expect(await rowsNaming('ada@example.com')).not.toContain('audience_members');
  });

  it('is not confirmed before the destination has taken it', async () => {
    const requestId = await erase('ada@example.com');
    db.platform.failures.push(new DestinationFailure('busy', 'Too many requests.', { retryAfter: 1_000 }));
    await db.run();
    expect(await notices(requestId)).toMatchObject([{ confirmedAt: null }]);
    expect(await db.last(id)).toMatchObject({ cause: 'withdrawal', status: 'waiting' });
    await db.run({ alsoLater: true });
    expect(await notices(requestId)).toMatchObject([{ confirmedAt: expect.any(Date) }]);
    expect(db.platform.held(id)).toEqual(addresses('bob@example.com'));
  });

  it('tells nobody of a person of whom no destination was told', async () => {
    await db.people('new@example.com');
    const requestId = await erase('new@example.com');
    expect(await notices(requestId)).toEqual([]);
    expect(db.jobs.filter(({ task }) => task === 'sync-audience')).toEqual([]);
  });
});
