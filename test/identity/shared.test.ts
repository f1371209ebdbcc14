import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decideIdentities } from '../../api/src/modules/contacts/identities/decide-identities.js';
import { saveIdentitySettings } from '../../api/src/modules/contacts/identities/identity-policy.repository.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { day, IdentityWorkspace, now } from './people.js';

let db: Tenants;
let people: IdentityWorkspace;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db?.close());
beforeEach(async () => {
  people = await IdentityWorkspace.open(db);
  await limits({ contactLimit: 3, deviceLimit: 4 });
});

function limits({
  contactLimit,
  deviceLimit,
}: {
  contactLimit: number;
  deviceLimit: number;
}): Promise<unknown> {
  return db.withWorkspace(people.id, (tx) =>
    saveIdentitySettings(tx, { mergeOn: ['email'], contactLimit, deviceLimit }),
  );
}

function decide(
  blocked: boolean,
  kind: 'email' | 'anonymous_id' | 'external_id',
  ...values: string[]
): Promise<unknown> {
  return db.withWorkspace(people.id, (tx) =>
    decideIdentities(tx, { blocked, kind, values }, { by: 'user:1', now, defaultCountry: null }),
  );
}

const blocked = (): Promise<unknown[]> =>
  people.rows('select kind, value, blocked, reason, decided_by from blocked_identities order by kind, value');

const blockedOn = (path: string): object => ({ code: 'IDENTITY_BLOCKED', path });

describe('a placeholder', () => {
  it.each([
    { externalId: 'null' },
    { externalId: 'undefined' },
    { externalId: ' NULL ' },
    { externalId: '0' },
    { externalId: '-1' },
    { externalId: '[object Object]' },
    { anonymousId: '00000000-0000-0000-0000-000000000000' },
    { anonymousId: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
    { anonymousId: 'anonymous' },
    { email: 'test@test.com' },
    { email: 'Unknown@customer.example' },
    { email: 'noemail@customer.example' },
    { phone: '+43 664 1111111' },
  ])('means nobody: %j', async (input) => {
    const [path] = Object.keys(input);
    expect(await people.upsert([input])).toMatchObject([{ ok: false, problems: [blockedOn(path!)] }]);
    expect(await people.rows('select 1 from contacts')).toEqual([]);
  });

  it.each([
    { externalId: '10' },
    { externalId: 'nullify' },
    { anonymousId: '00000000-0000-0000-0000-000000000001' },
    { email: 'test@customer.example' },
    { email: 'anna.unknown@customer.example' },
    { phone: '+43 1 5120170' },
  ])('is not what only looks a little like one: %j', async (input) => {
    expect(await people.upsert([input])).toMatchObject([{ ok: true, warnings: [] }]);
  });

  it('is left out beside another identity, and is listed from then on', async () => {
    const taken = await people.take({ externalId: 'null', anonymousId: 'd1' });
    expect(taken.warnings).toMatchObject([blockedOn('externalId')]);
    expect(await people.known(taken)).toMatchObject({ identities: ['anonymous_id:d1'], attributes: {} });
    expect(await blocked()).toEqual([
      { kind: 'external_id', value: 'null', blocked: true, reason: 'placeholder', decided_by: 'system' },
    ]);
  });

  it('can be unblocked, before and after it came', async () => {
    await people.upsert([{ externalId: 'guest' }]);
    await decide(false, 'external_id', 'guest', 'none');
    expect(await people.upsert([{ externalId: 'guest' }, { externalId: 'none' }])).toMatchObject([
      { ok: true },
      { ok: true },
    ]);
  });

  it('is no id that anybody was known by before', async () => {
    const taken = await people.take({ externalId: 'C-1', previousId: 'undefined' });
    expect(taken.warnings).toMatchObject([blockedOn('previousId')]);
    expect(await people.known(taken)).toMatchObject({ identities: ['external_id:C-1'] });
  });
});

describe('an identity that many contacts are given', () => {
  const office = { email: 'office@x.test' };

  it('is blocked at the limit, and everybody stays who they are', async () => {
    const owner = await people.take({ externalId: 'C-0', ...office });
    for (const number of [1, 2, 3]) {
      expect(await people.take({ externalId: `C-${number}`, ...office })).toMatchObject({
        warnings: [{ code: 'IDENTITY_CONFLICT' }],
      });
    }
    expect(await blocked()).toEqual([
      { kind: 'email', value: 'office@x.test', blocked: true, reason: 'shared', decided_by: 'system' },
    ]);
    expect(await people.take({ externalId: 'C-4', ...office })).toMatchObject({
      warnings: [blockedOn('email')],
    });
    expect(await people.upsert([office])).toMatchObject([{ ok: false, problems: [blockedOn('email')] }]);
    expect(await people.known(owner)).toMatchObject({
      identities: ['email:office@x.test', 'external_id:C-0'],
    });
  });

  it('is not blocked by the same few however often, nor by claims of long ago', async () => {
    await people.take({ externalId: 'C-0', ...office });
    for (const number of [1, 2]) {
      for (const at of [0, 1]) {
        await people.take(
          { externalId: `C-${number}`, ...office },
          { now: new Date(now.getTime() - 40 * day + at) },
        );
      }
    }
    await people.take({ externalId: 'C-3', ...office });
    expect(await blocked()).toEqual([]);
  });

  it('is not blocked again once somebody said that it is fine', async () => {
    await decide(false, 'email', 'Office@X.test');
    for (const number of [0, 1, 2, 3, 4]) await people.take({ externalId: `C-${number}`, ...office });
    expect(await blocked()).toMatchObject([{ blocked: false, reason: 'by_hand', decided_by: 'user:1' }]);
  });
});

describe('an e-mail address on many devices', () => {
  const devices = [1, 2, 3, 4, 5, 6].map((number) => ({ email: 'info@x.test', anonymousId: `d${number}` }));

  it('is blocked when a contact would gain more devices than the limit', async () => {
    const results = await people.upsert(devices);
    expect(results.map((result) => result.ok && result.warnings.map(({ code }) => code))).toEqual([
      [],
      [],
      [],
      [],
      ['IDENTITY_LIMIT'],
      ['IDENTITY_LIMIT'],
    ]);
    expect(await blocked()).toMatchObject([{ kind: 'email', value: 'info@x.test', reason: 'shared' }]);
    const next = await people.take(devices[4]!);
    expect(next.warnings).toMatchObject([blockedOn('email')]);
    expect(await people.known(next)).toMatchObject({ identities: ['anonymous_id:d5'] });
  });

  it('keeps its devices of long ago out of the count', async () => {
    await people.upsert(devices.slice(0, 4), { now: new Date(now.getTime() - 31 * day) });
    expect(await people.take(devices[4]!)).toMatchObject({ warnings: [] });
  });

  it('is not mistaken for a customer: an external id is never blocked by itself', async () => {
    const results = await people.upsert(
      devices.map(({ anonymousId }) => ({ externalId: 'C-1', anonymousId })),
    );
    expect(new Set(results.map((result) => result.ok && result.contactId)).size).toBe(1);
    expect(await blocked()).toEqual([]);
    expect(await people.one(`select count(*)::int from contact_identities where kind = 'anonymous_id'`)).toBe(
      4,
    );
  });
});

describe('blocking by hand', () => {
  it('takes values in any form, and tells what changed and what is wrong', async () => {
    expect(await decide(true, 'email', ' INFO@x.test', 'info@x.test', 'nonsense')).toMatchObject([
      { changed: true, error: null },
      { changed: false, error: null },
      { changed: false, error: { code: 'INVALID_INPUT', path: 'input.values[2]' } },
    ]);
    expect(await people.upsert([{ email: 'info@x.test' }])).toMatchObject([
      { ok: false, problems: [blockedOn('email')] },
    ]);
    expect(await decide(false, 'email', 'info@x.test')).toMatchObject([{ changed: true }]);
    expect(await people.upsert([{ email: 'info@x.test' }])).toMatchObject([{ ok: true }]);
  });
});
