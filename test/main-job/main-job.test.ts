import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '@coterie/ad-formats';
import { Analytics } from '@segment/analytics-node';
import { parse } from 'csv-parse/sync';
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
    'Associated Company': 'Silent Ltd',
    'Ads consent': 'No',
  },
  {
    'Record ID': '2002',
    Email: 'never.asked@example.com',
    'Associated Company': 'Silent Ltd',
    'Ads consent': '',
  },
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

/** A file as a platform reads it; of columns with the same header, the first. */
interface AdFile {
  text: string;
  rows: Record<string, string>[];
}

async function download(url: string): Promise<AdFile> {
  const response = await fetch(app.url + url, { headers: { authorization: `Bearer ${workspace.key}` } });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const [headers = [], ...lines] = parse(text) as string[][];
  const rows = lines.map((cells) =>
    Object.fromEntries(headers.map((header, index) => [header, cells[index] ?? '']).toReversed()),
  );
  return { text, rows };
}

/** Creates a custom audience, asks for its report, downloads its file. */
async function activate(input: object): Promise<{ report: Record<string, number>; file: AdFile }> {
  const { createCustomAudience } = await workspace.query<{
    createCustomAudience: { id: string; fileUrl: string };
  }>(`mutation ($input: CreateCustomAudienceInput!) { createCustomAudience(input: $input) { id fileUrl } }`, {
    input,
  });
  const { audienceReadiness } = await workspace.query<{ audienceReadiness: Record<string, number> }>(
    `query ($id: ID!) { audienceReadiness(input: {id: $id}) {
       members withoutConsent suppressed eligible companies withoutIdentifier duplicates rows
     } }`,
    { id: createCustomAudience.id },
  );
  return { report: audienceReadiness, file: await download(createCustomAudience.fileUrl) };
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
    // What the shop knows that somebody is worth.
    sdk.identify({ userId: '1001', traits: { lifetime_value: 1200.5 } });
    sdk.identify({ userId: '1002', traits: { lifetime_value: 80 } });
    sdk.identify({ userId: '2001', traits: { lifetime_value: 9999 } });
    // Somebody that the CRM does not know.
    sdk.page({ anonymousId: 'stranger', properties: pricing, timestamp: daysAgo(5) });
    await sdk.closeAndFlush();
    expect(errors).toEqual([]);
    const sent = 7 + Math.ceil(crowd.length / 3) + Math.ceil(crowd.length / 4) + Math.ceil(crowd.length / 9);
    expect(await countBySql('select count(*) from events where workspace_id = $1')).toBe(sent);
    expect(await countBySql(`select count(*) from quarantined_events where workspace_id = $1`)).toBe(0);
  });

  /** Who visited /pricing in the last 30 days and has not requested a demo, written by hand. */
  const isInterested = `
    c.workspace_id = $1
    and exists (select from events as e where e.workspace_id = c.workspace_id and e.ordinal = c.ordinal
                and e.name = 'page_viewed' and e.target = '/pricing'
                and e.occurred_at >= date_trunc('minute', now()) - interval '30 days')
    and not exists (select from events as e where e.workspace_id = c.workspace_id and e.ordinal = c.ordinal
                    and e.name = 'Demo Requested')`;
  const mayBeAdvertisedTo = `
    exists (select from consents as k where k.workspace_id = c.workspace_id and k.ordinal = c.ordinal
            and k.channel = 'ads' and k.state = 'granted')`;
  const isKnownBy = (...kinds: string[]): string => `
    exists (select from contact_identities as i where i.workspace_id = c.workspace_id and i.ordinal = c.ordinal
            and i.kind in ('${kinds.join("', '")}'))`;

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
    const bySql = await countBySql(`select count(*) from contacts as c where ${isInterested}`);
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

  const files: Record<string, AdFile> = {};

  it.each([
    ['META', 'CONTACTS', ['EMAIL', 'PHONE', 'NAME', 'LOCATION'], ['email', 'phone']],
    ['GOOGLE', 'CONTACTS', null, ['email', 'phone']],
    ['LINKEDIN', 'CONTACTS', ['EMAIL', 'NAME', 'JOB', 'LOCATION'], ['email']],
    ['TIKTOK', 'CONTACTS', null, ['email', 'phone']],
  ] as const)(
    'makes it a custom audience on %s, and tells beforehand what its file holds',
    async (...given) => {
      const [platform, kind, identifiers, kinds] = given;
      const { report, file } = await activate({ name: platform, platform, kind, segmentId, identifiers });
      const interested = `select count(*) from contacts as c where ${isInterested}`;
      const members = await countBySql(interested);
      const eligible = await countBySql(`${interested} and ${mayBeAdvertisedTo}`);
      const usable = await countBySql(`${interested} and ${mayBeAdvertisedTo} and ${isKnownBy(...kinds)}`);
      expect(report).toMatchObject({
        members,
        withoutConsent: members - eligible,
        suppressed: 0,
        eligible,
        withoutIdentifier: eligible - usable,
        duplicates: 0,
        rows: usable,
      });
      expect(eligible).toBeLessThan(members);
      expect(file.rows).toHaveLength(usable);
      files[platform] = file;
    },
  );

  it('makes it an audience of companies on LinkedIn', async () => {
    const wanted = { name: 'Accounts', platform: 'LINKEDIN', kind: 'COMPANIES', segmentId };
    const { report, file } = await activate(wanted);
    const companies = await countBySql(
      `select count(distinct company_id) from contacts as c where ${isInterested} and ${mayBeAdvertisedTo}`,
    );
    expect(companies).toBeGreaterThan(2);
    expect(report).toMatchObject({ companies, rows: companies });
    const names = file.rows.map((row) => row['companyname']);
    expect(names).toHaveLength(companies);
    expect(names).toEqual(expect.arrayContaining(['Acme, Inc.', 'Globex "West"', 'Müller & Söhne GmbH']));
    // Its people were there, but none of them may be advertised to.
    expect(names).not.toContain('Silent Ltd');
    files['COMPANIES'] = file;
  });

  it("writes files that carry the hashes of the platforms' own documentation", () => {
    expect(rowWith('META', '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f')).toMatchObject(
      {
        phone: 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176',
        fn: '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec',
        country: '79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621',
      },
    );
    expect(files['META']?.text).toContain('08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c');
    expect(files['META']?.text).toContain('8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14');

    const dana = '07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3';
    expect(rowWith('GOOGLE', dana)).toMatchObject({
      Phone: 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30',
    });
    expect(
      rowWith('GOOGLE', '223ebda6f6889b1494551ba902d9d381daf2f642bae055888e96343d53e9f9c4'),
    ).toBeDefined();

    expect(rowWith('LINKEDIN', dana)).toMatchObject({ firstname: 'Valéry', country: 'US' });

    expect(
      rowWith('TIKTOK', 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69'),
    ).toMatchObject({
      Phone_SHA256: '65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4',
    });
  });

  it('hands nobody on who withdrew consent or was never asked', () => {
    const traces = [
      'withdrawn@example.com',
      'never.asked@example.com',
      '16505551299',
      '+16505551299',
      ...crowd
        .filter((person) => person['Ads consent'] === 'No')
        .map(({ Email = '' }) => Email.trim().toLowerCase()),
    ].filter(Boolean);
    expect(Object.keys(files)).toEqual(['META', 'GOOGLE', 'LINKEDIN', 'TIKTOK', 'COMPANIES']);
    for (const [name, { text }] of Object.entries(files)) {
      const found = traces.filter((trace) => text.includes(trace) || text.includes(sha256(trace)));
      expect(found, name).toEqual([]);
    }
  });

  it("grows a value-based seed from it, in Meta's form", async () => {
    const { createSeedList } = await workspace.query<{
      createSeedList: {
        seedList: { fileUrl: string };
        members: number;
        withValue: number;
        withoutValue: number;
      };
    }>(
      `mutation ($input: CreateSeedListInput!) { createSeedList(input: $input) {
         seedList { fileUrl } members withValue withoutValue
       } }`,
      { input: { name: 'Best of the interested', segmentId, valueAttribute: 'lifetime_value' } },
    );
    const members = await countBySql(`select count(*) from contacts as c where ${isInterested}`);
    expect(createSeedList).toMatchObject({ members, withValue: 3, withoutValue: members - 3 });
    const { rows, text } = await download(createSeedList.seedList.fileUrl);
    const worth = rows.filter((row) => row['value'] !== '').map((row) => [row['email'], row['value']]);
    expect(worth).toEqual([
      ['62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f', '1200.5'],
      ['07e2f1394b0ea80e2adca010ea8318df697001a005ba7452720edda4b0ce57b3', '80'],
    ]);
    expect(text).not.toContain(sha256('withdrawn@example.com'));
  });

  function rowWith(name: string, hash: string): Record<string, string> | undefined {
    return files[name]?.rows.find((row) => Object.values(row).includes(hash));
  }
});
