import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveIdentitySettings } from '../../api/src/modules/contacts/identities/identity-policy.repository.js';
import { defaultIdentitySettings } from '../../api/src/modules/contacts/identities/identity-settings.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { IdentityWorkspace } from './people.js';

let db: Tenants;
let people: IdentityWorkspace;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db?.close());
beforeEach(async () => {
  people = await IdentityWorkspace.open(db);
});

const conflictOn = (path: string): object => ({ warnings: [{ code: 'IDENTITY_CONFLICT', path }] });

function mergeOn(...kinds: ('email' | 'phone' | 'anonymous_id')[]): Promise<unknown> {
  return db.withWorkspace(people.id, (tx) =>
    saveIdentitySettings(tx, { ...defaultIdentitySettings, mergeOn: kinds }),
  );
}

describe('an e-mail address that two contacts are given', () => {
  it('makes them one when only one has an external id: the one with the external id stays', async () => {
    const newsletter = await people.take({ email: 'ada@x.test', attributes: { city: 'Graz' } });
    const customer = await people.take({ externalId: 'C-1', attributes: { first_name: 'Ada' } });
    const both = await people.take({ externalId: 'C-1', email: 'ada@x.test' });
    expect(both).toMatchObject({ contactId: customer.contactId, outcome: 'updated', warnings: [] });
    expect(await people.known(newsletter)).toBeUndefined();
    expect(await people.known(customer)).toMatchObject({
      identities: ['email:ada@x.test', 'external_id:C-1'],
      attributes: { city: 'Graz', email: 'ada@x.test', external_id: 'C-1', first_name: 'Ada' },
    });
    expect(await people.rows('select reason, merged_by from contact_merges')).toEqual([
      { reason: 'shared_identity', merged_by: 'system' },
    ]);
  });

  it('stays where it is when both have an external id', async () => {
    await people.take({ externalId: 'C-1', email: 'office@x.test' });
    const other = await people.take({ externalId: 'C-2' });
    const both = await people.take({ externalId: 'C-2', email: 'office@x.test' });
    expect(both).toMatchObject({ contactId: other.contactId, ...conflictOn('email') });
  });

  it('joins nobody where the workspace merges on nothing', async () => {
    await mergeOn();
    await people.take({ email: 'ada@x.test' });
    await people.take({ externalId: 'C-1' });
    expect(await people.take({ externalId: 'C-1', email: 'ada@x.test' })).toMatchObject(conflictOn('email'));
  });
});

describe('a phone number that two contacts are given', () => {
  const switchboard = '+43 1 5120170';

  it('stays where it is: it may be a household’s or a switchboard’s', async () => {
    await people.take({ phone: switchboard });
    await people.take({ externalId: 'C-1' });
    expect(await people.take({ externalId: 'C-1', phone: switchboard })).toMatchObject(conflictOn('phone'));
  });

  it('makes them one where the workspace merges on it, unless they differ in a stronger identity', async () => {
    await mergeOn('phone');
    const caller = await people.take({ phone: switchboard });
    await people.take({ externalId: 'C-1' });
    expect(await people.take({ externalId: 'C-1', phone: switchboard })).toMatchObject({ warnings: [] });
    expect(await people.known(caller)).toBeUndefined();
    await people.take({ email: 'b@x.test' });
    const colleague = await people.take({ email: 'a@x.test', phone: '+43 1 5120171' });
    expect(await people.take({ email: 'b@x.test', phone: '+43 1 5120171' })).toMatchObject(
      conflictOn('phone'),
    );
    expect(await people.known(colleague)).toMatchObject({
      identities: ['email:a@x.test', 'phone:+4315120171'],
    });
  });

  it('is not enough when the item itself names another e-mail address than its owner has', async () => {
    await mergeOn('phone');
    const first = await people.take({ email: 'a@x.test', phone: switchboard });
    await people.take({ externalId: 'C-9', email: 'b@x.test' });
    const second = await people.take({ externalId: 'C-1', email: 'b@x.test', phone: switchboard });
    expect(second.contactId).not.toBe(first.contactId);
    expect(await people.known(first)).toMatchObject({ identities: ['email:a@x.test', 'phone:+4315120170'] });
  });
});

describe('an alias', () => {
  it('makes the contact with the previous external id part of the one with the new', async () => {
    const before = await people.take({ externalId: 'old', email: 'a@x.test', attributes: { city: 'Graz' } });
    const after = await people.take({ externalId: 'new' });
    const result = await people.take({ externalId: 'new', previousId: 'old' });
    expect(result).toMatchObject({ contactId: after.contactId, outcome: 'updated', warnings: [] });
    expect(await people.known(before)).toBeUndefined();
    expect(await people.known(after)).toMatchObject({
      identities: ['email:a@x.test', 'external_id:new', 'external_id:old'],
      attributes: { city: 'Graz', email: 'a@x.test', external_id: 'new' },
    });
    expect(await people.take({ externalId: 'old' })).toMatchObject({ contactId: after.contactId });
    expect(await people.rows('select reason from contact_merges')).toEqual([{ reason: 'alias' }]);
  });

  it('gives the new external id to whoever has the previous one, when nobody has the new', async () => {
    const known = await people.take({ externalId: 'old' });
    expect(await people.take({ externalId: 'new', previousId: 'old' })).toMatchObject({
      contactId: known.contactId,
      outcome: 'updated',
    });
    expect(await people.known(known)).toMatchObject({
      identities: ['external_id:new', 'external_id:old'],
      attributes: { external_id: 'new' },
    });
  });

  it('finds the previous id among devices as well', async () => {
    const visitor = await people.take({ anonymousId: 'd1' });
    expect(await people.take({ externalId: 'C-1', previousId: 'd1' })).toMatchObject({
      contactId: visitor.contactId,
    });
  });

  it('leaves a device with the customer who used it before', async () => {
    const customer = await people.take({ externalId: 'C-1', anonymousId: 'tablet' });
    const next = await people.take({ externalId: 'C-2', previousId: 'tablet' });
    expect(next).toMatchObject({ outcome: 'created', ...conflictOn('previousId') });
    expect(await people.known(customer)).toMatchObject({
      identities: ['anonymous_id:tablet', 'external_id:C-1'],
    });
  });

  it('may come before anything is known of the device', async () => {
    const customer = await people.take({ externalId: 'C-1', previousId: 'd1' });
    expect(await people.take({ anonymousId: 'd1' })).toMatchObject({ contactId: customer.contactId });
  });

  it('is applied in its place among the items of a batch', async () => {
    await people.take({ anonymousId: 'd1' });
    const results = await people.upsert([
      { anonymousId: 'd1', attributes: { city: 'Graz' } },
      { externalId: 'C-1', attributes: { city: 'Wien' } },
      { externalId: 'C-1', previousId: 'd1' },
      { anonymousId: 'd1', attributes: { country: 'AT' } },
    ]);
    expect(new Set(results.map((result) => result.ok && result.contactId)).size).toBe(1);
    expect(await people.known(results[0] as { contactId: string } as never)).toMatchObject({
      attributes: { city: 'Wien', country: 'AT', external_id: 'C-1' },
    });
  });

  it('of an id that cannot be read is refused', async () => {
    expect(await people.upsert([{ externalId: 'C-1', previousId: 'a\0b' }])).toMatchObject([
      { ok: false, problems: [{ code: 'INVALID_INPUT', path: 'previousId' }] },
    ]);
  });
});

describe('a conflict', () => {
  const conflicts = (): Promise<unknown[]> =>
    people.rows('select kind, value, claimant, source, count from identity_conflicts order by claimant');

  it('is written down once for each identity and contact, and counted', async () => {
    await people.take({ externalId: 'C-1', email: 'office@x.test' });
    const other = await people.take({ externalId: 'C-2', email: 'office@x.test' });
    await people.upsert(
      [
        { externalId: 'C-2', email: 'office@x.test' },
        { externalId: 'C-2', email: 'OFFICE@x.test', source: 'form' },
      ],
      { source: 'import' },
    );
    expect(await conflicts()).toEqual([
      { kind: 'email', value: 'office@x.test', claimant: other.ordinal, source: 'import', count: 3 },
    ]);
  });

  it('that is none any more at the end of its batch is not written down', async () => {
    await people.take({ externalId: 'C-1', email: 'a@x.test' });
    await people.take({ externalId: 'C-2' });
    await people.upsert([
      { externalId: 'C-2', email: 'a@x.test' },
      { externalId: 'C-2', previousId: 'C-1' },
    ]);
    expect(await conflicts()).toEqual([]);
  });

  it('goes away with a merge of the two, and goes along with a merge into a third', async () => {
    await people.take({ externalId: 'C-1', email: 'office@x.test' });
    const second = await people.take({ externalId: 'C-2', email: 'office@x.test' });
    const third = await people.take({ externalId: 'C-3', email: 'office@x.test' });
    await people.merge(third, second);
    expect(await conflicts()).toMatchObject([{ claimant: third.ordinal, count: 2 }]);
    const first = await people.take({ externalId: 'C-1' });
    await people.merge(first, third);
    expect(await conflicts()).toEqual([]);
  });
});

it('costs the same number of statements for one conflict and merge as for a hundred', async () => {
  const countFor = async (size: number): Promise<number> => {
    const numbers = Array.from({ length: size }, (_, index) => `${size}-${index}`);
    await people.upsert(
      numbers.flatMap((number) => [
        { externalId: `A${number}`, email: `${number}@x.test` },
        { externalId: `B${number}` },
        { anonymousId: `d${number}`, attributes: { city: 'Graz' } },
        { email: `news-${number}@x.test` },
      ]),
    );
    db.statements.length = 0;
    await people.upsert(
      numbers.flatMap((number) => [
        { externalId: `B${number}`, email: `${number}@x.test` },
        { externalId: `B${number}`, anonymousId: `d${number}` },
        { externalId: `B${number}`, email: `news-${number}@x.test` },
        { externalId: `N${number}`, previousId: `A${number}` },
      ]),
    );
    return db.statements.length;
  };
  const one = await countFor(1);
  expect(await countFor(100)).toBe(one);
  expect(one).toBeLessThan(45);
});
