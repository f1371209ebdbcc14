import { platforms, sha256 } from '@coterie/ad-formats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { openAudiences, type Audiences, type Readiness, type Somebody } from './open-audiences.js';

let app: TestApp;
let audiences: Audiences;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  audiences = await openAudiences(app, { timeZone: 'America/New_York', defaultCountry: 'US' });
});

const granted = (person: Somebody): Somebody => ({ ads: 'granted', ...person });

/** Creates the audience and gives its report and its file, having checked that they agree to the row and byte. */
async function both(input: Record<string, unknown>): Promise<{
  id: string;
  report: Readiness;
  headers: string[];
  rows: string[][];
}> {
  const id = await audiences.create(input);
  const report = await audiences.readiness({ id });
  expect(await audiences.readiness({ definition: input })).toMatchObject(withoutTimes(report));
  const { text, headers, rows } = await audiences.file(id);
  expect(rows).toHaveLength(report.rows);
  expect(Buffer.byteLength(text)).toBe(report.bytes);
  expect(report.withoutConsent + report.suppressed + report.eligible).toBe(report.members);
  expect(report.withoutIdentifier + report.refused + report.duplicates + report.rows).toBe(
    report.companies ?? report.eligible,
  );
  return { id, report, headers, rows };
}

function withoutTimes(report: Readiness): object {
  const { asOf: _asOf, version: _version, ...rest } = report as Readiness & Record<string, unknown>;
  return rest;
}

describe('the report on an audience of people', () => {
  it('says what becomes of each member, and the file is what it says', async () => {
    await audiences.people(
      granted({ email: 'one@example.com', phone: '+1 650 555 1212' }),
      granted({ phone: '(800) 555-0100' }),
      granted({ externalId: 'no-address' }),
      granted({ email: 'stopped@example.com' }),
      { email: 'never.asked@example.com' },
      { email: 'withdrew@example.com', ads: 'withdrawn' },
    );
    await audiences.suppress('email', 'Stopped@Example.com');
    const segmentId = await audiences.everybody();
    const { report, rows } = await both({ platform: 'META', segmentId });
    expect(report).toMatchObject({
      platform: 'META',
      members: 6,
      withoutConsent: 2,
      suppressed: 1,
      eligible: 3,
      withoutCompany: null,
      companies: null,
      withoutIdentifier: 1,
      duplicates: 0,
      rows: 2,
      rowsWithoutValue: null,
      identifiers: [
        { identifier: 'EMAIL', rows: 1 },
        { identifier: 'PHONE', rows: 2 },
        { identifier: 'MOBILE_AD_ID', rows: 0 },
      ],
      minimumSize: 100,
      reachesMinimum: false,
      maximumRows: null,
      fits: true,
    });
    expect(rows).toEqual([
      [sha256('one@example.com'), '', '', sha256('16505551212'), '', '', ''],
      ['', '', '', sha256('18005550100'), '', '', ''],
    ]);
  });

  it('is made of the segment, by rule or static, as it is now', async () => {
    const [first] = await audiences.people(
      granted({ email: 'a@example.com' }),
      granted({ email: 'b@example.com' }),
    );
    const segmentId = await audiences.list([first ?? '']);
    const { report, rows } = await both({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL'] });
    expect(report.members).toBe(1);
    expect(rows).toEqual([[sha256('a@example.com')]]);
  });

  it('lets out what was chosen and nothing else', async () => {
    await audiences.people(
      granted({
        externalId: 'crm-1',
        email: 'dana@example.com',
        phone: '+16505551212',
        attributes: {
          first_name: 'Dána',
          last_name: 'King',
          job_title: 'CTO',
          gender: 'female',
          birthday: '1990-05-17',
          city: 'New York',
          state: 'New York',
          postal_code: '10001-2345',
          country: 'United States',
          mobile_ad_ids: ['AEBE52E7-03EE-455A-B3C4-E57283966239'],
        },
        company: { name: 'Acme', domain: 'acme.com' },
      }),
    );
    const segmentId = await audiences.everybody();
    const cells = ({ rows, headers }: { rows: string[][]; headers: string[] }): Record<string, string> =>
      Object.fromEntries(headers.map((header, index) => [header, rows[0]?.[index] ?? '']));
    const linkedin = await both({ platform: 'LINKEDIN', segmentId, identifiers: ['EMAIL', 'JOB'] });
    expect(cells(linkedin)).toEqual({
      email: sha256('dana@example.com'),
      firstname: '',
      lastname: '',
      jobtitle: 'CTO',
      employeecompany: 'Acme',
      country: '',
      googleaid: '',
    });
    const all = ['EMAIL', 'NAME', 'LOCATION', 'BIRTHDAY', 'GENDER', 'MOBILE_AD_ID'];
    const meta = await both({ platform: 'META', segmentId, identifiers: all });
    expect(cells(meta)).toMatchObject({
      fn: sha256('dána'),
      ln: sha256('king'),
      ct: sha256('newyork'),
      st: sha256('ny'),
      zip: sha256('10001'),
      country: sha256('us'),
      doby: sha256('1990'),
      gen: sha256('f'),
      madid: 'aebe52e7-03ee-455a-b3c4-e57283966239',
    });
    const x = await both({ platform: 'X', segmentId, identifiers: ['EMAIL', 'EXTERNAL_ID'] });
    expect(x.rows).toEqual([[sha256('dana@example.com'), 'crm-1']]);
  });

  it("reads a birthday as the day that it is in the workspace's time zone", async () => {
    const east = await openAudiences(app, { timeZone: 'Pacific/Auckland' });
    const born = (birthday: string): Somebody =>
      granted({ email: `${birthday}@example.com`, attributes: { birthday } });
    await east.people(born('1991-01-01'));
    audiences = east;
    const segmentId = await east.everybody();
    const { rows, headers } = await both({ platform: 'META', segmentId, identifiers: ['EMAIL', 'BIRTHDAY'] });
    expect(rows[0]?.[headers.indexOf('doby')]).toBe(sha256('1991'));
  });

  it('finds nobody twice that the platform takes for one', async () => {
    await audiences.people(
      granted({ externalId: '1', email: 'jane.doe@gmail.com' }),
      granted({ externalId: '2', email: 'janedoe+news@gmail.com' }),
      granted({ externalId: '3', email: 'j.a.n.e.doe@gmail.com', phone: '+16505551212' }),
    );
    const segmentId = await audiences.everybody();
    const google = await both({ platform: 'GOOGLE', segmentId });
    expect(google.report).toMatchObject({ duplicates: 1, rows: 2 });
    expect(google.rows.map(([email]) => email)).toEqual([
      sha256('janedoe@gmail.com'),
      sha256('janedoe@gmail.com'),
    ]);
    // Others do not know that Gmail looks past dots: to them these are three addresses.
    expect((await both({ platform: 'META', segmentId })).report).toMatchObject({ duplicates: 0, rows: 3 });
  });

  it('counts against the minimum of the platform', async () => {
    await audiences.people(
      ...Array.from({ length: 300 }, (_, index) => granted({ email: `p${index}@example.com` })),
      { email: 'x@example.com' },
    );
    const segmentId = await audiences.everybody();
    for (const [platform, reaches] of [
      ['META', true],
      ['LINKEDIN', true],
      ['MICROSOFT', true],
      ['TIKTOK', false],
    ] as const) {
      const report = await audiences.readiness({ definition: { platform, segmentId } });
      const { minimumSize } = platforms[platform.toLowerCase() as keyof typeof platforms];
      expect(report).toMatchObject({ rows: 300, minimumSize, reachesMinimum: reaches });
    }
  });

  it('puts the primary address first, where a file has room for one', async () => {
    await audiences.people(granted({ externalId: 'dana', email: 'old@example.com' }));
    await audiences.people({ externalId: 'dana', email: 'new@example.com' });
    const segmentId = await audiences.everybody();
    expect((await both({ platform: 'MICROSOFT', segmentId })).rows).toEqual([[sha256('new@example.com')]]);
  });

  it('is empty for an empty segment, and so is the file but for its header', async () => {
    const { report, rows, headers } = await both({ platform: 'GOOGLE', segmentId: await audiences.list([]) });
    expect(report).toMatchObject({ members: 0, rows: 0, reachesMinimum: false });
    expect(rows).toEqual([]);
    expect(headers).toEqual(['Email', 'Phone', 'First Name', 'Last Name', 'Country', 'Zip']);
  });
});

describe('consent and suppressions', () => {
  const withdraw = (contactId: string): Promise<unknown> =>
    audiences.query(
      `mutation ($input: RecordConsentsInput!) { recordConsents(input: $input) { error { code } } }`,
      { input: { consents: [{ contactId, channel: 'ads', state: 'withdrawn' }] } },
    );

  it('are those of the moment in which the file is written, not of the report', async () => {
    const [, second] = await audiences.people(
      granted({ email: 'a@example.com' }),
      granted({ email: 'b@example.com' }),
      granted({ email: 'c@example.com' }),
    );
    const segmentId = await audiences.everybody();
    const { id, report } = await both({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL'] });
    expect(report.rows).toBe(3);
    await withdraw(second ?? '');
    await audiences.suppress('email', 'c@example.com');
    expect((await audiences.file(id)).rows).toEqual([[sha256('a@example.com')]]);
    expect(await audiences.readiness({ id })).toMatchObject({ withoutConsent: 1, suppressed: 1, rows: 1 });
  });

  it.each<[string, 'email' | 'phone' | 'external_id', string]>([
    ['any of its addresses', 'email', 'Second@example.com'],
    ['its number', 'phone', '(650) 555-1212'],
    ['its id', 'external_id', 'crm-7'],
  ])('keep a contact out through %s', async (_, kind, value) => {
    await audiences.people(
      granted({ externalId: 'crm-7', email: 'first@example.com', phone: '+16505551212' }),
      { externalId: 'crm-7', email: 'second@example.com' },
      granted({ email: 'other@example.com' }),
    );
    await audiences.suppress(kind, value);
    const segmentId = await audiences.everybody();
    const { report, rows } = await both({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL'] });
    expect(report).toMatchObject({ members: 2, suppressed: 1, rows: 1 });
    expect(rows).toEqual([[sha256('other@example.com')]]);
  });

  it('of other channels keep nobody out, and consent for them lets nobody in', async () => {
    await audiences.people(granted({ email: 'a@example.com' }));
    await audiences.query(
      `mutation ($contacts: [ContactInput!]!) { upsertContacts(input: {contacts: $contacts}) { error { code } } }`,
      { contacts: [{ email: 'b@example.com', consents: [{ channel: 'email', state: 'granted' }] }] },
    );
    await audiences.query(
      `mutation { addSuppressions(input: {channels: [email, phone, profiling], kind: email, values: ["a@example.com"]}) { changed } }`,
    );
    const { report } = await both({ platform: 'META', segmentId: await audiences.everybody() });
    expect(report).toMatchObject({ members: 2, withoutConsent: 1, suppressed: 0, rows: 1 });
  });
});

describe('an address that the platform takes for one by which somebody refused', () => {
  const dotted = sha256('jane.doe@gmail.com');
  const plain = sha256('janedoe@gmail.com');

  it('keeps whoever gave consent under it out of the file of that platform, and of no other', async () => {
    await audiences.people(
      granted({ externalId: '1', email: 'jane.doe@gmail.com' }),
      { externalId: '2', email: 'janedoe+news@gmail.com', ads: 'withdrawn' },
      granted({ externalId: '3', email: 'other@gmail.com' }),
    );
    const segmentId = await audiences.everybody();
    const google = await both({ platform: 'GOOGLE', segmentId });
    expect(google.report).toMatchObject({ withoutConsent: 1, eligible: 2, refused: 1, rows: 1 });
    expect(google.rows.map(([email]) => email)).toEqual([sha256('other@gmail.com')]);
    const meta = await both({ platform: 'META', segmentId, identifiers: ['EMAIL'] });
    expect(meta.report).toMatchObject({ refused: 0, rows: 2 });
    expect(meta.rows.flat()).toContain(dotted);
  });

  it('is one that is suppressed, or that a suppressed contact has, whether it is a member or not', async () => {
    const [member = ''] = await audiences.people(
      granted({ externalId: '1', email: 'jane.doe@gmail.com' }),
      granted({ externalId: 'stopped', email: 'john.smith@gmail.com' }),
      granted({ externalId: '3', email: 'johnsmith@gmail.com' }),
    );
    await audiences.suppress('external_id', 'stopped');
    const everybody = await audiences.everybody();
    expect((await both({ platform: 'GOOGLE', segmentId: everybody })).report).toMatchObject({
      suppressed: 1,
      eligible: 2,
      refused: 1,
      rows: 1,
    });
    // Of somebody who was never a contact.
    await audiences.suppress('email', 'JaneDoe+x@gmail.com');
    const segmentId = await audiences.list([member]);
    const { report, rows } = await both({ platform: 'GOOGLE', segmentId });
    expect(report).toMatchObject({ members: 1, suppressed: 0, refused: 1, rows: 0 });
    expect(rows.flat()).not.toContain(plain);
  });

  it('is not one that nobody was asked about, and none of another channel', async () => {
    await audiences.people(granted({ externalId: '1', email: 'jane.doe@gmail.com' }), {
      externalId: '2',
      email: 'janedoe@gmail.com',
    });
    await audiences.query(
      `mutation { addSuppressions(input: {channels: [email], kind: email, values: ["jane.d.oe@gmail.com"]}) { changed } }`,
    );
    const { report } = await both({ platform: 'GOOGLE', segmentId: await audiences.everybody() });
    expect(report).toMatchObject({ withoutConsent: 1, refused: 0, rows: 1 });
  });
});

describe('the advertising id of a telephone that somebody uses who refused', () => {
  it('keeps everybody with it out of the file, unless it is not chosen', async () => {
    const telephone = '38400000-8cf0-11bd-b23e-10b96e40000d';
    const attributes = { mobile_ad_ids: [telephone.toUpperCase()] };
    await audiences.people(
      granted({ externalId: '1', email: 'a@example.com', attributes }),
      {
        externalId: '2',
        email: 'b@example.com',
        attributes: { mobile_ad_ids: [telephone] },
        ads: 'withdrawn',
      },
      granted({ externalId: '3', email: 'c@example.com' }),
    );
    const segmentId = await audiences.everybody();
    const { report, rows } = await both({ platform: 'TIKTOK', segmentId });
    expect(report).toMatchObject({ withoutConsent: 1, eligible: 2, refused: 1, rows: 1 });
    expect(rows.flat()).not.toContain(sha256(telephone));
    const byEmail = await both({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL'] });
    expect(byEmail.report).toMatchObject({ refused: 0, rows: 2 });
  });
});

describe('the report on an audience of companies', () => {
  const acme = {
    name: 'Acme',
    domain: 'acme.com',
    attributes: [
      { key: 'industry', value: 'Tools' },
      { key: 'linkedin_url', value: 'linkedin.com/company/Acme' },
      { key: 'country', value: 'Germany' },
      { key: 'email_domain', value: 'acme.email' },
      { key: 'stock_symbol', value: 'acm' },
    ],
  };

  it('lists each company once, of which somebody may be handed to ad platforms', async () => {
    await audiences.people(
      granted({ externalId: '1', company: acme }),
      granted({ externalId: '2', company: { domain: 'acme.com' } }),
      { externalId: '3', company: { domain: 'acme.com' } },
      { externalId: '4', company: { name: 'Silent', domain: 'silent.com' }, ads: 'withdrawn' },
      granted({ externalId: '5', company: { name: 'Stopped', domain: 'stopped.com' } }),
      granted({ externalId: '6' }),
    );
    await audiences.suppress('external_id', '5');
    const segmentId = await audiences.everybody();
    const { report, rows } = await both({ platform: 'LINKEDIN', kind: 'COMPANIES', segmentId });
    expect(report).toMatchObject({
      members: 6,
      withoutConsent: 2,
      suppressed: 1,
      eligible: 3,
      withoutCompany: 1,
      companies: 1,
      withoutIdentifier: 0,
      duplicates: 0,
      rows: 1,
      minimumSize: 300,
      maximumRows: 300_000,
      maximumBytes: 20_000_000,
      fits: true,
    });
    expect(rows).toEqual([
      [
        'Acme',
        'acme.com',
        'acme.email',
        'https://www.linkedin.com/company/acme',
        'ACM',
        'Tools',
        '',
        '',
        'DE',
        '',
      ],
    ]);
  });

  it('is of the companies of its members only, and says what was chosen', async () => {
    const [one] = await audiences.people(
      granted({ externalId: '1', company: acme }),
      granted({ externalId: '2', company: { name: 'Other' } }),
    );
    const segmentId = await audiences.list([one ?? '']);
    const { rows } = await both({
      platform: 'LINKEDIN',
      kind: 'COMPANIES',
      segmentId,
      identifiers: ['DOMAIN'],
    });
    expect(rows).toEqual([['', 'acme.com', '', '', '', 'Tools', '', '', 'DE', '']]);
  });

  it('counts companies once across the batches in which their people are read', async () => {
    const people = Array.from({ length: 1_200 }, (_, index) =>
      granted({ externalId: `p-${index}`, company: { domain: `company-${index % 3}.com` } }),
    );
    for (let at = 0; at < people.length; at += 400) await audiences.people(...people.slice(at, at + 400));
    const { report } = await both({
      platform: 'LINKEDIN',
      kind: 'COMPANIES',
      segmentId: await audiences.everybody(),
    });
    expect(report).toMatchObject({ eligible: 1_200, companies: 3, rows: 3 });
  });
});

describe('free text that a spreadsheet would run', () => {
  it('leaves as harmless text', async () => {
    await audiences.people(
      granted({
        externalId: '=1+1',
        email: 'a@example.com',
        attributes: { job_title: '=HYPERLINK("http://evil")', first_name: '+Dana', last_name: '@King' },
        company: { name: '-Acme, "Inc."' },
      }),
    );
    const segmentId = await audiences.everybody();
    const { rows } = await both({
      platform: 'LINKEDIN',
      segmentId,
      identifiers: ['EMAIL', 'NAME', 'JOB'],
    });
    expect(rows[0]?.slice(1, 5)).toEqual(['Dana', 'King', 'HYPERLINK("http://evil")', 'Acme, "Inc."']);
    const companies = await both({ platform: 'LINKEDIN', kind: 'COMPANIES', segmentId });
    expect(companies.rows[0]?.[0]).toBe('Acme, "Inc."');
    const x = await both({ platform: 'X', segmentId, identifiers: ['EMAIL', 'EXTERNAL_ID'] });
    expect(x.rows[0]?.[1]).toBe('');
  });
});
