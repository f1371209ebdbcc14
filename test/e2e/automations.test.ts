import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { smtpUser, startSmtp, type SmtpServer } from '../activation/smtp.js';
import { startReceiver, type Receiver } from '../activation/receiver.js';
import { expectAccessible, expectQuiet, inBrowser, type Visitor } from './browser.js';
import { expectGoodPage } from './check-page.js';
import { openStage, type Stage } from './open-stage.js';

/** Automations, from the first draft to what they did, with a mail server and a webhook behind them. */

vi.setConfig({ testTimeout: 180_000 });

let stage: Stage;
let smtp: SmtpServer;
let receiver: Receiver;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [stage, smtp, receiver] = await Promise.all([openStage(), startSmtp(), startReceiver()]);
  const add = (name: string, definition: object) =>
    stage.ask(
      'mutation ($w: ID!, $input: CreateDestinationInput!) { createDestination(workspaceId: $w, input: $input) { id } }',
      { input: { name, definition } },
    );
  const server = { host: '127.0.0.1', port: smtp.port, tls: 'none', fromAddress: 'hello@northwind.example' };
  await add('Northwind’s mail server', { smtp: { ...server, ...smtpUser } });
  await add('Northwind’s CRM', { webhook: { url: receiver.url } });
});
afterAll(async () => {
  await stage?.close();
  await Promise.all([smtp?.close(), receiver?.close()]);
});
beforeEach(async () => {
  visitor = await stage.visit();
  ({ page } = visitor);
});
afterEach(() => visitor.close());

const rowsOf = (label: string) => page.getByRole('group', { name: label }).getByRole('row');

async function add(action: string): Promise<void> {
  await page.getByRole('button', { name: 'Add an action' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Somebody who enters the segment of large companies. */
async function enterSegment(email: string): Promise<void> {
  await stage.ask(
    'mutation ($w: ID!, $input: ContactInput!) { upsertContact(workspaceId: $w, input: $input) { outcome } }',
    {
      input: {
        email,
        attributes: [{ key: 'first_name', value: 'Ottilie' }],
        company: { domain: 'tidewater.example' },
        consents: [{ channel: 'email', state: 'granted' }],
      },
    },
  );
}

describe('a workspace without automations', inBrowser, () => {
  it('says what they are for', async () => {
    await expectGoodPage(visitor, 'no automations', {
      path: stage.at('automations'),
      shows: 'No automations yet',
    });
    await expectGoodPage(visitor, 'no follow-ups', {
      path: stage.at('follow-ups'),
      shows: 'Nothing to follow up',
    });
    await expectGoodPage(visitor, 'new automation', {
      path: stage.at('automations/new'),
      shows: 'Add what is to happen',
    });
    expectQuiet(visitor);
  });
});

describe('an automation', inBrowser, () => {
  it('is written with a preview of its e-mail, and saved as a draft', async () => {
    await page.goto(stage.at(`automations/new?segment=${stage.agency.segments['Large companies']}`));
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Welcome large companies');
    await add('Send an e-mail');
    await page.getByRole('combobox', { name: 'Mail server' }).click();
    await page.getByRole('option', { name: 'Northwind’s mail server' }).click();
    await page.getByLabel('Subject').fill('For {{ contact.first_name | default: "you" }}');
    await page.getByLabel('Text', { exact: true }).fill('Hello {{ contact.first_name }');
    const preview = page.getByRole('region', { name: 'Preview' });
    await preview.getByText(/text, line 1/u).waitFor();
    await page.getByLabel('Text', { exact: true }).fill('Hello {{ contact.first_name }}');
    await preview.getByText(/^Hello \w+/u).waitFor();
    await preview.getByText('Unsubscribe').waitFor();
    await page.getByRole('combobox', { name: 'As this contact gets it' }).click();
    await page.getByRole('option', { name: 'Somebody unknown' }).click();
    await preview.getByText('For you').waitFor();
    await page.getByRole('checkbox', { name: 'With HTML' }).click();
    await page
      .getByLabel('HTML', { exact: true })
      .fill('<h1 style="color: teal">Hello {{ workspace.name }}</h1>');
    const message = page.frameLocator('iframe[title="The message as HTML"]');
    await message.getByRole('heading', { name: 'Hello Northwind Analytics' }).waitFor();
    await preview.scrollIntoViewIfNeeded();
    await page.screenshot({ path: 'test-results/pages/e-mail-being-written-light-1280.png' });
    await add('Ask sales to follow up');
    await page.getByLabel('What is to be done').fill('Call and ask what they need');
    await add('Tell a webhook');
    await page.getByRole('combobox', { name: 'Webhook' }).click();
    await page.getByRole('option', { name: 'Northwind’s CRM' }).click();
    await add('Wait');
    await page.getByLabel('How long').fill('2');
    await page
      .getByRole('listitem', { name: '4. Wait' })
      .getByRole('button', { name: 'Do it earlier' })
      .click();
    await page.getByRole('listitem', { name: '3. Wait' }).waitFor();
    await page
      .getByRole('listitem', { name: '3. Wait' })
      .getByRole('button', { name: 'Take it out' })
      .click();
    await page.getByRole('checkbox', { name: 'Cap e-mails to a contact' }).click();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    await page.screenshot({
      path: 'test-results/pages/automation-being-written-light-1280.png',
      fullPage: true,
    });
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.getByRole('heading', { name: 'Welcome large companies', level: 1 }).waitFor();
    await page.getByText(/it would have reached/u).waitFor();
    await page.getByText('Tell Northwind’s CRM').waitFor();
    await page.getByText('At most 2 e-mails a contact in 7 days').waitFor();
    expectQuiet(visitor);
  });

  it('does what it says once it is active, and shows each run', async () => {
    await page.goto(stage.at('automations'));
    await rowsOf('Automations').getByRole('link', { name: 'Welcome large companies' }).click();
    await page.getByRole('button', { name: 'Activate' }).click();
    await page.getByText('Active', { exact: true }).waitFor();
    await enterSegment('ottilie@example.com');
    await rowsOf('Runs').getByText('Ottilie').waitFor({ timeout: 60_000 });
    await rowsOf('Runs').getByText('Done', { exact: true }).waitFor({ timeout: 60_000 });
    expect(smtp.mails.map(({ to }) => to)).toEqual([['ottilie@example.com']]);
    expect(smtp.mails[0]?.headers['subject']).toBe('For Ottilie');
    await expect.poll(() => receiver.calls.length).toBe(1);
    await expectGoodPage(visitor, 'automation', {
      path: new URL(page.url()).pathname,
      shows: 'Send an e-mail:',
    });
    await expectGoodPage(visitor, 'automations', {
      path: stage.at('automations'),
      shows: 'Welcome large companies',
    });
    expectQuiet(visitor);
  });

  it('is changed without writing over what others did, paused and archived', async () => {
    await page.goto(stage.at('automations'));
    await rowsOf('Automations').getByRole('link', { name: 'Welcome large companies' }).click();
    await page.getByRole('button', { name: 'More to do with this automation' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Welcome, large companies');
    const { workspace } = await stage.ask<{
      workspace: { automations: { edges: { node: { id: string; version: number } }[] } };
    }>('query ($w: ID!) { workspace(id: $w) { automations { edges { node { id version } } } } }');
    const { id, version } = workspace.automations.edges[0]!.node;
    await stage.ask(
      'mutation ($w: ID!, $input: UpdateAutomationInput!) { updateAutomation(workspaceId: $w, input: $input) { id } }',
      { input: { id, version, name: 'By somebody else' } },
    );
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('It was not saved').waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Edit By somebody else' }).waitFor();
    expect(await page.getByLabel('What is to be done').inputValue()).toBe('Call and ask what they need');
    await name.fill('Welcome');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Welcome', exact: true, level: 1 }).waitFor();
    await page.getByText(/Version 3/u).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('What happens meanwhile is passed over').waitFor();
    await page.mouse.move(0, 0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'More to do with this automation' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByRole('button', { name: 'Archive automation' }).click();
    await page.getByText('Archived', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /Resume|More to do/ }).count()).toBe(0);
    // The refused change is a request of the page that the browser does not complain of.
    expectQuiet(visitor);
  });
});

describe('the queue of follow-ups', inBrowser, () => {
  it('is taken, moved and done', async () => {
    await expectGoodPage(visitor, 'follow-ups', {
      path: stage.at('follow-ups'),
      shows: 'Ottilie',
    });
    const row = rowsOf('Follow-ups').filter({ hasText: 'Call and ask' });
    await row.getByText('Nobody yet').waitFor();
    await row.getByRole('button', { name: 'More to do with this follow-up' }).click();
    await page.getByRole('menuitem', { name: 'Take it' }).click();
    await row.getByText('You').waitFor();
    await row.getByRole('button', { name: 'More to do with this follow-up' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByLabel('What is to be done').fill('Write to them');
    await page.getByLabel('Due').fill('2031-05-06');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Save' }).click();
    await rowsOf('Follow-ups').getByText('May 6, 2031').waitFor();
    await page.getByRole('combobox', { name: 'Whose follow-ups' }).click();
    await page.getByRole('option', { name: 'Mine' }).click();
    await page.waitForURL(/whose=mine/u);
    await rowsOf('Follow-ups').getByRole('button', { name: 'Done' }).click();
    await page.getByText('Nothing is yours to do').waitFor();
    await page.getByRole('combobox', { name: 'Which follow-ups' }).click();
    await page.getByRole('option', { name: 'Done' }).click();
    await rowsOf('Follow-ups').getByText('Write to them').last().waitFor();
    expectQuiet(visitor);
  });
});

describe('a viewer', inBrowser, () => {
  it('sees what automations do, and no button', async () => {
    const viewer = await stage.visit(await stage.member('VIEWER'));
    await viewer.page.goto(stage.at('automations?show=archived'));
    await viewer.page.getByRole('link', { name: 'Welcome' }).click();
    await viewer.page.getByRole('heading', { name: 'Runs' }).waitFor();
    expect(await viewer.page.getByRole('button', { name: /Activate|Pause|Resume|More to do/ }).count()).toBe(
      0,
    );
    await viewer.page.goto(stage.at('follow-ups?show=DONE'));
    await viewer.page.getByText('Write to them').last().waitFor();
    expect(await viewer.page.getByRole('button', { name: /Done|More to do/ }).count()).toBe(0);
    await viewer.page.goto(stage.at('automations/new'));
    await viewer.page.getByText('Automations are made by editors').waitFor();
    await viewer.close();
    expectQuiet(viewer);
  });
});
