import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { metaToken, startMeta } from '../activation/platforms/meta.js';
import type { PlatformServer } from '../activation/platforms/server.js';
import { startReceiver, type Receiver } from '../activation/receiver.js';
import { expectAccessible, expectQuiet, inBrowser, type Visitor } from './browser.js';
import { expectGoodPage } from './check-page.js';
import { openStage, type Stage } from './open-stage.js';

/** Destinations, with a platform and an address of somebody's own behind them. */

vi.setConfig({ testTimeout: 180_000 });

let stage: Stage;
let meta: PlatformServer;
let receiver: Receiver;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [stage, meta, receiver] = await Promise.all([openStage(), startMeta(), startReceiver()]);
});
afterAll(async () => {
  await stage?.close();
  await Promise.all([meta?.stop(), receiver?.close()]);
});
beforeEach(async () => {
  visitor = await stage.visit();
  ({ page } = visitor);
});
afterEach(() => visitor.close());

const open = (path: string) => page.goto(stage.at(path));
const rowsOf = (label: string) => page.getByRole('group', { name: label }).getByRole('row');

describe('a workspace without destinations', inBrowser, () => {
  it('says what they are for', async () => {
    await expectGoodPage(visitor, 'no destinations', {
      path: stage.at('destinations'),
      shows: 'No destinations yet',
    });
    await expectGoodPage(visitor, 'kinds of destinations', {
      path: stage.at('destinations/new'),
      shows: 'Customer Match lists of Google Ads',
    });
    expectQuiet(visitor);
  });

  it.each(['META', 'GOOGLE', 'LINKEDIN', 'TIKTOK', 'X', 'MICROSOFT', 'WEBHOOK', 'SMTP'])(
    'asks of %s for all that it takes',
    async (kind) => {
      await open(`destinations/new?kind=${kind}`);
      await page.getByRole('button', { name: 'More fields' }).waitFor();
      await page.getByRole('button', { name: 'More fields' }).click();
      const { __type } = await stage.ask<{ __type: { inputFields: { name: string }[] } }>(
        'query ($name: String!) { __type(name: $name) { inputFields { name } } }',
        { name: `${inputOf[kind]}DestinationInput`, w: undefined },
      );
      // One field each, and the name.
      const asked = page.locator('form').locator('input:visible, textarea:visible, button[role=combobox]');
      expect(await asked.count()).toBe(__type.inputFields.length + 1);
      await expectAccessible(page);
      expectQuiet(visitor);
    },
  );
});

describe('files', inBrowser, () => {
  it('are kept in a folder, or in a bucket, which has to be named', async () => {
    await open('destinations/new?kind=FILE');
    await page.getByLabel('Folder').fill('audiences/daily');
    expect(await page.getByLabel('Bucket').count()).toBe(0);
    await page.getByRole('combobox', { name: 'Where they are kept' }).click();
    await page.getByRole('option', { name: 'In storage that speaks S3' }).click();
    await page.getByLabel('Bucket').waitFor();
    await page.getByRole('button', { name: 'Add and test' }).click();
    await page.getByText('The bucket is missing.').waitFor();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    expectQuiet(visitor);
  });
});

const inputOf: Record<string, string> = {
  META: 'Meta',
  GOOGLE: 'Google',
  LINKEDIN: 'LinkedIn',
  TIKTOK: 'TikTok',
  X: 'X',
  MICROSOFT: 'Microsoft',
  WEBHOOK: 'Webhook',
  SMTP: 'Smtp',
};

describe('an ad account', inBrowser, () => {
  it('says beside the field what is wrong, is tested when it is added, and gets other credentials', async () => {
    await open('destinations/new?kind=META');
    await page.getByLabel('Name').fill('Acme’s ad account');
    await page.getByLabel('Ad account', { exact: false }).last().fill('the first one');
    await page.getByLabel('Access token').fill('wrong');
    await page.getByRole('button', { name: 'More fields' }).click();
    await page.getByLabel('Address of the API').fill(meta.url);
    await page.getByRole('button', { name: 'Add and test' }).click();
    await page.getByText('The ad account is a number, with or without act_ before it.').waitFor();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    await page.getByPlaceholder('act_1234567890').fill('act_123');
    await page.getByRole('button', { name: 'Add and test' }).click();
    await page.getByText(/Session has expired/).waitFor();
    await page.getByText('Needs attention').waitFor();
    await expectGoodPage(visitor, 'destination in trouble', {
      path: new URL(page.url()).pathname,
      shows: 'Needs attention',
    });
    await page.getByRole('button', { name: 'More to do with this destination' }).click();
    await page.getByRole('menuitem', { name: 'New credentials' }).click();
    await page.getByLabel('Access token').fill(metaToken);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Replace and test' }).click();
    await page.getByText('Meta accepts the credentials for this account.').waitFor();
    expect(await page.getByText(metaToken).count()).toBe(0);
    expectQuiet(visitor);
  });

  it('is taken out of use and brought back', async () => {
    await open('destinations');
    await rowsOf('Destinations').getByRole('link').first().click();
    const more = page.getByRole('button', { name: 'More to do with this destination' });
    await more.click();
    await page.getByRole('menuitem', { name: 'Take out of use' }).click();
    await page.getByText('Out of use: nothing goes there').waitFor();
    await more.click();
    await page.getByRole('menuitem', { name: 'Use again' }).click();
    await page.getByText('Out of use: nothing goes there').waitFor({ state: 'detached' });
    await more.click();
    await page.getByRole('menuitem', { name: 'Edit settings' }).click();
    await page.getByLabel('Name').fill('Acme on Meta');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Acme on Meta', level: 1 }).waitFor();
    expectQuiet(visitor);
  });
});

describe('a webhook', inBrowser, () => {
  it('shows its secret once, what it was told, and sends once more what was given up', async () => {
    await open('destinations/new?kind=WEBHOOK');
    await page.getByLabel('Name').fill('Acme’s CRM');
    await page.getByPlaceholder(/hooks/).fill(receiver.url);
    await page.getByRole('button', { name: 'Add webhook' }).click();
    expect(await page.getByRole('textbox', { name: 'Signing secret' }).inputValue()).toMatch(/^whsec_/u);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('No calls yet').waitFor();
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The address took a test call.').waitFor();
    // Gone is what nobody tries again.
    receiver.answer = () => ({ status: 410, body: 'nobody here' });
    await page.getByRole('button', { name: 'Send a test' }).click();
    await rowsOf('Calls').getByText('Given up').waitFor();
    await page.getByText('Out of use: nothing goes there').or(page.getByText('HTTP 410')).first().waitFor();
    await expectGoodPage(visitor, 'webhook with a dead letter', {
      path: new URL(page.url()).pathname,
      shows: 'Given up',
    });
    receiver.answer = () => ({ status: 204 });
    const more = page.getByRole('button', { name: 'More to do with this destination' });
    await more.click();
    const again = page.getByRole('menuitem', { name: 'Use again' });
    if (await again.isVisible()) await again.click();
    else await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('1 call on the way again').first().waitFor();
    await rowsOf('Calls').getByText('Delivered').waitFor();
    await more.click();
    await page.getByRole('menuitem', { name: 'New signing secret' }).click();
    await page.getByRole('button', { name: 'Make a new secret' }).click();
    expect(await page.getByRole('textbox', { name: 'Signing secret' }).inputValue()).toMatch(/^whsec_/u);
    await page.getByRole('button', { name: 'Done' }).click();
    await expectGoodPage(visitor, 'destinations', {
      path: stage.at('destinations'),
      shows: 'Acme’s CRM',
    });
    expectQuiet(visitor);
  });

  it('is deleted when nothing uses it', async () => {
    await open('destinations?kind=WEBHOOK');
    await rowsOf('Destinations').getByRole('link').first().click();
    await page.getByRole('button', { name: 'More to do with this destination' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete destination' }).click();
    await page.waitForURL(/destinations$/u);
    await page.getByRole('link', { name: 'Acme on Meta' }).waitFor();
    expect(await page.getByRole('link', { name: 'Acme’s CRM' }).count()).toBe(0);
    expectQuiet(visitor);
  });
});

describe('an editor', inBrowser, () => {
  it('sees destinations, and nothing that only administrators may do', async () => {
    const editor = await stage.visit(await stage.member('EDITOR'));
    await editor.page.goto(stage.at('destinations'));
    await editor.page.getByRole('link', { name: 'Acme on Meta' }).waitFor();
    expect(await editor.page.getByText('Add destination').count()).toBe(0);
    await editor.page.getByRole('link', { name: 'Acme on Meta' }).click();
    await editor.page.getByRole('heading', { name: 'Connection' }).waitFor();
    expect(await editor.page.getByRole('button', { name: /Test connection|More to do/ }).count()).toBe(0);
    await editor.page.goto(stage.at('destinations/new'));
    await editor.page.getByText('Destinations are for administrators').waitFor();
    await editor.close();
    expectQuiet(editor);
  });
});
