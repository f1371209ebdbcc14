import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { findContact } from '../../api/src/modules/contacts/index.js';
import { membershipTables } from '../../api/src/modules/contacts/merging/membership.repository.js';
import { movedTables } from '../../api/src/modules/contacts/merging/move-rows.repository.js';
import { previewMerge } from '../../api/src/modules/contacts/merging/preview-merge.js';
import { createPurgeMergesTask } from '../../api/src/modules/contacts/merging/purge-merges.job.js';
import { addToSeedList } from '../../api/src/modules/lookalikes/change-seed-members.js';
import { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import { addToList } from '../../api/src/modules/segments/list-members.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { openTenants, type TakenContact, type Tenants } from '../support/builders.js';
import { day, IdentityWorkspace, minute, now } from './people.js';

let db: Tenants;
let people: IdentityWorkspace;
beforeAll(async () => {
  db = await openTenants([AttributeDefinitionEntity, SegmentEntity]);
});
afterAll(() => db?.close());
beforeEach(async () => {
  people = await IdentityWorkspace.open(db);
});

/** Tables whose rows are neither moved nor memberships: see takeOver(), settleConsents() and moveClaims(). */
const otherwiseJoined = ['contact_attributes', 'consents', 'contact_merges', 'identity_conflicts'];
/** What an import did to somebody cannot be undone any more once they are part of somebody else. */
const lost = ['import_effects'];

/** Two contacts that have something of everything, some of it the same, some of it not. */
async function twoContacts(): Promise<{ winner: TakenContact; loser: TakenContact }> {
  const winner = await people.take({
    externalId: 'C-1',
    email: 'ada@x.test',
    attributes: { first_name: 'Ada', city: 'Wien', country: 'AT' },
    consents: [
      { channel: 'ads', state: 'granted', recordedAt: '2026-02-01T00:00:00Z' },
      { channel: 'email', state: 'withdrawn', recordedAt: '2026-02-20T00:00:00Z' },
    ],
  });
  const loser = await people.take({
    externalId: 'C-2',
    phone: '+43 1 5120170',
    attributes: { city: 'Graz', country: 'AT', job_title: 'Countess' },
    company: { domain: 'engine.example' },
    consents: [
      { channel: 'ads', state: 'withdrawn', recordedAt: '2026-02-10T00:00:00Z' },
      { channel: 'email', state: 'granted', recordedAt: '2026-02-10T00:00:00Z' },
    ],
  });
  await people.addEvent(winner, 'bought');
  await people.addEvent(loser, 'called');
  await people.addMemberships(winner);
  await people.addMemberships(loser);
  return { winner, loser };
}

const merged = {
  identities: ['email:ada@x.test', 'external_id:C-1', 'external_id:C-2', 'phone:+4315120170'],
  attributes: {
    city: 'Wien',
    country: 'AT',
    email: 'ada@x.test',
    external_id: 'C-1',
    first_name: 'Ada',
    job_title: 'Countess',
    phone: '+4315120170',
  },
  company: 'engine.example',
  events: ['bought', 'called'],
  memberships: ['list of 0', 'list of 1', 'lookalike of 0', 'lookalike of 1', 'seed of 0', 'seed of 1'],
  consents: ['ads withdrawn', 'email withdrawn'],
  said: 4,
};

describe('merging by hand', () => {
  const say = (state: 'granted' | 'withdrawn', on: string): object => ({
    consents: [{ channel: 'ads', state, recordedAt: `2026-02-${on}T00:00:00Z` }],
  });

  it('joins identities, missing attributes, company, events, memberships and consents', async () => {
    const { winner, loser } = await twoContacts();
    const before = await people.version();
    await people.merge(winner, loser);
    expect(await people.known(winner)).toEqual({ ordinal: winner.ordinal, ...merged });
    expect(await people.known(loser)).toBeUndefined();
    expect((await people.feedSince(before)).filter((change) => change.endsWith('*'))).toEqual(['0 *', '1 *']);
  });

  it('is shown before, with who brings what and which value stands for which reason', async () => {
    const { winner, loser } = await twoContacts();
    const pair = { winnerId: winner.contactId, loserId: loser.contactId };
    const before = await people.version();
    const preview = await db.withWorkspace(people.id, (tx) => previewMerge(tx, pair), { snapshot: true });
    expect(preview.identities.map(({ kind, value, from }) => `${from} ${kind}:${value}`).sort()).toEqual([
      'loser external_id:C-2',
      'loser phone:+4315120170',
      'winner email:ada@x.test',
      'winner external_id:C-1',
    ]);
    expect(Object.fromEntries(preview.attributes.choices)).toEqual({
      city: 'winner_stays',
      country: 'same',
      email: 'only_winner',
      external_id: 'winner_stays',
      first_name: 'only_winner',
      job_title: 'only_loser',
      phone: 'only_loser',
    });
    expect(preview.consents.map(({ channel, state, from }) => [channel, state, from])).toEqual([
      ['ads', 'withdrawn', 'loser'],
      ['email', 'withdrawn', 'winner'],
    ]);
    expect(preview).toMatchObject({
      companyFrom: 'loser',
      events: { winner: 1, loser: 1 },
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'loserId' }],
    });
    expect(preview.memberships.map(({ name, from }) => `${from} ${name}`)).toContain('loser list of 1');
    expect(await people.version()).toBe(before);
    await people.merge(winner, loser);
    const after = await people.known(winner);
    const texts = [...preview.attributes.held].map(([key, { value }]) => [key, value[0]!.text]);
    expect(Object.fromEntries(texts)).toEqual(after!.attributes);
  });

  it('keeps a withdrawal before a grant of the same instant', async () => {
    const yes = await people.take({ externalId: 'C-1', ...say('granted', '01') });
    const no = await people.take({ externalId: 'C-2', ...say('withdrawn', '01') });
    await people.merge(yes, no);
    expect(await people.known(yes)).toMatchObject({ consents: ['ads withdrawn'], said: 2 });
  });

  it.each([
    ['winner', 'withdrawn', 'granted'],
    ['loser', 'granted', 'withdrawn'],
  ] as const)(
    'keeps withdrawn what the %s withdrew, until the one contact grants it',
    async (_who, own, other) => {
      const winner = await people.take({ externalId: 'C-1', ...say(own, own === 'withdrawn' ? '01' : '02') });
      const loser = await people.take({
        externalId: 'C-2',
        ...say(other, other === 'withdrawn' ? '01' : '02'),
      });
      const merge = await people.merge(winner, loser);
      const ofWinner = async (): Promise<string[]> => (await people.known(winner))!.consents;
      expect(await ofWinner()).toEqual(['ads withdrawn']);
      // What was granted before the grant that is known already says nothing new.
      await people.take({ externalId: 'C-1', ...say('granted', '01') });
      expect(await ofWinner()).toEqual(['ads withdrawn']);
      await people.take({ externalId: 'C-1', ...say('granted', '03') });
      expect(await ofWinner()).toEqual(['ads granted']);
      await people.undo(merge);
      expect(await ofWinner()).toEqual(['ads granted']);
      expect(await people.known(loser)).toMatchObject({ consents: [`ads ${other}`] });
    },
  );

  it('lets the id of the loser answer with the winner', async () => {
    const { winner, loser } = await twoContacts();
    const third = await people.take({ externalId: 'C-3' });
    await people.merge(winner, loser);
    await people.merge(third, winner);
    const found = await db.withWorkspace(people.id, (tx) =>
      findContact(tx, { id: loser.contactId }, { defaultCountry: null }),
    );
    expect(found.id).toBe(third.contactId);
  });

  it.each([
    ['a contact with itself', 'C-1', 'C-1', 'INVALID_INPUT', 'loserId'],
    ['into nobody', 'nobody', 'C-1', 'NOT_FOUND', 'winnerId'],
    ['nobody', 'C-1', 'nobody', 'NOT_FOUND', 'loserId'],
    ['one that was merged already', 'C-1', 'C-2', 'CONFLICT', 'loserId'],
    ['into one that was merged already', 'C-2', 'C-1', 'CONFLICT', 'winnerId'],
  ])('%s is refused', async (_name, winnerId, loserId, code, path) => {
    const { winner, loser } = await twoContacts();
    await people.merge(winner, loser);
    const ids = new Map([
      ['C-1', winner],
      ['C-2', loser],
    ]);
    const idOf = (name: string): { contactId: string } => ids.get(name) ?? { contactId: crypto.randomUUID() };
    await expect(people.merge(idOf(winnerId), idOf(loserId))).rejects.toMatchObject({ code, path });
  });
});

it('reaches every table that refers to a contact', async () => {
  const referring = await people.rows<{ name: string }>(
    `select distinct conrelid::regclass::text as name from pg_constraint
     where confrelid = 'contacts'::regclass and contype = 'f' and conparentid = 0 order by 1`,
  );
  expect(referring.map(({ name }) => name)).toEqual(
    [...movedTables, ...membershipTables, ...otherwiseJoined, ...lost].sort(),
  );
});

describe('undoing a merge', () => {
  it('gives the loser back what was its own, under its id and its ordinal, and the winner what it was', async () => {
    const { winner, loser } = await twoContacts();
    const [one, other] = [await people.known(winner), await people.known(loser)];
    const merge = await people.merge(winner, loser);
    const before = await people.version();
    await people.undo(merge);
    expect(await people.known(winner)).toEqual(one);
    expect(await people.known(loser)).toEqual(other);
    expect(await people.feedSince(before)).toEqual(['0 *', '1 *']);
    expect(await people.rows('select * from events where merged_from is not null')).toEqual([]);
    expect(await people.take({ externalId: 'C-4' })).toMatchObject({ ordinal: 2 });
  });

  it('leaves with the winner what came in after the merge', async () => {
    const { winner, loser } = await twoContacts();
    const merge = await people.merge(winner, loser);
    await people.addEvent(winner, 'returned');
    await people.take({
      externalId: 'C-2',
      email: 'new@x.test',
      attributes: { city: 'Linz', job_title: 'Countess' },
      company: { domain: 'engine.example' },
      consents: [{ channel: 'ads', state: 'withdrawn' }],
    });
    await people.undo(merge);
    expect(await people.known(winner)).toMatchObject({
      identities: ['email:ada@x.test', 'email:new@x.test', 'external_id:C-1'],
      attributes: { city: 'Linz', email: 'new@x.test', external_id: 'C-1', job_title: 'Countess' },
      company: 'engine.example',
      events: ['bought', 'returned'],
      consents: ['ads withdrawn', 'email withdrawn'],
    });
    expect(await people.known(loser)).toMatchObject({
      identities: ['external_id:C-2', 'phone:+4315120170'],
      attributes: { city: 'Graz', external_id: 'C-2' },
      events: ['called'],
      consents: ['ads withdrawn', 'email granted'],
    });
  });

  it('leaves withdrawn for both what was withdrawn while they were one', async () => {
    const { winner, loser } = await twoContacts();
    const say = (externalId: string, state: 'granted' | 'withdrawn'): Promise<unknown> =>
      people.take({ externalId, consents: [{ channel: 'phone', state }] });
    await say('C-2', 'granted');
    const merge = await people.merge(winner, loser);
    await say('C-1', 'withdrawn');
    await people.undo(merge);
    const phoneOf = async (who: TakenContact): Promise<string[]> =>
      (await people.known(who))!.consents.filter((consent) => consent.startsWith('phone'));
    expect([await phoneOf(winner), await phoneOf(loser)]).toEqual([['phone withdrawn'], ['phone withdrawn']]);
  });

  it('puts what the next loser held in place of what it takes away', async () => {
    const winner = await people.take({ externalId: 'C-1' });
    const first = await people.take({ externalId: 'C-2', attributes: { city: 'Graz' } });
    const second = await people.take({ externalId: 'C-3', attributes: { city: 'Linz' } });
    const merge = await people.merge(winner, first);
    await people.merge(winner, second, new Date(now.getTime() + minute));
    expect(await people.known(winner)).toMatchObject({ attributes: { city: 'Graz' } });
    await people.undo(merge);
    expect(await people.known(winner)).toMatchObject({ attributes: { city: 'Linz' } });
  });

  it('takes the loser out together with what had become part of it before', async () => {
    const [one, two, three] = await Promise.all(['1', '2', '3'].map((id) => people.take({ externalId: id })));
    await people.addEvent(one!, 'first');
    const inner = await people.merge(two!, one!);
    const outer = await people.merge(three!, two!);
    await expect(people.undo(inner)).rejects.toMatchObject({ code: 'CONFLICT', path: 'mergeId' });
    await people.undo(outer);
    expect(await people.known(two!)).toMatchObject({
      identities: ['external_id:1', 'external_id:2'],
      events: ['first'],
    });
    await people.undo(inner);
    expect(await people.known(one!)).toMatchObject({ identities: ['external_id:1'], events: ['first'] });
    expect(await people.known(three!)).toMatchObject({ identities: ['external_id:3'], events: [] });
  });

  it('works for merges that a rule made, and the two do not merge by themselves again', async () => {
    const visitor = await people.take({ anonymousId: 'tablet', attributes: { utm_source: 'ad' } });
    const known = await people.take({ email: 'ada@x.test' });
    await people.take({ email: 'ada@x.test', anonymousId: 'tablet' });
    await people.undo(await people.mergeOf(visitor));
    expect(await people.known(visitor)).toMatchObject({
      identities: ['anonymous_id:tablet'],
      attributes: { utm_source: 'ad' },
    });
    expect(await people.take({ email: 'ada@x.test', anonymousId: 'tablet' })).toMatchObject({
      contactId: known.contactId,
      warnings: [{ code: 'IDENTITY_CONFLICT', path: 'anonymousId' }],
    });
    await people.merge(known, visitor);
    expect(await people.known(known)).toMatchObject({
      identities: ['anonymous_id:tablet', 'email:ada@x.test'],
    });
  });

  it('knows which events of a batch came before the merge that stands in the middle of it', async () => {
    const visitor = await people.take({ anonymousId: 'd1' });
    const results = await people.upsert([
      { email: 'ada@x.test' },
      { anonymousId: 'd1' },
      { anonymousId: 'd1', email: 'ada@x.test' },
      { anonymousId: 'd1' },
    ]);
    expect(results.map((result) => result.ok && result.mergedFrom)).toEqual([
      null,
      visitor.ordinal,
      null,
      null,
    ]);
  });

  it('of one that was undone, of one too old and of none is refused', async () => {
    const { winner, loser } = await twoContacts();
    const merge = await people.merge(winner, loser);
    const late = new Date(now.getTime() + 30 * day);
    await expect(people.undo(merge, late)).rejects.toMatchObject({ code: 'CONFLICT' });
    await people.undo(merge);
    await expect(people.undo(merge)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(people.undo(crypto.randomUUID())).rejects.toMatchObject({
      code: 'NOT_FOUND',
      path: 'mergeId',
    });
    await expect(people.undo('nonsense')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('leaves with the winner the places on lists that it was given again while they were one', async () => {
    const { winner, loser } = await twoContacts();
    const merge = await people.merge(winner, loser);
    const list = await people.one<string>(`select id from segments where name = 'list of 1'`);
    const seed = await people.one<string>(`select id from seed_lists where name = 'seed of 1'`);
    // By the loser's id, which leads to the winner.
    const contactId = loser.contactId;
    const [added, valued] = await db.withWorkspace(people.id, async (tx) => [
      await addToList(tx, { segmentId: list, contactIds: [contactId] }, now),
      await addToSeedList(tx, { id: seed, members: [{ contactId, value: 5 }] }),
    ]);
    expect([...added, ...valued].map(({ changed, error }) => [changed, error])).toEqual([
      [false, null],
      [false, null],
    ]);
    await people.undo(merge);
    expect(await people.known(winner)).toMatchObject({
      memberships: ['list of 0', 'list of 1', 'lookalike of 0', 'seed of 0', 'seed of 1'],
    });
    expect(await people.known(loser)).toMatchObject({
      memberships: ['list of 1', 'lookalike of 1', 'seed of 1'],
    });
  });

  it('leaves out lists and companies that are gone meanwhile', async () => {
    const { winner, loser } = await twoContacts();
    const merge = await people.merge(winner, loser);
    await people.rows(`delete from lookalikes`);
    await people.rows(`delete from segments where name = 'list of 1'`);
    await people.rows(`delete from companies`);
    await people.undo(merge);
    expect(await people.known(loser)).toMatchObject({ company: null, memberships: ['seed of 1'] });
  });
});

/** Runs the nightly job. */
async function purgeAt(at: Date): Promise<void> {
  const directory = await createDataSource({
    url: db.database.systemUrl,
    poolSize: 1,
    name: 'test',
    onConnectionError: () => undefined,
  }).initialize();
  const purge = createPurgeMergesTask({
    directory,
    withWorkspace: db.withWorkspace,
    clock: { now: () => at },
  });
  await purge({}, { signal: new AbortController().signal } as never);
  await directory.destroy();
}

describe('what an undo needs', () => {
  it('is forgotten every night after 30 days, and the merge stays on record', async () => {
    const { winner, loser } = await twoContacts();
    const merge = await people.merge(winner, loser);
    const kept = (): Promise<boolean> => people.one('select undo is not null from contact_merges');
    await purgeAt(new Date(now.getTime() + 30 * day));
    expect(await kept()).toBe(true);
    await purgeAt(new Date(now.getTime() + 30 * day + 1));
    expect(await kept()).toBe(false);
    await expect(people.undo(merge)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await people.rows('select loser_id, undone_at from contact_merges')).toEqual([
      { loser_id: loser.contactId, undone_at: null },
    ]);
  });

  it('goes with the contact that holds it', async () => {
    const { winner, loser } = await twoContacts();
    await people.merge(winner, loser);
    await people.rows('delete from contacts where id = $1', [winner.contactId]);
    expect(await people.rows('select 1 from contact_merges')).toEqual([]);
  });
});
