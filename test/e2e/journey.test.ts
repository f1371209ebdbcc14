import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pricingRule } from '../support/agency.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { goodPassword, newEmail, newOwner } from '../support/person.js';
import { enter, expectQuiet, inBrowser, openBrowser, openVisitor, type Visitor } from './browser.js';

/** From nothing to a counted segment, and in and out again, as people do it. */

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

let app: TestApp;
let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  app = await startTestApp();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});
beforeEach(async () => {
  visitor = await openVisitor(browser, app.url);
});
afterEach(async () => {
  await visitor.close();
  // Whatever a test is about.
  expectQuiet(visitor);
});

async function signIn(email: string, password = goodPassword): Promise<void> {
  const { page } = visitor;
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

describe('from signing up to a count', inBrowser, () => {
  it('signs up, imports people, writes the segment of the pricing page and sees who is in it', async () => {
    const { page } = visitor;
    await page.goto('/');
    await page.getByRole('link', { name: 'Create your organization' }).click();
    await page.getByLabel('Your name').fill('Mara Lindholm');
    await page.getByLabel('E-mail').fill(newEmail());
    await page.getByLabel('Password', { exact: true }).fill(goodPassword);
    await page.getByLabel('Organization').fill('Brightside');
    await page.getByLabel('First workspace').fill('Northwind');
    await page.getByRole('button', { name: 'Create organization' }).click();
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    const workspace = new URL(page.url()).pathname;

    await page.getByRole('link', { name: 'Import a file' }).click();
    const csv =
      'Email,First Name,Last Name\nann@example.com,Ann,Ander\nbob@example.com,Bob,Bauer\nnobody,No,Body\n';
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'crm.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('button', { name: 'Import at once' }).click();
    await page.getByText('Done').waitFor();
    await page.getByRole('region', { name: 'Rejected rows' }).getByText('Column “Email”').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('rejected.csv');

    const events = [
      { email: 'ann@example.com', name: 'page_viewed', target: '/pricing' },
      { email: 'bob@example.com', name: 'page_viewed', target: '/pricing' },
      { email: 'bob@example.com', name: 'demo_requested' },
    ];
    const sent = await page.request.post('/graphql', {
      data: {
        query:
          'mutation ($workspaceId: ID!, $input: RecordEventsInput!) { recordEvents(workspaceId: $workspaceId, input: $input) { status } }',
        variables: { workspaceId: workspace.split('/')[2], input: { events } },
      },
    });
    expect(await sent.json()).toEqual({ data: { recordEvents: events.map(() => ({ status: 'stored' })) } });

    await page.getByRole('link', { name: 'Segments', exact: true }).click();
    await page.getByRole('link', { name: 'New segment' }).first().click();
    await page.getByLabel('Name').fill('Pricing page, no demo');
    await page.getByRole('button', { name: 'Both', exact: true }).click();
    await page.getByLabel('Rule', { exact: true }).fill(pricingRule);
    await page.getByText('1 contact at the moment').waitFor();
    const visited = page.getByRole('group', {
      name: 'Has viewed /pricing at least once in the last 30 days',
    });
    await visited.getByText('Meet this by itself: 2').waitFor();
    await page.getByRole('button', { name: 'Create segment' }).click();

    await page.getByRole('heading', { name: 'Pricing page, no demo', level: 1 }).waitFor();
    await page
      .getByRole('region', { name: 'Definition' })
      .getByRole('button', { name: /^1\. Exact as of/ })
      .waitFor();
    await page.getByRole('link', { name: 'Ann Ander' }).waitFor();
    expect(await page.getByRole('link', { name: 'Bob Bauer' }).count()).toBe(0);
  });

  it('tells why somebody is in a segment', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await owner.query(
      `mutation ($workspaceId: ID!) {
         upsertContact(workspaceId: $workspaceId, input: { email: "eve@example.com", attributes: [{ key: "job_title", value: "Analyst" }] }) { outcome }
         createSegment(workspaceId: $workspaceId, input: { name: "Analysts", rule: { text: "job_title is \\"analyst\\" held for less than 14 days" } }) { id }
       }`,
      { workspaceId: owner.workspaceId },
    );
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/segments`);
    await page.getByRole('link', { name: 'Analysts' }).click();
    await page.getByRole('button', { name: 'Why is eve@example.com a member?' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Is a member').waitFor();
    expect(await dialog.getByText('job_title: Analyst').isVisible()).toBe(true);
    expect(await dialog.getByText(/Leaves on .+, if nothing else happens/).isVisible()).toBe(true);
  });
});

describe('signing in', inBrowser, () => {
  it('says that e-mail or password is wrong, and nothing more', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await page.goto('/sign-in');
    await signIn(owner.email, 'not the password');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect((await alert.innerText()).trim()).toBe('E-mail or password is wrong.');
    await signIn('nobody-at-all@example.com', 'not the password');
    await alert.waitFor();
    expect((await alert.innerText()).trim()).toBe('E-mail or password is wrong.');
  });

  it('leads back to where one was when the session has ended', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/contacts`);
    await page.getByText('No contacts yet').waitFor();
    await app.database.owner.query('delete from sessions');

    await page.getByRole('link', { name: 'Segments', exact: true }).click();
    await page.getByText('Please sign in to go on where you were.').waitFor();
    await signIn(owner.email);
    await page.getByText('No segments yet').waitFor();
    expect(new URL(page.url()).pathname).toBe(`/w/${owner.workspaceId}/segments`);
  });

  it('never leads to another site', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await page.goto('/sign-in?next=//evil.example/path');
    await signIn(owner.email);
    await page.getByRole('heading', { name: 'First steps' }).waitFor();
    expect(new URL(page.url()).origin).toBe(app.url);
  });

  it('is over after signing out, also for the way back', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/contacts`);
    await page.getByRole('button', { name: 'Ada Account' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Coterie' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Sign in to Coterie' }).waitFor();
    expect(await owner.whoAmI()).toBeUndefined();
  });
});

describe('members', inBrowser, () => {
  it('invites somebody by link, who joins with the role and sees no more than it allows', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/settings/members`);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail').fill(newEmail());
    await page.getByText('Viewer', { exact: true }).click();
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = await page.getByLabel('Link of the invitation').inputValue();

    const guest = await openVisitor(browser, app.url);
    await guest.page.goto(new URL(link).pathname);
    await guest.page.getByLabel('Your name').fill('Noor Guest');
    await guest.page.getByLabel('Password', { exact: true }).fill(goodPassword);
    await guest.page.getByRole('button', { name: 'Accept the invitation' }).click();
    await guest.page.getByRole('heading', { name: 'Overview' }).waitFor();
    await guest.page.getByRole('link', { name: 'Segments', exact: true }).click();
    await guest.page.getByText('No segments yet').waitFor();
    expect(await guest.page.getByRole('link', { name: 'New segment' }).count()).toBe(0);
    expect(await guest.page.getByRole('link', { name: 'Settings' }).count()).toBe(0);
    await guest.page.goto(new URL(link).pathname);
    await guest.page.getByRole('button', { name: 'Accept the invitation' }).click();
    await guest.page.getByText('unknown, was used or withdrawn, or has expired').waitFor();
    await guest.close();
    expectQuiet(guest);
  });

  it('makes an API key that is shown once, works, and stops working when it is revoked', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/settings/keys`);
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('Website');
    await page.getByRole('button', { name: 'Create key' }).click();
    const key = await page.getByLabel('API key', { exact: true }).inputValue();
    await page.getByRole('button', { name: 'I have kept it' }).click();
    const use = async (): Promise<number> =>
      (
        await fetch(`${app.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
          body: JSON.stringify({ query: '{ workspace { id } }' }),
        })
      ).status;
    await page.getByText('Never').waitFor();
    expect(await use()).toBe(200);
    await page.reload();
    await page.getByText('just now').waitFor();
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'Revoke Website' }).click();
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('Revoked').waitFor();
    expect(await use()).toBe(401);
  });
});

describe('audiences', inBrowser, () => {
  it('takes a segment to a platform, with those who agreed and with the reason for each who is left out', async () => {
    const { page } = visitor;
    const owner = await newOwner(app.url);
    await owner.query(
      `mutation ($workspaceId: ID!) {
         upsertContacts(workspaceId: $workspaceId, input: { contacts: [
           { email: "yes@example.com", consents: [{ channel: ads, state: granted }] }
           { email: "no@example.com", consents: [{ channel: ads, state: withdrawn }] }
         ] }) { outcome }
         createSegment(workspaceId: $workspaceId, input: { name: "Everybody", rule: { text: "identified by email" } }) { id }
       }`,
      { workspaceId: owner.workspaceId },
    );
    await enter(visitor, owner.cookie);
    await page.goto(`/w/${owner.workspaceId}/audiences/new`);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Spring on Meta');
    await page.getByLabel('Segment', { exact: true }).click();
    await page.getByRole('option', { name: 'Everybody' }).click();
    await page.getByText('The platform has to match').waitFor();
    await page.getByRole('button', { name: 'Create audience' }).click();
    await page.getByRole('heading', { name: 'Spring on Meta', level: 1 }).waitFor();
    const readiness = page.getByRole('region', { name: 'Readiness' });
    await readiness.getByText('Did not agree to ads').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download file' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(lines).toHaveLength(2);
    // SHA-256 of yes@example.com: nobody's address leaves as it is.
    expect(lines[1]).toContain(createHash('sha256').update('yes@example.com').digest('hex'));
  });
});
