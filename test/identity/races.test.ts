import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { upsertContacts } from '../../api/src/modules/contacts/index.js';
import { openTenants, type TakenContact, type Tenants } from '../support/builders.js';
import { IdentityWorkspace, now } from './people.js';

let db: Tenants;
let people: IdentityWorkspace;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db?.close());
beforeEach(async () => {
  people = await IdentityWorkspace.open(db);
});

let events = 0;

/** As an event comes in: the contact is found or made, and the event added to it, in one transaction. */
async function send(identity: { anonymousId: string } | { externalId: string }): Promise<void> {
  events += 1;
  const name = `event ${events}`;
  await db.withWorkspace(people.id, async (tx) => {
    const settings = { timeZone: 'UTC', defaultCountry: null, now };
    const [contact] = (await upsertContacts(tx, settings, [identity])) as TakenContact[];
    await tx.query(
      `insert into events (workspace_id, occurred_at, id, ordinal, merged_from, name, folded_name, source, message_id,
                           received_at)
       values ($1, now(), gen_random_uuid(), $2, $3, $4, $4, 'test', $4, now())`,
      [people.id, contact!.ordinal, contact!.mergedFrom, name],
    );
  });
}

/** What several did at once; a failure that says so by its code is part of the game. */
async function together(work: Promise<unknown>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(work);
  return outcomes.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return [];
    const { code } = outcome.reason as { code?: string };
    if (code === 'CONFLICT' || code === 'NOT_FOUND') return [code];
    throw outcome.reason;
  });
}

/** Nothing is lost, nothing is there twice, and what merges say is what the rows say. */
async function expectSound(contacts: number, sent: number): Promise<void> {
  expect(await people.one('select count(*)::int from contacts')).toBe(contacts);
  expect(await people.one('select count(*)::int from events')).toBe(sent);
  expect(
    await people.one(
      `select count(*)::int from contact_merges m
       where m.undone_at is null and exists (select from contacts c where c.id = m.loser_id)`,
    ),
  ).toBe(0);
  // Whatever was first of a contact that is its own again went back to it.
  for (const table of ['events', 'contact_identities', 'contact_attributes']) {
    const strays = await people.rows(
      `select t.* from ${table} t where t.merged_from is not null and not exists (
         select from contact_merges m where m.loser_ordinal = t.merged_from and m.undone_at is null)`,
    );
    expect(strays, table).toEqual([]);
  }
}

it('events lose nothing while their contact is merged and taken apart again and again', async () => {
  const winner = await people.take({ externalId: 'C-1' });
  const loser = await people.take({ externalId: 'C-2', anonymousId: 'd1', attributes: { city: 'Graz' } });
  // An event may have to be tried again after each of the six changes; withWorkspace tries eight times.
  const turns = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn += 1) await people.undo(await people.merge(winner, loser));
  };
  const sending = async (): Promise<void> => {
    for (let turn = 0; turn < 15; turn += 1) {
      await send({ anonymousId: 'd1' });
      await send({ externalId: 'C-1' });
    }
  };
  expect(await together([turns(), sending(), sending()])).toEqual([]);
  await expectSound(2, 60);
  expect(await people.known(loser)).toMatchObject({
    identities: ['anonymous_id:d1', 'external_id:C-2'],
    attributes: { city: 'Graz', external_id: 'C-2' },
  });
});

it('of merges in both directions at once one happens', async () => {
  for (let turn = 0; turn < 8; turn += 1) {
    const one = await people.take({ externalId: `one ${turn}` });
    const other = await people.take({ externalId: `other ${turn}` });
    expect(await together([people.merge(one, other), people.merge(other, one)])).toEqual(['CONFLICT']);
  }
  await expectSound(8, 0);
});

it('of undos of one merge at once one happens', async () => {
  const winner = await people.take({ externalId: 'C-1' });
  const loser = await people.take({ externalId: 'C-2' });
  const merge = await people.merge(winner, loser);
  const failed = await together([1, 2, 3, 4].map(() => people.undo(merge)));
  expect(failed).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT']);
  await expectSound(2, 0);
});

it('merges by hand, by rule and by alias at once end with one contact that has everything', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `C-${index}`);
  const contacts = await Promise.all(ids.map((externalId) => people.take({ externalId })));
  await people.upsert(ids.map((id) => ({ anonymousId: `device of ${id}` })));
  await together([
    ...contacts.slice(1, 5).map((contact) => people.merge(contacts[0]!, contact)),
    ...ids.map((externalId) => people.take({ externalId, anonymousId: `device of ${externalId}` })),
    ...ids.map((id) => send({ anonymousId: `device of ${id}` })),
    ...ids.slice(5).map((previousId) => people.take({ externalId: 'C-0', previousId })),
  ]);
  // Whoever was merged before his device joined him may have missed it; said again, everything is settled.
  await people.upsert([
    ...ids.map((externalId) => ({ externalId, anonymousId: `device of ${externalId}` })),
    ...ids.slice(1).map((previousId) => ({ externalId: 'C-0', previousId })),
  ]);
  await expectSound(1, ids.length);
  expect(await people.one('select count(*)::int from contact_identities')).toBe(2 * ids.length);
});
