import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/* What third parties say of contacts and companies, and what rules make of it. */

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

interface Result {
  outcome: string | null;
  contactId: string | null;
  companyId: string | null;
  error: { code: string; path: string } | null;
}

async function record(...signals: object[]): Promise<Result[]> {
  const { recordSignals } = await workspace.query<{ recordSignals: Result[] }>(
    `mutation ($input: RecordSignalsInput!) {
       recordSignals(input: $input) { outcome contactId companyId error { code path } }
     }`,
    { input: { signals: signals.map((signal) => ({ source: 'bombora', name: 'crm software', ...signal })) } },
  );
  return recordSignals;
}

const acme = { company: { domain: 'acme.example' } };
const ada = { contact: { email: 'ada@acme.example' } };

async function takeContact(email: string, domain?: string): Promise<string> {
  const { upsertContact } = await workspace.query<{ upsertContact: { contact: { id: string } } }>(
    'mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }',
    { input: { email, ...(domain && { company: { domain } }) } },
  );
  return upsertContact.contact.id;
}

async function count(text: string): Promise<number> {
  const { previewSegment } = await workspace.query<{ previewSegment: { count: { value: number } } }>(
    'query ($input: PreviewSegmentInput!) { previewSegment(input: $input) { count { value } } }',
    { input: { rule: { text } } },
  );
  return previewSegment.count.value;
}

interface Shown {
  name: string;
  source: string;
  value: string | number | null;
}

async function shownBy(id: string): Promise<{ signals: Shown[]; company: { signals: Shown[] } | null }> {
  const { workspace: found } = await workspace.query<{
    workspace: { contact: { signals: Shown[]; company: { signals: Shown[] } | null } };
  }>(
    `query ($id: ID!) { workspace { contact(by: {id: $id}) {
       signals { name source value } company { signals { name source value } } } } }`,
    { id },
  );
  return found.contact;
}

const recently = new Date(Date.now() - 86_400_000).toISOString();
const longAgo = new Date(Date.now() - 90 * 86_400_000).toISOString();

describe('signals', () => {
  it('are kept with their source, of contacts and of companies, which are made when unknown', async () => {
    const [first, second] = await record(
      { ...acme, value: 82 },
      { ...ada, source: 'G2', name: 'Compared us', value: null },
    );
    expect(first).toMatchObject({ outcome: 'created', contactId: null, companyId: expect.any(String) });
    expect(second).toMatchObject({ outcome: 'created', contactId: expect.any(String), companyId: null });
    const contactId = await takeContact('ada@acme.example', 'acme.example');
    expect(contactId).toBe(second!.contactId);
    expect(await shownBy(contactId)).toEqual({
      signals: [{ name: 'Compared us', source: 'G2', value: null }],
      company: { signals: [{ name: 'crm software', source: 'bombora', value: 82 }] },
    });
  });

  it('give way to what the same source observes later, and to nothing else', async () => {
    const [, later, older, same, other] = await record(
      { ...ada, value: 40, observedAt: longAgo },
      { ...ada, value: 70, observedAt: recently, name: 'CRM Software', source: 'Bombora' },
      { ...ada, value: 90, observedAt: longAgo },
      { ...ada, value: 70, observedAt: recently },
      { ...ada, value: 10, source: 'G2' },
    );
    expect([later, older, same, other].map((result) => result!.outcome)).toEqual([
      'updated',
      'unchanged',
      'unchanged',
      'created',
    ]);
    const { signals } = await shownBy(later!.contactId!);
    expect(signals).toEqual([
      { name: 'crm software', source: 'G2', value: 10 },
      { name: 'CRM Software', source: 'Bombora', value: 70 },
    ]);
    expect((await record({ ...ada, value: 75 }))[0]).toMatchObject({ outcome: 'updated' });
    expect((await shownBy(later!.contactId!)).signals).toHaveLength(2);
  });

  it('are refused one by one, with the place of what is wrong', async () => {
    const results = await record(
      { value: 1 },
      { ...ada, ...acme },
      { ...ada, name: ' ' },
      { ...ada, value: true },
      { ...ada, value: 'x'.repeat(501) },
      { ...ada, observedAt: '1970-01-01T00:00:00Z' },
      { contact: { email: 'nobody' } },
      { company: { domain: 'no domain' } },
      { ...ada, value: 5 },
    );
    expect(results.map(({ error }) => error?.path)).toEqual([
      'input.signals[0]',
      'input.signals[1]',
      'input.signals[2].name',
      'input.signals[3].value',
      'input.signals[4].value',
      'input.signals[5].observedAt',
      'input.signals[6].contact.email',
      'input.signals[7].company.domain',
      undefined,
    ]);
    expect(results.at(-1)).toMatchObject({ outcome: 'created' });
  });

  it('take at most a thousand at once', async () => {
    const signals = Array.from({ length: 1001 }, () => ({ ...acme, name: 'a', source: 'b' }));
    const { errors } = await workspace.ask(
      'mutation ($input: RecordSignalsInput!) { recordSignals(input: $input) { outcome } }',
      { input: { signals } },
    );
    expect(errors![0]!.extensions).toMatchObject({ code: 'TOO_LARGE', path: 'input.signals' });
  });

  it('said by many at once are stored once', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => record({ ...ada, value: index })),
    );
    expect(results.flat().map(({ error }) => error)).toEqual(Array.from({ length: 20 }, () => null));
    expect((await shownBy(results[0]![0]!.contactId!)).signals).toHaveLength(1);
  });

  it('have their names listed with their sources, page by page', async () => {
    await record(ada, acme, { ...acme, source: 'G2' }, { ...acme, name: 'Industry', value: 'Software' });
    const page = async (variables: object): Promise<{ edges: { node: object; cursor: string }[] }> =>
      (
        await workspace.query<{ workspace: { signalNames: { edges: { node: object; cursor: string }[] } } }>(
          `query ($first: Int!, $after: String, $search: String) { workspace {
             signalNames(first: $first, after: $after, search: $search) {
               edges { node { name source contacts companies } cursor } } } }`,
          { ...variables },
        )
      ).workspace.signalNames;
    const { edges } = await page({ first: 2 });
    expect(edges.map(({ node }) => node)).toEqual([
      { name: 'crm software', source: 'bombora', contacts: 1, companies: 1 },
      { name: 'crm software', source: 'G2', contacts: 0, companies: 1 },
    ]);
    const rest = await page({ first: 2, after: edges[1]!.cursor });
    expect(rest.edges.map(({ node }) => node)).toMatchObject([{ name: 'Industry' }]);
    expect((await page({ first: 5, search: 'IND' })).edges).toHaveLength(1);
  });

  it('go with a contact into another, and come back when that is undone', async () => {
    const [one, other] = await record({ ...ada, value: 5 }, { contact: { email: 'b@x.test' }, value: 9 });
    const { mergeContacts } = await workspace.query<{ mergeContacts: { id: string } }>(
      'mutation ($input: MergeContactsInput!) { mergeContacts(input: $input) { id } }',
      { input: { winnerId: one!.contactId, loserId: other!.contactId } },
    );
    expect((await shownBy(one!.contactId!)).signals).toHaveLength(2);
    expect(await count('signal "crm software" = 9')).toBe(1);
    await workspace.query('mutation ($id: ID!) { undoContactMerge(mergeId: $id) { id } }', {
      id: mergeContacts.id,
    });
    expect((await shownBy(other!.contactId!)).signals).toEqual([
      { name: 'crm software', source: 'bombora', value: 9 },
    ]);
    expect((await shownBy(one!.contactId!)).signals).toHaveLength(1);
  });
});

describe('a rule', () => {
  beforeEach(async () => {
    await takeContact('ada@acme.example', 'acme.example');
    await takeContact('bob@acme.example', 'acme.example');
    await takeContact('eve@other.example', 'other.example');
  });

  it('finds everybody at a company that shows a signal, as soon as it does', async () => {
    const rule = 'signal "CRM software" >= 70';
    expect(await count(rule)).toBe(0);
    await record({ ...acme, value: 82 });
    expect(await count(rule)).toBe(2);
    await record({ ...acme, value: 20 });
    expect(await count(rule)).toBe(0);
  });

  it('asks for the source and the age', async () => {
    await record(
      { ...ada, value: 'hot', observedAt: longAgo },
      { ...acme, source: 'G2', observedAt: recently },
    );
    expect(await count('signal "crm software" from "bombora"')).toBe(1);
    expect(await count('signal "crm software" in last 30 days')).toBe(2);
    expect(await count('signal "crm software" from "BOMBORA" is "Hot" in last 30 days')).toBe(0);
    expect(await count('not signal "crm software"')).toBe(1);
  });

  it('says on which signals it goes', async () => {
    const contactId = await takeContact('ada@acme.example');
    await record({ ...ada, value: 12, observedAt: longAgo }, { ...acme, source: 'G2', value: 90 });
    const { createSegment } = await workspace.query<{ createSegment: { id: string } }>(
      'mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id } }',
      { input: { name: 'In the market', rule: { text: 'signal "crm software" >= 70' } } },
    );
    const { explainMembership } = await workspace.query<{
      explainMembership: { isMember: boolean; nodes: { evidence: object[] }[] };
    }>(
      `query ($segmentId: ID!, $contactId: ID!) {
         explainMembership(segmentId: $segmentId, contactId: $contactId) { isMember nodes { evidence {
           ... on SignalEvidence { signals { ofCompany source value } } } } } }`,
      { segmentId: createSegment.id, contactId },
    );
    expect(explainMembership).toEqual({
      isMember: true,
      nodes: [
        {
          evidence: [
            {
              signals: [
                { ofCompany: true, source: 'G2', value: 90 },
                { ofCompany: false, source: 'bombora', value: 12 },
              ],
            },
          ],
        },
      ],
    });
  });
});
