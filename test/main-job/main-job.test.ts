import { setTimeout as sleep } from 'node:timers/promises';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { hubspotExport, ordinaryPeople, unmappedColumns, type Person } from './hubspot-export.js';

/** The whole job as an agency does it: a CRM export and live events in, a segment, four files out. */

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  workspace = await createWorkspace(app, { timeZone: 'America/New_York', defaultCountry: 'US' });
});
afterAll(() => app.close());

const crowd = ordinaryPeople(3000);

/** People of whom the platforms' documentation gives the hashes. */
const known: Person[] = [
  {
    'Record ID': '1001',
    Email: 'John_Smith@gmail.com',
    'First Name': 'Mary',
    'Phone Number': '1 (650) 555-1212',
    'Country/Region': 'US',
    'Ads consent': 'Yes',
  },
  {
    'Record ID': '1002',
    Email: ' Dana@Example.com ',
    'First Name': 'Valéry',
    'Phone Number': '(800) 555-0100',
    'Country/Region': 'US',
    'Ads consent': 'yes',
  },
  {
    'Record ID': '1003',
    Email: 'Cloudy.SanFrancisco+Shopping@gmail.com',
    'First Name': '정',
    'Country/Region': 'US',
    'Ads consent': 'granted',
  },
  {
    'Record ID': '1004',
    Email: 'janedoe@gmail.com',
    'Phone Number': '+374 93 828222',
    'Ads consent': 'TRUE',
  },
];

/** People who did the same, but must not be advertised to. */
const silent: Person[] = [
  {
    'Record ID': '2001',
    Email: 'withdrawn@example.com',
    'Phone Number': '+1 650 555 1299',
    'Ads consent': 'No',
  },
  { 'Record ID': '2002', Email: 'never.asked@example.com', 'Ads consent': '' },
];

/** Rows that no import should take. */
const broken: Person[] = [
  { 'Record ID': '9001', Email: 'nobody at example.com' },
  { 'Record ID': '9002', Email: 'date@example.com', 'Create Date': '03/05/2026 2:22 PM' },
  { 'Record ID': '9003', Email: 'phone@example.com', 'Phone Number': 'ask reception' },
  { 'Record ID': '9004', Email: 'consent@example.com', 'Ads consent': 'only on Tuesdays' },
  { Email: '', 'First Name': 'Nobody' },
];
const ragged = ['9100,Too,Short', `9101${','.repeat(40)}`];

const day = 24 * 60 * 60 * 1000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * day);

interface Import {
  id: string;
  state: string;
  ignoredColumns: string[];
  progress: Record<string, number>;
  rejectedRows: { edges: { node: { path: string; cells: string[] } }[] };
}

async function importFile(csv: string): Promise<Import> {
  const response = await fetch(`${app.url}/v1/imports?fileName=hubspot-crm-exports-all-contacts.csv`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: csv,
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  for (;;) {
    const { workspace: found } = await workspace.query<{ workspace: { import: Import } }>(
      `query ($id: ID!) { workspace { import(id: $id) {
         id state ignoredColumns progress { rowsTotal rowsRead created updated unchanged rejected }
         rejectedRows(first: 100) { edges { node { path cells } } }
       } } }`,
      { id },
    );
    if (!['queued', 'running'].includes(found.import.state)) return found.import;
    await sleep(50);
  }
}

async function countBySql(text: string): Promise<number> {
  const { rows } = await app.database.owner.query(text, [workspace.id]);
  return Number(rows[0].count);
}

describe('from a CRM export and live events to audiences', () => {
  it('takes the export of HubSpot', async () => {
    const people = [...known, ...silent, ...crowd, ...broken];
    const done = await importFile(hubspotExport(people, ragged));
    const taken = known.length + silent.length + crowd.length;
    const rejected = broken.length + ragged.length;
    expect(done).toMatchObject({
      state: 'succeeded',
      ignoredColumns: unmappedColumns,
      progress: { rowsTotal: taken + rejected, rowsRead: taken + rejected, created: taken, rejected },
    });
    expect(done.rejectedRows.edges.map(({ node }) => node.path)).toEqual([
      'Email',
      'Create Date',
      'Phone Number',
      'Ads consent',
      '',
      '',
      '',
    ]);
    expect(await countBySql('select count(*) from contacts where workspace_id = $1')).toBe(taken);
    expect(
      await countBySql(`select count(*) from contact_attributes where workspace_id = $1 and text = '정'`),
    ).toBe(1 + crowd.filter((person) => person['First Name'] === '정').length);
  });

  it('takes the same export again without making anybody twice', async () => {
    const before = await countBySql('select count(*) from contacts where workspace_id = $1');
    const again = await importFile(hubspotExport([...known, ...silent, ...crowd.slice(0, 500)]));
    expect(again.progress).toMatchObject({ created: 0, updated: 0, unchanged: 506 });
    expect(await countBySql('select count(*) from contacts where workspace_id = $1')).toBe(before);
  });

  it('takes events from the official Segment SDK', async () => {
    const sdk = new Analytics({ writeKey: workspace.key, host: app.url, flushAt: 100 });
    const errors: unknown[] = [];
    sdk.on('error', (error) => errors.push(error));
    const pricing = { url: 'https://www.example.com/pricing/?utm_source=newsletter' };
    // Known by the record, in time.
    for (const id of ['1001', '1003', '2001', '2002'])
      sdk.page({ userId: id, properties: pricing, timestamp: daysAgo(3) });
    // First without a name, who then says who she is.
    sdk.page({ anonymousId: 'browser-dana', properties: pricing, timestamp: daysAgo(29) });
    sdk.identify({ userId: '1002', anonymousId: 'browser-dana', traits: { plan: 'trial' } });
    // Known to the website by her address alone.
    sdk.page({ anonymousId: 'browser-jane', properties: pricing, timestamp: daysAgo(1) });
    sdk.identify({ userId: '1004', anonymousId: 'browser-jane', traits: { email: 'janedoe@gmail.com' } });
    for (const [index, { 'Record ID': userId = '' }] of crowd.entries()) {
      if (index % 3 === 0) sdk.page({ userId, properties: pricing, timestamp: daysAgo((index % 60) + 0.5) });
      if (index % 4 === 0) sdk.page({ userId, properties: { path: '/blog' }, timestamp: daysAgo(2) });
      if (index % 9 === 0)
        sdk.track({
          userId,
          event: 'Demo Requested',
          properties: { form: 'demo' },
          timestamp: daysAgo(index % 90),
        });
    }
    // Somebody that the CRM does not know.
    sdk.page({ anonymousId: 'stranger', properties: pricing, timestamp: daysAgo(5) });
    await sdk.closeAndFlush();
    expect(errors).toEqual([]);
    const sent = 7 + Math.ceil(crowd.length / 3) + Math.ceil(crowd.length / 4) + Math.ceil(crowd.length / 9);
    expect(await countBySql('select count(*) from events where workspace_id = $1')).toBe(sent);
    expect(await countBySql(`select count(*) from quarantined_events where workspace_id = $1`)).toBe(0);
  });

  let segmentId: string;

  it('counts who visited /pricing in the last 30 days and has not requested a demo, as SQL does', async () => {
    const tree = {
      all: [
        { event: { name: 'page_viewed', target: '/pricing', window: { last: '30d' } } },
        { not: { event: { name: 'Demo Requested' } } },
      ],
    };
    const { createSegment } = await workspace.query<{
      createSegment: { id: string; size: { value: number }; sentence: string };
    }>(
      `mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id sentence size { value asOf version source tookMs } } }`,
      { input: { name: 'Interested, no demo yet', rule: { tree } } },
    );
    segmentId = createSegment.id;
    const bySql = await countBySql(`
      select count(*) from contacts as c
      where workspace_id = $1
        and exists (select from events as e where e.workspace_id = c.workspace_id and e.ordinal = c.ordinal
                    and e.name = 'page_viewed' and e.target = '/pricing'
                    and e.occurred_at >= date_trunc('minute', now()) - interval '30 days')
        and not exists (select from events as e where e.workspace_id = c.workspace_id and e.ordinal = c.ordinal
                        and e.name = 'Demo Requested')`);
    expect(bySql).toBeGreaterThan(300);
    expect(createSegment.size.value).toBe(bySql);
  });

  it('explains why somebody who came without a name is a member', async () => {
    const { workspace: found } = await workspace.query<{ workspace: { contact: { id: string } } }>(
      `{ workspace { contact(by: {email: "Dana@Example.com"}) { id } } }`,
    );
    const { explainMembership } = await workspace.query<{ explainMembership: { isMember: boolean } }>(
      `query ($segmentId: ID!, $contactId: ID!) {
         explainMembership(segmentId: $segmentId, contactId: $contactId) { isMember }
       }`,
      { segmentId, contactId: found.contact.id },
    );
    expect(explainMembership.isMember).toBe(true);
  });
});
