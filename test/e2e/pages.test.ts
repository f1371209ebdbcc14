import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { createAgency, type Agency } from '../support/agency.js';
import { startTestApp, type TestApp } from '../support/app.js';
import {
  enter,
  expectAccessible,
  expectNoSideways,
  expectQuiet,
  inBrowser,
  openBrowser,
  openVisitor,
  type Visitor,
  type VisitorOptions,
} from './browser.js';
import { expectGoodPage, type Place } from './check-page.js';

/** Every page, with lifelike data and with none: open to everybody, on every screen, quiet. */

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

let app: TestApp;
let browser: Browser;
let agency: Agency;

beforeAll(async () => {
  app = await startTestApp();
  [browser, agency] = await Promise.all([openBrowser(), createAgency(app.url)]);
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

type PlaceOf = (agency: Agency) => Place;

const large = ({ workspaces }: Agency): string => `/w/${workspaces['Northwind Analytics']}`;
const empty = ({ workspaces }: Agency): string => `/w/${workspaces['Acme Robotics']}`;
const segment = (agency: Agency, name: string): string =>
  `${large(agency)}/segments/${agency.segments[name]}`;

const places: Record<string, PlaceOf> = {
  'all workspaces': () => ({ path: '/workspaces', shows: 'Harbor & Pine' }),
  account: () => ({ path: '/account', shows: 'mara@brightside.example' }),
  overview: (agency) => ({ path: large(agency), shows: 'Webinar guests' }),
  'empty overview': (agency) => ({ path: empty(agency), shows: 'First steps' }),
  contacts: (agency) => ({ path: `${large(agency)}/contacts`, shows: '@northwind-analytics.example' }),
  'no contacts': (agency) => ({ path: `${empty(agency)}/contacts`, shows: 'No contacts yet' }),
  'nobody found': (agency) => ({ path: `${large(agency)}/contacts?q=zzzz`, shows: 'Nobody found' }),
  segments: (agency) => ({ path: `${large(agency)}/segments`, shows: 'Spring campaign' }),
  'archived segments': (agency) => ({
    path: `${large(agency)}/segments?show=archived`,
    shows: 'Autumn campaign',
  }),
  'no segments': (agency) => ({ path: `${empty(agency)}/segments`, shows: 'No segments yet' }),
  'new segment': (agency) => ({ path: `${large(agency)}/segments/new`, shows: 'Add the first condition' }),
  'edit segment': (agency) => ({
    path: `${segment(agency, 'Large companies')}/edit`,
    shows: 'For example',
  }),
  segment: (agency) => ({ path: segment(agency, 'Pricing page, no demo'), shows: 'Spring campaign' }),
  'segment of nobody': (agency) => ({
    path: segment(agency, 'Nobody yet'),
    shows: 'No contact meets this rule',
  }),
  list: (agency) => ({ path: segment(agency, 'Webinar guests'), shows: 'Take off' }),
  'archived segment': (agency) => ({ path: segment(agency, 'Autumn campaign'), shows: 'Bring back' }),
  versions: (agency) => ({ path: `${segment(agency, 'Buyers')}/versions`, shows: 'In force' }),
  'no audiences': (agency) => ({ path: `${large(agency)}/audiences`, shows: 'No audiences yet' }),
  'new audience': (agency) => ({
    path: `${large(agency)}/audiences/new?segment=${agency.segments['Large companies']}`,
    shows: 'May be handed on',
  }),
  'no imports': (agency) => ({ path: `${large(agency)}/imports`, shows: 'Nothing imported yet' }),
  'new import': (agency) => ({ path: `${large(agency)}/imports/new`, shows: 'Drop a CSV file here' }),
  companies: (agency) => ({ path: `${large(agency)}/companies`, shows: 'Kestrel Health' }),
  'no companies': (agency) => ({ path: `${empty(agency)}/companies`, shows: 'No companies yet' }),
  'contacts by a rule': (agency) => ({
    path: `${large(agency)}/contacts?${new URLSearchParams({ rule: 'event "order_completed"' })}`,
    shows: 'Make a segment of it',
  }),
  usage: (agency) => ({ path: `${large(agency)}/usage`, shows: 'Nothing is limited' }),
  attributes: (agency) => ({ path: `${large(agency)}/data`, shows: 'lifecycle_stage' }),
  'archived attributes': (agency) => ({
    path: `${large(agency)}/data?show=archived`,
    shows: 'Nothing is archived',
  }),
  suppressions: (agency) => ({ path: `${large(agency)}/data/consent`, shows: 'Nobody is suppressed' }),
  'e-mail sources': (agency) => ({
    path: `${large(agency)}/data/email-sources`,
    shows: 'No e-mail sources yet',
  }),
  forms: (agency) => ({ path: `${large(agency)}/data/forms`, shows: 'No forms yet' }),
  'events held back': (agency) => ({
    path: `${large(agency)}/data/quarantine`,
    shows: 'Nothing is held back',
  }),
  'identity conflicts': (agency) => ({ path: `${large(agency)}/data/conflicts`, shows: 'No conflicts' }),
  privacy: (agency) => ({ path: `${large(agency)}/settings/privacy`, shows: 'Nobody has asked' }),
  'audit log': (agency) => ({ path: `${large(agency)}/settings/audit`, shows: 'upsertContacts' }),
  explorer: (agency) => ({ path: `${large(agency)}/explorer`, shows: 'The answer comes here' }),
  settings: (agency) => ({ path: `${large(agency)}/settings`, shows: 'Workspace id' }),
  'API keys': (agency) => ({ path: `${large(agency)}/settings/keys`, shows: 'No API keys yet' }),
  members: (agency) => ({ path: `${large(agency)}/settings/members`, shows: '(you)' }),
  'an unknown segment': (agency) => ({
    path: `${large(agency)}/segments/${agency.organizationId}`,
    shows: 'cannot be shown',
  }),
  'an unknown workspace': (agency) => ({
    path: `/w/${agency.organizationId}`,
    shows: 'There is no such workspace',
  }),
  nowhere: () => ({ path: '/no/such/page', shows: 'There is nothing here' }),
};

async function visit(options: VisitorOptions, check: (visitor: Visitor) => Promise<void>): Promise<void> {
  const visitor = await openVisitor(browser, app.url, options);
  await enter(visitor, agency.owner.cookie);
  try {
    await check(visitor);
  } finally {
    await visitor.close();
  }
  expectQuiet(visitor);
}

describe.each(Object.entries(places))('%s', inBrowser, (name, placeOf) => {
  it('is accessible, named, quiet and fits a telephone', async () => {
    await visit({}, (visitor) => expectGoodPage(visitor, name, placeOf(agency)));
  });
});

describe('pages for people who are not signed in', inBrowser, () => {
  it.each(['/sign-in', '/sign-up', '/invitations/some-token'])(
    '%s is accessible and fits a telephone',
    async (path) => {
      const visitor = await openVisitor(browser, app.url, { width: 390 });
      await visitor.page.goto(path);
      await visitor.page.getByLabel('Password', { exact: true }).waitFor();
      await expectAccessible(visitor.page);
      await expectNoSideways(visitor.page);
      await visitor.close();
      expectQuiet(visitor);
    },
  );
});

describe('a contact', inBrowser, () => {
  it('is shown with identities, consent, segments and timeline, accessibly', () =>
    visit({}, async ({ page }) => {
      await page.goto(segment(agency, 'Buyers'));
      await page.getByRole('region', { name: 'Members' }).getByRole('row').nth(1).getByRole('link').click();
      await page.getByRole('heading', { name: 'Timeline' }).waitFor();
      await page
        .getByRole('button', { name: /Order completed/ })
        .first()
        .click();
      await page.getByText('currency').waitFor();
      await page.getByRole('button', { name: /in Buyers\?$/ }).click();
      await page.getByText('Is a member').waitFor();
      await expectAccessible(page);
    }));
});
