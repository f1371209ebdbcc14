import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { metaDefinition, startMeta } from '../activation/platforms/meta.js';
import type { PlatformServer } from '../activation/platforms/server.js';
import { expectAccessible, expectQuiet, inBrowser, type Visitor } from './browser.js';
import { expectGoodPage } from './check-page.js';
import { openStage, type Stage } from './open-stage.js';

/** Custom audiences on their way to a platform that keeps to its published contract. */

vi.setConfig({ testTimeout: 180_000 });

let stage: Stage;
let meta: PlatformServer;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [stage, meta] = await Promise.all([openStage(), startMeta()]);
  await stage.ask(
    'mutation ($w: ID!, $input: CreateDestinationInput!) { createDestination(workspaceId: $w, input: $input) { id } }',
    { input: { name: 'Northwind on Meta', definition: metaDefinition(meta) } },
  );
});
afterAll(async () => {
  await stage?.close();
  await meta?.stop();
});
beforeEach(async () => {
  visitor = await stage.visit();
  ({ page } = visitor);
});
afterEach(() => visitor.close());

const held = async (): Promise<{ id: string; held: number }> => {
  const { workspace } = await stage.ask<{
    workspace: { customAudiences: { edges: { node: { id: string; held: number } }[] } };
  }>('query ($w: ID!) { workspace(id: $w) { customAudiences { edges { node { id held } } } } }');
  return workspace.customAudiences.edges[0]!.node;
};
const openAudience = async () => page.goto(stage.at(`audiences/${(await held()).id}`));
const more = () => page.getByRole('button', { name: 'More to do with this audience' }).click();
const figure = (label: string) =>
  page
    .locator('dl > div')
    .filter({ has: page.getByText(label, { exact: true }) })
    .locator('dd')
    .first();

describe('a custom audience', inBrowser, () => {
  it('is put together step by step, with the forecast, and sent', async () => {
    await expectGoodPage(visitor, 'audience step by step', {
      path: stage.at(`audiences/new?segment=${stage.agency.segments['Large companies']}`),
      shows: 'May be handed on',
    });
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Large companies on Meta');
    await page.getByLabel('Destination').getByText('Northwind on Meta').waitFor();
    await page.getByRole('radio', { name: 'Every day' }).click();
    await page.getByText('In ').first().waitFor();
    await page.getByRole('radio', { name: 'Only when you ask' }).click();
    const expected = page.getByRole('region', { name: 'Readiness' }).getByText('Rows of the file');
    const rows = await expected.locator('xpath=following-sibling::dd').innerText();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Create and send' }).click();
    await page.getByRole('heading', { name: 'Large companies on Meta', level: 1 }).waitFor();
    await page.getByText(/\d added, 0 removed/).waitFor();
    await expect.poll(() => figure('At the platform').innerText()).toBe(rows);
    expect(String(meta.held().length)).toBe(rows);
    expect(meta.violations).toEqual([]);
    await expectGoodPage(visitor, 'audience at a platform', {
      path: new URL(page.url()).pathname,
      shows: 'Up to date',
    });
    await expectGoodPage(visitor, 'audiences', {
      path: stage.at('audiences'),
      shows: 'Large companies on Meta',
    });
    expectQuiet(visitor);
  });

  it('rests and goes on', async () => {
    await openAudience();
    await more();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByText('Paused: nobody is added').waitFor();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Paused: nobody is added').waitFor({ state: 'detached' });
    expectQuiet(visitor);
  });

  it('says in words why it could not be sent, and leads to what can be done', async () => {
    meta.failNext({ status: 401 });
    await openAudience();
    await more();
    await page.getByRole('menuitem', { name: 'Where and when' }).click();
    await page.getByRole('radio', { name: 'Every hour' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText(/Every hour; next/).waitFor();
    // Something else about each, and somebody new, so that there is something to be sent.
    await more();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByRole('checkbox', { name: 'Mobile advertising ids' }).click();
    await page.getByRole('checkbox', { name: 'Phone numbers' }).click();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByText('E-mail addresses', { exact: true }).first().waitFor();
    await stage.ask(
      `mutation ($w: ID!, $input: ContactInput!) { upsertContact(workspaceId: $w, input: $input) { outcome } }`,
      {
        input: {
          email: 'new.at.tidewater@example.com',
          company: { domain: 'tidewater.example' },
          consents: [
            { channel: 'ads', state: 'granted' },
            { channel: 'email', state: 'granted' },
          ],
        },
      },
    );
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText('The last sync was given up').waitFor();
    await page
      .getByText(/Meta does not accept the credentials/)
      .first()
      .waitFor();
    await expectGoodPage(visitor, 'audience in trouble', {
      path: new URL(page.url()).pathname,
      shows: 'The last sync was given up',
    });
    expectQuiet(visitor);
  });
});

describe('a viewer', inBrowser, () => {
  it('sees where an audience stands, and no button', async () => {
    const viewer = await stage.visit(await stage.member('VIEWER'));
    await viewer.page.goto(stage.at(`audiences/${(await held()).id}`));
    await viewer.page.getByRole('heading', { name: 'History' }).waitFor();
    expect(
      await viewer.page.getByRole('button', { name: /Sync now|More to do|Call off|Resume/ }).count(),
    ).toBe(0);
    await viewer.page.goto(stage.at('audiences/new'));
    await viewer.page.getByText('Audiences are made by editors').waitFor();
    await viewer.close();
    expectQuiet(viewer);
  });
});

describe('emptying', inBrowser, () => {
  it('removes everybody from the platform', async () => {
    const id = (await held()).id;
    const { workspace } = await stage.ask<{
      workspace: { destinations: { edges: { node: { id: string } }[] } };
    }>('query ($w: ID!) { workspace(id: $w) { destinations { edges { node { id } } } } }');
    await stage.ask(
      'mutation ($w: ID!, $input: UpdateDestinationInput!) { updateDestination(workspaceId: $w, input: $input) { id } }',
      { input: { id: workspace.destinations.edges[0]!.node.id, isDisabled: false } },
    );
    await page.goto(stage.at(`audiences/${id}`));
    await more();
    await page.getByRole('menuitem', { name: 'Empty at the platform' }).click();
    await page
      .getByRole('dialog')
      .getByText(/are removed from Northwind on Meta/)
      .waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove everybody' }).click();
    await expect.poll(() => meta.held().length, { timeout: 60_000 }).toBe(0);
    await expect.poll(() => figure('At the platform').innerText(), { timeout: 30_000 }).toBe('0');
    await page.getByText('Paused: nobody is added').waitFor();
    expectQuiet(visitor);
  });
});
