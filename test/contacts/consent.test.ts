import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addSuppressions,
  consentingContacts,
  removeSuppressions,
  suppressedContacts,
} from '../../api/src/modules/consent/index.js';
import type { ContactInput } from '../../api/src/modules/contacts/index.js';
import { addContacts, openTenants, type Tenants } from '../support/builders.js';

let db: Tenants;
let workspace: string;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db.close());
beforeEach(async () => {
  workspace = await db.newWorkspace();
});

const now = new Date('2026-03-01T10:00:00Z');

async function add(...inputs: ContactInput[]): Promise<string[]> {
  return (await addContacts(db.withWorkspace, workspace, inputs, { now })).map((result) => result.outcome);
}

function rows<Row>(text: string): Promise<Row[]> {
  return db.withWorkspace(workspace, (tx) => tx.query<Row>(text));
}

async function feedSince(version: number): Promise<string[]> {
  const found = await rows<{ change: string }>(
    `select ordinal || ' ' || facet as change from changes where version > ${version} order by 1`,
  );
  return found.map((row) => row.change);
}

const version = (): Promise<number> => db.withWorkspace(workspace, (tx) => tx.version());

describe('consent', () => {
  it('is what was said last, whatever came in last; the history keeps all', async () => {
    const email = 'a@example.com';
    await add({
      email,
      consents: [{ channel: 'ads', state: 'granted', recordedAt: '2026-02-10T00:00:00Z' }],
    });
    const before = await version();
    expect(
      await add({
        email,
        consents: [{ channel: 'ads', state: 'withdrawn', recordedAt: '2026-01-01T00:00:00Z' }],
      }),
    ).toEqual(['updated']);
    expect(await rows('select state from consents')).toEqual([{ state: 'granted' }]);
    expect(await feedSince(before)).toEqual([]);
    await add({ email, consents: [{ channel: 'ads', state: 'withdrawn', source: 'form' }] });
    expect(await rows('select state, source, recorded_at from consents')).toEqual([
      { state: 'withdrawn', source: 'form', recorded_at: now },
    ]);
    expect(await feedSince(before)).toEqual(['0 consent:ads']);
    expect(await rows('select state from consent_history order by recorded_at')).toEqual([
      { state: 'withdrawn' },
      { state: 'granted' },
      { state: 'withdrawn' },
    ]);
  });

  it('that is imported again adds nothing to the history', async () => {
    const consents: ContactInput['consents'] = [
      { channel: 'ads', state: 'granted', recordedAt: '2026-01-01T00:00:00Z' },
      { channel: 'ads', state: 'withdrawn', recordedAt: '2026-02-01T00:00:00Z' },
    ];
    await add({ email: 'a@example.com', consents });
    await add({ email: 'a@example.com', consents });
    expect(await rows('select 1 from consent_history')).toHaveLength(2);
  });

  it('cannot be recorded in the future', async () => {
    await expect(
      add({
        email: 'a@example.com',
        consents: [{ channel: 'ads', state: 'granted', recordedAt: '2026-03-01T10:06:00Z' }],
      }),
    ).rejects.toThrow('consents[0].recordedAt');
  });

  it('that a fast clock dates ahead does not stand above a withdrawal that follows', async () => {
    const email = 'a@example.com';
    await add({
      email,
      consents: [{ channel: 'ads', state: 'granted', recordedAt: '2026-03-01T10:03:00Z' }],
    });
    await add({ email, consents: [{ channel: 'ads', state: 'withdrawn' }] });
    expect(await rows('select state from consents')).toEqual([{ state: 'withdrawn' }]);
  });

  it.each([
    ['granted', 'withdrawn'],
    ['withdrawn', 'granted'],
  ] as const)('%s and %s at the same instant is withdrawn', async (...states) => {
    const recordedAt = '2026-02-01T00:00:00Z';
    const consents = states.map((state) => ({ channel: 'ads', state, recordedAt }) as const);
    await add({ email: 'a@example.com', consents });
    expect(await rows('select state from consents')).toEqual([{ state: 'withdrawn' }]);
  });
});

describe('who may be contacted', () => {
  async function eligible(channel: 'ads' | 'email'): Promise<number[]> {
    const found = await rows<{ ordinal: number }>(
      `(${consentingContacts(channel)}) except (${suppressedContacts(channel)}) order by ordinal`,
    );
    return found.map((row) => row.ordinal);
  }

  it('has granted it, and no identity of it is suppressed on the channel', async () => {
    const granted: ContactInput['consents'] = [
      { channel: 'ads', state: 'granted' },
      { channel: 'email', state: 'granted' },
    ];
    await add(
      { externalId: '0', email: 'zero@example.com', consents: granted },
      { externalId: '1', email: 'one@example.com', consents: [{ channel: 'ads', state: 'withdrawn' }] },
      { externalId: '2', email: 'never-asked@example.com' },
      { externalId: '3', email: 'old@example.com', consents: granted },
      { externalId: '3', email: 'new@example.com' },
      { externalId: '4', phone: '+12025550123', consents: granted },
    );
    expect(await eligible('ads')).toEqual([0, 3, 4]);
    const before = await version();
    const settings = { defaultCountry: 'US', now };
    const results = await db.withWorkspace(workspace, async (tx) => [
      ...(await addSuppressions(
        tx,
        { channels: ['ads'], kind: 'email', values: ['OLD@example.com', 'nobody'] },
        settings,
      )),
      ...(await addSuppressions(
        tx,
        { channels: ['ads', 'email'], kind: 'phone', values: ['(202) 555-0123'] },
        settings,
      )),
    ]);
    expect(results).toMatchObject([
      { value: 'OLD@example.com', changed: true, error: null },
      { value: 'nobody', changed: false, error: { code: 'INVALID_INPUT', path: 'input.values[1]' } },
      { value: '(202) 555-0123', changed: true, error: null },
    ]);
    expect(await eligible('ads')).toEqual([0]);
    expect(await eligible('email')).toEqual([0, 3]);
    expect(await feedSince(before)).toEqual(['-1 suppression:ads', '-1 suppression:email']);
    const lifted = await db.withWorkspace(workspace, (tx) =>
      removeSuppressions(
        tx,
        { channels: ['ads'], kind: 'email', values: ['old@example.com', 'x@example.com'] },
        settings,
      ),
    );
    expect(lifted.map((result) => result.changed)).toEqual([true, false]);
    expect(await eligible('ads')).toEqual([0, 3]);
  });
});
