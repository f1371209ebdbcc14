import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { mergeByHand } from '../../api/src/modules/contacts/merging/merge-by-hand.js';
import type { ContactInput, ContactResult } from '../../api/src/modules/contacts/index.js';
import { upsertContacts } from '../../api/src/modules/contacts/index.js';
import { undoMerge } from '../../api/src/modules/contacts/merging/undo-merge.js';
import { openTenants, type Tenants } from '../support/builders.js';

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

async function upsert(...inputs: ContactInput[]): Promise<Extract<ContactResult, { ok: true }>[]> {
  const settings = { timeZone: 'UTC', defaultCountry: null, now };
  const results = await db.withWorkspace(workspace, (tx) => upsertContacts(tx, settings, inputs));
  return results.map((result) => {
    expect(result).toMatchObject({ ok: true });
    return result as Extract<ContactResult, { ok: true }>;
  });
}

/** The companies of contacts, by their ordinals: `name (domain)`. */
async function companies(): Promise<Record<number, string>> {
  const rows = await db.withWorkspace(workspace, (tx) =>
    tx.query<{ ordinal: number; company: string }>(
      `select ordinal, name || coalesce(' (' || domain || ')', '') as company
       from contacts join companies on companies.id = company_id order by ordinal`,
    ),
  );
  return Object.fromEntries(rows.map(({ ordinal, company }) => [ordinal, company]));
}

async function countCompanies(): Promise<number> {
  const [row] = await db.withWorkspace(workspace, (tx) =>
    tx.query<{ count: number }>('select count(*)::int as count from companies'),
  );
  return row!.count;
}

describe('a contact without a company', () => {
  it('is given the one of its address’s domain, made once and by the name of the domain', async () => {
    await upsert({ email: 'ada@mail.acme.com' }, { email: 'Bob@ACME.com' }, { email: 'eve@gmail.com' });
    await upsert({ email: 'cyd@acme.com' }, { externalId: 'x' });
    expect(await companies()).toEqual({
      0: 'acme.com (acme.com)',
      1: 'acme.com (acme.com)',
      3: 'acme.com (acme.com)',
    });
    expect(await countCompanies()).toBe(1);
  });

  it('is given the known company of the domain, else the one that says it mails from there', async () => {
    await upsert(
      { externalId: '1', company: { name: 'Acme', domain: 'acme.com' } },
      {
        externalId: '2',
        company: { name: 'Globex', domain: 'globex.org', attributes: { email_domain: 'globex-mail.net' } },
      },
      { externalId: '3', company: { name: 'Acme Europe', domain: 'eu.acme.com' } },
    );
    await upsert({ email: 'a@acme.com' }, { email: 'b@globex-mail.net' }, { email: 'c@eu.acme.com' });
    expect(await companies()).toMatchObject({
      3: 'Acme (acme.com)',
      4: 'Globex (globex.org)',
      5: 'Acme Europe (eu.acme.com)',
    });
    expect(await countCompanies()).toBe(3);
  });

  it('is given it when its address comes later, and the feed says that all of the company may differ', async () => {
    const [made] = await upsert({ externalId: 'x' });
    const before = await db.withWorkspace(workspace, (tx) => tx.version());
    const [changed] = await upsert({ externalId: 'x', email: 'x@acme.com' });
    expect(changed).toMatchObject({ contactId: made!.contactId, outcome: 'updated' });
    expect(await companies()).toEqual({ 0: 'acme.com (acme.com)' });
    const feed = await db.withWorkspace(workspace, (tx) =>
      tx.query('select facet from changes where version > $1 and ordinal = 0 order by facet', [before]),
    );
    expect(feed).toContainEqual({ facet: '*' });
  });

  it('is given none by an address that it has already: somebody may have taken it out of the company', async () => {
    await upsert({ email: 'ada@acme.com' });
    await db.withWorkspace(workspace, (tx) => tx.query('update contacts set company_id = null'));
    const [again] = await upsert({ email: 'ada@acme.com' });
    expect(again).toMatchObject({ outcome: 'unchanged' });
    expect(await companies()).toEqual({});
  });
});

describe('a company that is named', () => {
  it('wins over the domain, before and after it, in one batch and in several', async () => {
    await upsert({ email: 'a@acme.com', company: { name: 'Globex' } });
    await upsert({ email: 'b@acme.com' });
    await upsert({ email: 'b@acme.com', company: { externalId: 'group-1' } });
    await upsert(
      { externalId: 'c', company: { name: 'Globex' } },
      { externalId: 'c', email: 'c@initech.com' },
      { externalId: 'd', email: 'd@hooli.com' },
      { externalId: 'd', company: { name: 'Globex' } },
    );
    expect(await companies()).toEqual({ 0: 'Globex', 1: 'group-1', 2: 'Globex', 3: 'Globex' });
    // acme.com of the second, and none for initech.com and hooli.com.
    expect(await countCompanies()).toBe(3);
  });

  it('is the one of the domain when the same batch names it', async () => {
    await upsert({ email: 'a@acme.com' }, { externalId: 'b', company: { name: 'Acme', domain: 'acme.com' } });
    expect(await companies()).toEqual({ 0: 'Acme (acme.com)', 1: 'Acme (acme.com)' });
  });
});

describe('a workspace that does not want it', () => {
  it('makes no companies, and a batch without business addresses asks nothing', async () => {
    await db.database.owner.query('update workspaces set companies_from_email = false where id = $1', [
      workspace,
    ]);
    await upsert({ email: 'ada@acme.com' });
    expect(await countCompanies()).toBe(0);
    db.statements.length = 0;
    await upsert({ email: 'ada@gmail.com' });
    expect(db.statements.filter((text) => text.includes('companies_from_email'))).toEqual([]);
  });
});

describe('the statements of a batch', () => {
  it('are as many for a thousand domains as for two', async () => {
    const batch = (prefix: string, size: number): ContactInput[] =>
      Array.from({ length: size }, (_, index) => ({ email: `a@${prefix}${index}.com` }));
    const count = async (inputs: ContactInput[]): Promise<number> => {
      db.statements.length = 0;
      await upsert(...inputs);
      return db.statements.length;
    };
    expect(await count(batch('large', 1_000))).toBe(await count(batch('small', 2)));
    expect(await countCompanies()).toBe(1_002);
  });

  it('make a company once, although many batches meet it at the same time', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, index) => upsert({ email: `p${index}@acme.com` })));
    expect(Object.values(await companies())).toEqual(Array.from({ length: 8 }, () => 'acme.com (acme.com)'));
    expect(await countCompanies()).toBe(1);
  });
});

describe('merges', () => {
  it('keep the winner’s company, and an undo gives the loser its own again', async () => {
    const [winner, loser] = await upsert({ externalId: 'w', email: 'w@acme.com' }, { email: 'l@globex.org' });
    const mergeId = await db.withWorkspace(workspace, (tx) =>
      mergeByHand(tx, { winnerId: winner!.contactId, loserId: loser!.contactId }, { by: 'user:1', now }),
    );
    expect(await companies()).toEqual({ 0: 'acme.com (acme.com)' });
    await db.withWorkspace(workspace, (tx) => undoMerge(tx, mergeId, { by: 'user:1', now }));
    expect(await companies()).toEqual({ 0: 'acme.com (acme.com)', 1: 'globex.org (globex.org)' });
  });

  it('bring no company of the domain to somebody who has one by the other', async () => {
    await upsert({ anonymousId: 'device', company: { name: 'Globex' } });
    await upsert({ anonymousId: 'device', email: 'a@acme.com' });
    expect(await companies()).toEqual({ 0: 'Globex' });
    expect(await countCompanies()).toBe(1);
  });
});
