import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgency, type Agency } from '../support/agency.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { enter, expectQuiet, inBrowser, openBrowser, openVisitor, type Visitor } from './browser.js';

/** Working in several workspaces: moving between them, finding people, writing rules together. */

// A browser on a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

let app: TestApp;
let browser: Browser;
let agency: Agency;
let visitor: Visitor;
let page: Page;

beforeAll(async () => {
  app = await startTestApp();
  [browser, agency] = await Promise.all([openBrowser(), createAgency(app.url)]);
});
afterAll(async () => {
  await browser?.close();
  await app?.close();
});
beforeEach(async () => {
  visitor = await openVisitor(browser, app.url);
  await enter(visitor, agency.owner.cookie);
  ({ page } = visitor);
});
afterEach(() => visitor.close());

const home = (name: keyof Agency['workspaces']): string => `/w/${agency.workspaces[name]}`;
const rowsOf = (label: string) => page.getByRole('group', { name: label }).getByRole('row');

describe('switching workspaces', inBrowser, () => {
  it('goes by keyboard to the same part of the other one, and shows none of the first one’s rows', async () => {
    await page.goto(`${home('Northwind Analytics')}/contacts`);
    await page.getByText('@northwind-analytics.example').first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Find a workspace').fill('harbor');
    await page.getByRole('option', { name: 'Harbor & Pine' }).waitFor();
    await page.getByRole('option', { name: 'Lumen Dental' }).waitFor({ state: 'detached' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByText('@harbor-pine.example').first().waitFor();
    expect(new URL(page.url()).pathname).toBe(`${home('Harbor & Pine')}/contacts`);
    expect(await page.content()).not.toContain('@northwind-analytics.example');
    expectQuiet(visitor);
  });

  it('remembers the workspace that was in view last', async () => {
    await page.goto(`${home('Lumen Dental')}/segments`);
    await page.getByText('No segments yet').waitFor();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(home('Lumen Dental'));
    expectQuiet(visitor);
  });

  it('puts the focus on the heading of the page that one comes to', async () => {
    await page.goto(home('Lumen Dental'));
    await page.getByRole('link', { name: 'Imports', exact: true }).press('Enter');
    await page.getByText('Nothing imported yet').waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toBe('Imports');
  });
});

describe('the list of contacts', inBrowser, () => {
  const people = () => rowsOf('Contacts');

  it('is searched by the beginnings of words, and the address keeps the search', async () => {
    await page.goto(`${home('Northwind Analytics')}/contacts`);
    await people().nth(5).waitFor();
    await page.getByLabel('Search contacts').fill('greta bra');
    await page.waitForURL(/q=greta/);
    const found = () => people().getByRole('link').allInnerTexts();
    await expect
      .poll(async () => new Set((await found()).filter((name) => name.includes(' '))), { timeout: 10_000 })
      .toContain('Greta Brandt');
    await expect
      .poll(async () =>
        (await people().allInnerTexts()).slice(1).every((row) => row.includes('Greta Brandt')),
      )
      .toBe(true);
    await page.reload();
    await page.getByRole('link', { name: 'Greta Brandt' }).first().waitFor();
    expect(await page.getByLabel('Search contacts').inputValue()).toBe('greta bra');
    expectQuiet(visitor);
  });

  it('goes on to its end as one scrolls, with no more rows in the page than are in view', async () => {
    await page.goto(`${home('Northwind Analytics')}/contacts`);
    await people().nth(5).waitFor();
    const table = page.getByRole('group', { name: 'Contacts' });
    const last = async (): Promise<number> =>
      Number((await people().last().getAttribute('aria-rowindex')) ?? 0);
    await expect
      .poll(
        async () => {
          await table.evaluate((scroller) => scroller.scrollTo({ top: scroller.scrollHeight }));
          return last();
        },
        { timeout: 30_000 },
      )
      .toBe(421);
    expect(await people().count()).toBeLessThan(60);
    expectQuiet(visitor);
  });
});

describe('writing a rule', inBrowser, () => {
  beforeEach(async () => {
    await page.goto(`${home('Northwind Analytics')}/segments/new`);
    await page.getByRole('button', { name: 'Text', exact: true }).click();
  });

  it('names the place of what cannot be read, and does not offer to save it', async () => {
    await page.getByLabel('Rule', { exact: true }).fill('event "page_viewed" in last 30 dayz');
    await page.getByText('Line 1, column 32:').waitFor();
    expect(await page.getByRole('button', { name: 'Create segment' }).isDisabled()).toBe(true);
    expectQuiet(visitor);
  });

  it('names the condition that means nothing here', async () => {
    await page.getByLabel('Rule', { exact: true }).fill('consent email granted and shoe_size > 40');
    await page.getByText('There is no attribute "shoe_size".').waitFor();
    expect(await page.getByRole('button', { name: 'Create segment' }).isDisabled()).toBe(true);
  });

  it('abandons the count of what is not wanted any more', async () => {
    const held: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('lead_score > 10')) return route.continue();
      // Answers only once the test lets it.
      await new Promise<void>((resolve) => held.push(resolve));
      return route.continue().catch(() => undefined);
    });
    const abandoned = page.waitForEvent('requestfailed', (request) =>
      (request.postData() ?? '').includes('lead_score > 10'),
    );
    await page.getByLabel('Rule', { exact: true }).fill('lead_score > 10');
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0), { timeout: 30_000 });
    await page.getByLabel('Rule', { exact: true }).fill('event "webinar_attended"');
    await abandoned;
    await page.getByText('0 contacts at the moment').waitFor();
    for (const answer of held) answer();
    expect(await page.getByText('0 contacts at the moment').count()).toBe(1);
  });

  it('writes words of the workspace where the cursor is', async () => {
    await page.getByRole('button', { name: 'What can be written' }).click();
    await page.getByRole('button', { name: /^demo_requested/ }).click();
    await page.keyboard.type(' at least 1 times');
    expect(await page.getByLabel('Rule', { exact: true }).inputValue()).toBe(
      'event "demo_requested" at least 1 times',
    );
  });
});

describe('a segment that several people work on', inBrowser, () => {
  it('is not overwritten by somebody who began from an older version', async () => {
    const { owner, workspaces, segments } = agency;
    const id = segments['Nobody yet'];
    await page.goto(`${home('Northwind Analytics')}/segments/${id}/edit`);
    await page.getByLabel('Name').waitFor();
    await owner.query(
      `mutation ($workspaceId: ID!, $input: UpdateSegmentInput!) { updateSegment(workspaceId: $workspaceId, input: $input) { id } }`,
      {
        workspaceId: workspaces['Northwind Analytics'],
        input: { id, expectedVersion: 1, description: 'Changed by somebody else.' },
      },
    );
    await page.getByText('0 contacts at the moment').waitFor();
    await page.getByLabel('Name').fill('Somebody');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Somebody has changed this segment in the meantime').waitFor();
    expect(await page.getByLabel('Name').inputValue()).toBe('Somebody');
  });

  it('is renamed, goes back to a version, is copied, put aside and brought back', async () => {
    const id = agency.segments['Hold-out'];
    await page.goto(`${home('Northwind Analytics')}/segments/${id}/edit`);
    await page.getByText('contacts at the moment').waitFor();
    await page.getByLabel('Name').fill('Control group');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByRole('heading', { name: 'Control group', level: 1 }).waitFor();
    await page.getByRole('link', { name: /^Versions/ }).click();
    await page.getByText('Renamed from “Hold-out” to “Control group”.').waitFor();
    await page.getByRole('button', { name: 'Go back to this: version 1' }).click();
    await page.getByRole('button', { name: 'Go back', exact: true }).click();
    await page.getByRole('heading', { name: 'Version 3' }).waitFor();

    await page.goto(`${home('Northwind Analytics')}/segments/${agency.segments['Spring campaign']}`);
    await page.getByRole('button', { name: 'More about this segment' }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { name: 'Spring campaign (copy)', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'More about this segment' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByRole('button', { name: 'Archive segment' }).click();
    await page.getByText('Archived', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Bring back' }).click();
    await page.getByRole('link', { name: 'Edit' }).waitFor();
    expectQuiet(visitor);
  });

  it('says what uses it when it cannot be put aside', async () => {
    await page.goto(`${home('Northwind Analytics')}/segments/${agency.segments['Pricing page, no demo']}`);
    await page.getByRole('button', { name: 'More about this segment' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByRole('button', { name: 'Archive segment' }).click();
    const alert = page.getByRole('dialog').getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('Spring campaign');
  });
});

describe('when the server does not answer', inBrowser, () => {
  it('says so, and goes on when it answers again', async () => {
    await page.goto(home('Northwind Analytics'));
    await page.getByText('Webinar guests').waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('link', { name: 'Segments', exact: true }).click();
    await page.getByText('Coterie does not answer. Check the connection and try again.').waitFor();
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('link', { name: 'Webinar guests' }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
