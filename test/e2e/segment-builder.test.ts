import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgency, pricingRule, type Agency } from '../support/agency.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newEmail, Person } from '../support/person.js';
import {
  enter,
  expectAccessible,
  expectQuiet,
  inBrowser,
  openBrowser,
  openVisitor,
  type Visitor,
} from './browser.js';
import { expectGoodPage } from './check-page.js';

/** A rule is built by clicks, by keys alone, by dragging and as text; what all of them say is the same, and counted. */

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

const home = (): string => `/w/${agency.workspaces['Northwind Analytics']}`;
const builder = (rule?: string): string =>
  `${home()}/segments/new${rule ? `?${new URLSearchParams({ rule })}` : ''}`;
const preview = (): Locator => page.getByRole('region', { name: 'Contacts who meet the rule' });
const text = (): Locator => page.getByLabel('Rule', { exact: true });
/** The conditions in view, each by what it says. */
const rows = (): Locator =>
  page.getByRole('region', { name: 'Who is in it' }).locator('[data-node] [data-node]');
const row = (name: string | RegExp): Locator =>
  page.getByRole('group', { name }).and(page.locator('[data-node]'));

/** How many contacts a rule has, as the API says without a browser. */
async function countOf(rule: string): Promise<number> {
  const { previewSegment } = await agency.owner.query<{ previewSegment: { count: { value: number } } }>(
    `query ($workspaceId: ID!, $text: String!) {
       previewSegment(workspaceId: $workspaceId, input: { rule: { text: $text } }) { count { value } }
     }`,
    { workspaceId: agency.workspaces['Northwind Analytics'], text: rule },
  );
  return previewSegment.count.value;
}

/** Waits until the count in view is that of a rule. */
async function expectCount(rule: string): Promise<void> {
  const wanted = await countOf(rule);
  await preview().locator('[data-fresh="true"]').waitFor();
  await expect
    .poll(() => preview().locator('[data-count]').innerText(), { timeout: 20_000 })
    .toBe(wanted.toLocaleString('en'));
}

async function choose(field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Chooses an option of an open menu by keys, each once the one before has been seen to. */
async function chooseByKeys(key: string, option: string): Promise<void> {
  const active = (): Promise<string> =>
    page.evaluate(() => `${document.activeElement?.role} ${document.activeElement?.textContent?.trim()}`);
  await expect.poll(active).toMatch(/^option/);
  await page.keyboard.press(key);
  await expect.poll(active).toBe(`option ${option}`);
  await page.keyboard.press('Enter');
}

/** Drags something to a place that is there only while something is dragged. */
async function drag(what: Locator, where: () => Locator): Promise<void> {
  await what.hover();
  await page.mouse.down();
  const from = await what.boundingBox();
  await page.mouse.move((from?.x ?? 0) + 30, (from?.y ?? 0) + 20, { steps: 3 });
  const place = where();
  await expect.poll(async () => (await place.boundingBox())?.height ?? 0).toBeGreaterThan(4);
  const to = await place.boundingBox();
  await page.mouse.move((to?.x ?? 0) + 60, (to?.y ?? 0) + (to?.height ?? 0) / 2, { steps: 5 });
  await page.mouse.up();
}

/** Adds a condition by the menu, found by some letters. */
async function add(button: string, letters: string, option: RegExp): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).last().click();
  await page.getByPlaceholder('What should be true of them?').fill(letters);
  await page.getByRole('option', { name: option }).first().click();
}

describe('building a rule', inBrowser, () => {
  it('takes clicks, shows the exact count and follows the text, is undone and saved', async () => {
    await page.goto(builder());
    await page.getByLabel('Name').fill('Warm leads of the builder');
    await page.getByRole('button', { name: 'Add the first condition' }).click();
    await page.getByRole('option', { name: 'Something they did' }).click();
    await page.getByRole('option', { name: /^Page viewed/ }).click();
    const target = page.getByLabel('Event: page, form, campaign or product');
    await target.click();
    await page.getByRole('option', { name: /^\/pricing/ }).click();
    await expectCount('event "page_viewed" on "/pricing" in last 30 days');

    await add('Add a condition', 'demo', /^Demo requested/);
    const demo = row(/requested a demo/);
    await choose(demo.getByRole('combobox', { name: 'Did they: Has' }), 'Has not');
    await choose(demo.getByRole('combobox', { name: 'When: in the last' }), 'at any time');
    await expectCount(pricingRule);
    await preview()
      .getByText(
        'Everyone who has viewed /pricing at least once in the last 30 days and has not requested a demo.',
      )
      .waitFor();
    const visited = await countOf('event "page_viewed" on "/pricing" in last 30 days');
    expect(await row(/^Has viewed \/pricing/).innerText()).toContain(String(visited));
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Both' }).click();
    expect((await text().inputValue()).replaceAll(/\s+/g, ' ')).toBe(pricingRule);
    await text().fill('event "page_viewed" on "/pricing" in last 7 days and lead_score >= 50');
    await row(/^Whose Lead score is at least 50/).waitFor();
    expect(await page.getByLabel('In the last: how many').inputValue()).toBe('7');
    await expectCount('event "page_viewed" on "/pricing" in last 7 days and lead_score >= 50');
    await text().press('Control+z');
    await row(/^Has not requested a demo/).waitFor();
    await expectCount(pricingRule);
    await page.keyboard.press('Control+Shift+z');
    await row(/^Whose Lead score is at least 50/).waitFor();

    await text().fill('event "page_viewed" on "/pricing" in last 7 dayz');
    await page.getByText('Line 1, column 45:').waitFor();
    await page.getByText('This is the rule as it was before.').waitFor();
    expect(await page.getByRole('button', { name: 'Create segment' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expectCount('event "page_viewed" on "/pricing" in last 7 days and lead_score >= 50');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expectCount(pricingRule);

    await page.getByRole('button', { name: 'Create segment' }).click();
    await page.getByRole('heading', { name: 'Warm leads of the builder', level: 1 }).waitFor();
    expect((await page.getByLabel('Rule in text form').innerText()).replaceAll(/\s+/g, ' ')).toBe(
      pricingRule,
    );
    expectQuiet(visitor);
  });

  it('takes the keyboard alone', async () => {
    await page.goto(builder());
    await page.getByRole('button', { name: 'Add the first condition' }).focus();
    await page.keyboard.press('Enter');
    await page.getByPlaceholder('What should be true of them?').waitFor();
    await page.keyboard.type('page viewed');
    await page.getByRole('option', { name: /^Page viewed/ }).waitFor();
    await page.keyboard.press('Enter');
    // The cursor waits where the page is to be named.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Event: page, form, campaign or product');
    await page.keyboard.type('/pricing');
    await page.keyboard.press('Escape');
    await expectCount('event "page_viewed" on "/pricing" in last 30 days');

    await page.getByRole('button', { name: 'Add a condition' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('demo req');
    await page.getByRole('option', { name: /^Demo requested/ }).waitFor();
    await page.keyboard.press('Enter');
    const demo = row(/requested a demo/);
    await demo.waitFor();
    await demo.getByRole('combobox', { name: 'Did they: Has' }).focus();
    await page.keyboard.press('Enter');
    await chooseByKeys('ArrowDown', 'Has not');
    await demo.getByRole('combobox', { name: 'When: in the last' }).focus();
    await page.keyboard.press('Enter');
    await chooseByKeys('End', 'at any time');
    await expectCount(pricingRule);

    await page.getByRole('button', { name: /^Move: Has not requested a demo/ }).focus();
    await page.keyboard.press('ArrowUp');
    await page.locator('[data-said]', { hasText: 'place 1 of 2 in the rule' }).waitFor();
    expect(await rows().first().getAttribute('aria-label')).toBe('Has not requested a demo');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Move: Has not requested a demo',
    );
    await page.keyboard.press('Delete');
    await expectCount('event "page_viewed" on "/pricing" in last 30 days');
    expect(await rows().count()).toBe(1);
    expectQuiet(visitor);
  });

  it('wraps, copies, moves by dragging, and opens groups again', async () => {
    await page.goto(builder('lead_score >= 50 and event "form_submitted" and event "order_completed"'));
    await expectCount('lead_score >= 50 and event "form_submitted" and event "order_completed"');
    await page.getByRole('button', { name: /^More about: Has submitted a form/ }).click();
    await page.getByRole('menuitem', { name: 'Put into a group' }).click();
    const group = row('Group: any of these');
    await group.waitFor();
    await drag(page.getByRole('button', { name: /^Move: Has completed an order/ }), () =>
      group.locator('[data-drop]').last(),
    );
    await expectCount('lead_score >= 50 and (event "form_submitted" or event "order_completed")');
    await choose(group.getByRole('combobox', { name: /^How the conditions go together/ }), 'none of these');
    await expectCount('lead_score >= 50 and not (event "form_submitted" or event "order_completed")');

    await page.getByRole('button', { name: /^More about: Whose Lead score/ }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await expect.poll(() => page.getByRole('button', { name: /^Move: Whose Lead score/ }).count()).toBe(2);
    const lowest = page.getByLabel('Lead score: number').last();
    await lowest.fill('80');
    await expectCount('lead_score >= 80 and not (event "form_submitted" or event "order_completed")');
    await page.getByRole('button', { name: /^More about: Group: none of these/ }).click();
    await page.getByRole('menuitem', { name: 'Open the group' }).click();
    await expectCount('lead_score >= 80 and event "form_submitted" and event "order_completed"');
    expectQuiet(visitor);
  });

  it('knows what attributes and properties are, and what values there are of them', async () => {
    await page.goto(builder());
    await add('Add the first condition', 'lifecycle', /^Lifecycle stage/);
    const values = page.getByLabel('Lifecycle stage: values');
    await values.click();
    await page.getByRole('option', { name: /^customer\s*\d+/ }).click();
    await page.getByRole('option', { name: /^opportunity\s*\d+/ }).click();
    await page.keyboard.press('Escape');
    await expectCount('lifecycle_stage in ("customer", "opportunity")');

    await add('Add a condition', 'order completed', /^Order completed/);
    const order = row(/completed an order/);
    await order.getByRole('button', { name: 'Say more about the event' }).click();
    await page.getByRole('menuitem', { name: 'Only with a property' }).click();
    await order.getByText('Fill in what is missing. It is not counted yet.').waitFor();
    await expectCount('lifecycle_stage in ("customer", "opportunity")');
    await order.getByRole('button', { name: 'Property: Choose a property' }).click();
    await page.getByRole('option', { name: /^Amount/ }).click();
    await order.getByLabel('Amount: number').fill('400');
    await expectCount(
      'lifecycle_stage in ("customer", "opportunity") and event "order_completed" where amount >= 400 in last 30 days',
    );
    expectQuiet(visitor);
  });

  it('names what is wrong at the condition, and goes on counting the others', async () => {
    await page.goto(builder('lead_score between 10 and 20 and event "form_submitted"'));
    await expectCount('lead_score between 10 and 20 and event "form_submitted"');
    await page.getByLabel('Lead score: from').fill('30');
    const score = row(/^Whose Lead score/);
    await score.getByText('The range ends before it starts.').waitFor();
    await expectCount('event "form_submitted"');
    await preview().getByText('Without the condition that cannot be counted yet.').waitFor();
    expect(await page.getByRole('button', { name: 'Create segment' }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await page.getByLabel('Lead score: to').fill('60');
    await expectCount('lead_score between 30 and 60 and event "form_submitted"');
    expectQuiet(visitor);
  });

  it('keeps the last count in view while the next one is on its way, and drops what was overtaken', async () => {
    await page.goto(builder('lead_score >= 10'));
    await expectCount('lead_score >= 10');
    const before = await preview().locator('[data-count]').innerText();
    const held: (() => void)[] = [];
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('lead_score >= 20')) return route.continue();
      await new Promise<void>((resolve) => held.push(resolve));
      return route.continue().catch(() => undefined);
    });
    const abandoned = page.waitForEvent('requestfailed', (request) =>
      (request.postData() ?? '').includes('lead_score >= 20'),
    );
    await page.getByLabel('Lead score: number').fill('20');
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0), { timeout: 30_000 });
    expect(await preview().locator('[data-count]').innerText()).toBe(before);
    expect(await preview().locator('[data-fresh="false"]').count()).toBe(1);
    await page.getByLabel('Lead score: number').fill('90');
    await abandoned;
    for (const answer of held) answer();
    await expectCount('lead_score >= 90');
  });

  it('lays the rule over other segments', async () => {
    await page.goto(builder('lead_score >= 50'));
    await expectCount('lead_score >= 50');
    await preview()
      .getByRole('button', { name: /^Compare with/ })
      .click();
    await page.getByRole('option', { name: 'Large companies' }).click();
    await page.keyboard.press('Escape');
    const both = await countOf(`lead_score >= 50 and segment "${agency.segments['Large companies']}"`);
    await preview()
      .getByRole('listitem')
      .filter({ hasText: 'Large companies' })
      .getByText(String(both), { exact: true })
      .waitFor();
    expectQuiet(visitor);
  });
});

describe('another rule for a segment', inBrowser, () => {
  it('is shown with what it would do to members and dependents before it is saved', async () => {
    const id = agency.segments['Pricing page, no demo'] ?? '';
    await page.goto(`${home()}/segments/${id}/edit`);
    await expectCount(pricingRule);
    await choose(page.getByRole('combobox', { name: 'When: in the last' }).first(), 'at any time');
    await expectCount('event "page_viewed" on "/pricing" and not event "demo_requested"');
    await page.getByRole('button', { name: 'Save changes' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('would enter').waitFor();
    await dialog.getByText('1 segment depends on it').waitFor();
    await dialog.getByText('Spring campaign').waitFor();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Keep editing' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Save changes' }).click();
    await dialog.getByRole('button', { name: 'Save the new rule' }).click();
    await page.getByRole('heading', { name: 'Pricing page, no demo', level: 1 }).waitFor();
    await page.getByRole('link', { name: /^Versions/ }).click();
    await page.getByRole('heading', { name: 'Version 2' }).waitFor();
    expectQuiet(visitor);
  });
});

describe('the pages of a segment', inBrowser, () => {
  it('show how it grew and who came, and what it has in common with others', async () => {
    const { owner, workspaces, segments } = agency;
    const workspaceId = workspaces['Northwind Analytics'];
    await page.goto(`${home()}/segments/${segments['Buyers']}/growth`);
    await page.getByRole('region', { name: 'Members' }).locator('svg').waitFor({ timeout: 60_000 });
    await owner.query(
      `mutation ($workspaceId: ID!, $input: RecordEventsInput!) { recordEvents(workspaceId: $workspaceId, input: $input) { status } }`,
      {
        workspaceId,
        input: {
          events: [{ email: 'newcomer@example.com', name: 'order_completed', properties: { amount: 900 } }],
        },
      },
    );
    const list = page.getByRole('region', { name: 'Who came and went' });
    await list.getByRole('link', { name: 'newcomer@example.com' }).waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: 'Overlap' }).click();
    await page.getByRole('button', { name: /^Compare with/ }).click();
    await page.getByRole('option', { name: 'Large companies' }).click();
    await page.keyboard.press('Escape');
    const cells = page.getByRole('group', { name: 'What segments have in common' }).getByRole('cell');
    await expect.poll(() => cells.count()).toBe(4);
    const both = await countOf(
      `segment "${segments['Buyers']}" and segment "${segments['Large companies']}"`,
    );
    expect(await cells.nth(1).innerText()).toContain(String(both));
    expectQuiet(visitor);
  });

  it('say why somebody is not in it, whoever that is', async () => {
    await page.goto(`${home()}/segments/${agency.segments['Nobody yet']}`);
    await page.getByRole('button', { name: 'Why is somebody not in it?' }).click();
    await page.getByPlaceholder('Name, e-mail or id').fill('greta');
    await page
      .getByRole('option', { name: /^Greta/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Is not a member').waitFor();
    await expectAccessible(page);
    expectQuiet(visitor);
  });

  it('are open to everybody, on every screen', async () => {
    const { segments } = agency;
    const rule = [
      'event "page_viewed" on "/pricing" where referrer is "google" at least 2 times in last 30 days',
      'and (job_title contains "head" or company.industry in ("Software", "Retail"))',
      'and not (consent email withdrawn or sample 10% salt "spring")',
      'and any of company people (event "demo_requested" and lead_score between 10 and 90)',
      'and sequence (event "page_viewed", event "form_submitted") within 14 days',
    ].join('\n');
    await expectGoodPage(visitor, 'builder', { path: builder(rule), shows: 'For example' });
    await expectGoodPage(visitor, 'builder empty', { path: builder(), shows: 'Add the first condition' });
    await page.getByRole('button', { name: 'Both' }).click();
    await expectGoodPage(visitor, 'builder both', { path: builder(rule), shows: 'What can be written' });
    const segment = `${home()}/segments/${segments['Buyers']}`;
    await expectGoodPage(visitor, 'segment growth', {
      path: `${segment}/growth`,
      shows: 'Who came and went',
    });
    await expectGoodPage(visitor, 'segment overlap', {
      path: `${segment}/overlap?with=${segments['Large companies']},${segments['Hold-out']},${segments['Read, then priced']}`,
      shows: 'in any of them',
    });
    await expectGoodPage(visitor, 'segment overlap empty', {
      path: `${segment}/overlap`,
      shows: 'Nothing to compare',
    });
    expectQuiet(visitor);
  });

  it('offer nothing to change to who only looks', async () => {
    const { owner, organizationId, workspaces, segments } = agency;
    const { inviteMember } = await owner.query<{ inviteMember: { token: string } }>(
      `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
         inviteMember(organizationId: $organizationId, input: $input) { token } }`,
      {
        organizationId,
        input: {
          email: newEmail(),
          workspaces: [{ workspaceId: workspaces['Northwind Analytics'], role: 'VIEWER' }],
        },
      },
    );
    const viewer = new Person(app.url);
    await viewer.query(
      'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }',
      { input: { token: inviteMember.token, name: 'Noor Haddad', password: 'correct horse battery' } },
    );
    await visitor.context.clearCookies();
    await enter(visitor, viewer.cookie);
    for (const path of [builder(), `${home()}/segments/${segments['Hold-out']}/edit`]) {
      await page.goto(path);
      await page.getByText('Only editors can change segments').waitFor();
      expect(await page.getByRole('button', { name: /^(?:Add|Save|Create)/ }).count()).toBe(0);
    }
    for (const path of ['growth', 'overlap', 'versions']) {
      await page.goto(`${home()}/segments/${segments['Hold-out']}/${path}`);
      await page.getByRole('heading', { name: 'Hold-out', level: 1 }).waitFor();
      expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0);
    }
    expectQuiet(visitor);
  });
});
