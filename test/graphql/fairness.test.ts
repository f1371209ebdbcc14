import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { post } from './post.js';

/*
 * One workspace asks for more than there is. What makes its counts slow is a table that somebody else holds: they wait
 * for it as they would compute on a million contacts.
 */

let app: TestApp;
let greedy: TestWorkspace;
let other: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp({ databasePoolSize: 4, databaseStatementSeconds: 4 });
  greedy = await createWorkspace(app);
  other = await createWorkspace(app);
});
afterAll(() => app?.close());

/** A preview under each of these aliases; each rule is another, so that none shares the answer of another. */
const previews = (many: number): string =>
  `{ ${Array.from(
    { length: many },
    (_, index) =>
      `p${index}: previewSegment(input: {rule: {text: "job_title is \\"${Math.random()}\\""}}) { count { value } }`,
  ).join(' ')} }`;

/** Does something while nobody can read attributes. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const holder = await app.database.owner.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table contact_attributes in access exclusive mode');
    await work();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

const patience = { timeout: 30_000 };

/** How many of the application's statements wait for the table. */
async function waiting(): Promise<number> {
  const { rows } = await app.database.owner.query<{ count: string }>(
    `select count(*) from pg_stat_activity
     where datname = current_database() and application_name = 'coterie app' and wait_event_type = 'Lock'`,
  );
  return Number(rows[0]?.count);
}

describe('a workspace that asks for too much', () => {
  it('waits for itself, while others are answered and the process stays ready', async () => {
    await whileHeld(async () => {
      const asked = greedy.ask(previews(15));
      await vi.waitFor(async () => expect(await waiting()).toBe(2), patience);
      expect(await other.ask('{ workspace { attributes(subject: contact) { key } } }')).not.toHaveProperty(
        'errors',
      );
      expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
      expect(await waiting()).toBeLessThanOrEqual(2);
      expect((await asked).errors?.map(({ extensions }) => extensions.code)).toContain('TIMEOUT');
    });
    expect((await greedy.ask(previews(1))).errors).toBeUndefined();
  });

  it('is told so before anything is asked, when it is more than a request may cost', async () => {
    expect((await greedy.ask(previews(21))).errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
  });
});

describe('a statement', () => {
  it('ends when the client leaves', async () => {
    await whileHeld(async () => {
      const leaving = new AbortController();
      const asked = fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { authorization: `Bearer ${greedy.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query: previews(1) }),
        signal: leaving.signal,
      });
      const left = asked.catch((error: unknown) => error);
      await vi.waitFor(async () => expect(await waiting()).toBe(1), patience);
      const started = Date.now();
      leaving.abort();
      expect(await left).toBeInstanceOf(Error);
      await vi.waitFor(async () => expect(await waiting()).toBe(0), patience);
      // It would have ended by itself after four seconds.
      expect(Date.now() - started).toBeLessThan(3500);
    });
  });

  it('that takes longer than it may is told of with a code, and says when to try again', async () => {
    await whileHeld(async () => {
      const answer = await post(
        app.url,
        { query: previews(1) },
        { headers: { authorization: `Bearer ${other.key}` } },
      );
      expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'TIMEOUT', retryAfter: 10 });
    });
  });
});

describe('work that loses every race', () => {
  const raising = `
    create function lose() returns trigger language plpgsql as
      $$ begin raise exception 'could not serialize' using errcode = '40001'; end $$;
    create trigger lose before insert on events for each row execute function lose();`;

  it('is to be tried again later, as SDKs do by themselves', async () => {
    await app.database.owner.query(raising);
    try {
      const response = await fetch(`${app.url}/v1/track`, {
        method: 'POST',
        headers: { authorization: `Bearer ${greedy.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ userId: 'ada', event: 'bought' }),
      });
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    } finally {
      await app.database.owner.query('drop trigger lose on events; drop function lose()');
    }
  });
});
