import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgency, type Agency } from '../support/agency.js';
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

/** What an agency's team does of a day, page by page; and that everybody sees what is theirs and nothing else. */

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

const home = (name: keyof Agency['workspaces'] = 'Northwind Analytics'): string =>
  `/w/${agency.workspaces[name]}`;
const rowsOf = (label: string) => page.getByRole('group', { name: label }).getByRole('row');

/** A new member of the agency, with a role in one workspace. */
async function newMember(role: string, workspace: keyof Agency['workspaces']): Promise<Person> {
  const { inviteMember } = await agency.owner.query<{ inviteMember: { token: string } }>(
    `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
       inviteMember(organizationId: $organizationId, input: $input) { token } }`,
    {
      organizationId: agency.organizationId,
      input: { email: newEmail(), workspaces: [{ workspaceId: agency.workspaces[workspace], role }] },
    },
  );
  const member = new Person(app.url);
  await member.query(
    'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }',
    { input: { token: inviteMember.token, name: 'Noor Haddad', password: 'correct horse battery' } },
  );
  return member;
}

describe('the organization’s home', inBrowser, () => {
  it('shows each workspace with its contacts, in the order asked for, by one request', async () => {
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/graphql')) asked.push(request.postData() ?? '');
    });
    await page.goto('/workspaces?sort=contacts');
    const rows = rowsOf('Workspaces of Brightside');
    // Rows that only keep the place have no link.
    await rows.getByRole('link').nth(3).waitFor();
    const shown = (await rows.allInnerTexts()).slice(1).map((row) => row.match(/420|140|60|\b0\b/)?.[0]);
    expect(shown).toEqual(['420', '140', '60', '0']);
    expect(asked.filter((body) => body.includes('OrganizationHome'))).toHaveLength(1);
    await page.getByLabel('Find a workspace').fill('lumen');
    await page.getByText('Northwind Analytics').first().waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Lumen Dental' }).click();
    await page.getByRole('heading', { name: 'Since yesterday' }).waitFor();
    expectQuiet(visitor);
  });
});

describe('the command palette', inBrowser, () => {
  it('leads to people, segments and pages by a few letters', async () => {
    await page.goto(home());
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    const find = async (words: string, option: string): Promise<void> => {
      await page.keyboard.press('Control+k');
      await page
        .getByRole('dialog')
        .getByRole('combobox')
        .or(page.getByPlaceholder(/Find a workspace/))
        .first()
        .fill(words);
      await page.getByRole('option', { name: option }).first().click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await find('webinar', 'Webinar guests');
    await page.getByRole('heading', { name: 'Webinar guests', level: 1 }).waitFor();
    await find('greta brandt', 'Greta Brandt');
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await find('kestrel', 'Kestrel Health');
    await page.getByRole('heading', { name: 'Kestrel Health', level: 1 }).waitFor();
    await find('usage', 'Usage');
    await page.getByRole('heading', { name: 'Usage', level: 1 }).waitFor();
    expectQuiet(visitor);
  });

  it('is accessible', async () => {
    await page.goto(home());
    await page.getByRole('button', { name: /Find anything/ }).click();
    await page.getByRole('option', { name: 'Contacts' }).waitFor();
    await expectAccessible(page);
  });
});

describe('the contacts', inBrowser, () => {
  it('are narrowed by a rule, which is said in words and checked as it is written', async () => {
    await page.goto(`${home()}/contacts`);
    await page.getByRole('button', { name: 'Rule' }).click();
    const rule = page.getByLabel('Rule', { exact: true });
    await rule.fill('event "order_completed" in last 60 dayz');
    await page.getByText(/Line 1, column/).waitFor();
    expect(await page.getByRole('button', { name: 'Filter' }).isDisabled()).toBe(true);
    await rule.fill('no_such_key is "a"');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page
      .getByText(/no_such_key/)
      .last()
      .waitFor();
    await rule.fill('event "order_completed"');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText(/Everyone who/).waitFor();
    const { previewSegment } = await agency.owner.query<{ previewSegment: { count: { value: number } } }>(
      `query ($w: ID!) { previewSegment(workspaceId: $w, input: { rule: { text: "event \\"order_completed\\"" } }) { count { value } } }`,
      { w: agency.workspaces['Northwind Analytics'] },
    );
    // Only rows in view are in the page; how many there are in all is what the table says.
    const table = page.getByRole('group', { name: 'Contacts' }).getByRole('table');
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(String(previewSegment.count.value + 1));
    await page.reload();
    await page.getByText(/Everyone who/).waitFor();
    await page.getByRole('link', { name: 'Make a segment of it' }).waitFor();
  });

  it('are chosen and put on a new list, which then narrows them', async () => {
    await page.goto(`${home()}/contacts`);
    await page
      .getByRole('checkbox', { name: /^Choose (?!all)/ })
      .nth(0)
      .click();
    await page
      .getByRole('checkbox', { name: /^Choose (?!all)/ })
      .nth(2)
      .click();
    await page.getByText('2 contacts chosen').waitFor();
    await page.getByRole('button', { name: 'Add to a list' }).click();
    await page.getByLabel('Name of the list').fill('Spring dinner');
    await page.getByRole('button', { name: 'Add to the list' }).click();
    await page.getByText('2 contacts added').first().waitFor();
    await page.reload();
    await page
      .getByRole('button', { name: /^Only members of/ })
      .or(page.getByRole('combobox', { name: /^Only members of/ }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Spring dinner' }).click();
    await expect.poll(() => rowsOf('Contacts').count()).toBe(3);
    expectQuiet(visitor);
  });

  it('have the columns that one chooses, also the next time', async () => {
    await page.goto(`${home()}/contacts`);
    await page.getByRole('columnheader', { name: 'Job title' }).waitFor();
    await page
      .getByRole('button', { name: 'Columns' })
      .or(page.getByRole('combobox', { name: 'Columns' }))
      .first()
      .click();
    await page.getByRole('option', { name: 'Lead score' }).click();
    await page.getByRole('option', { name: 'Job title' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Lead score' }).waitFor();
    await page.reload();
    await page.getByRole('columnheader', { name: 'Lead score' }).waitFor();
    expect(await page.getByRole('columnheader', { name: 'Job title' }).count()).toBe(0);
    expectQuiet(visitor);
  });

  it('each show what they did, all of it or one kind, and lead to their company', async () => {
    await page.goto(
      `${home()}/contacts?${new URLSearchParams({ rule: 'event "order_completed" and company.name exists' })}`,
    );
    await rowsOf('Contacts').nth(1).getByRole('link').first().click();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline.getByRole('listitem').first().waitFor();
    await timeline.getByRole('combobox', { name: 'Which events' }).click();
    await page.getByRole('option', { name: 'Order completed' }).click();
    await expect
      .poll(async () =>
        [...new Set(await timeline.getByRole('listitem').allInnerTexts())].every((text) =>
          text.includes('Order completed'),
        ),
      )
      .toBe(true);
    await page.getByRole('region', { name: 'Company' }).getByRole('link', { name: 'Show' }).click();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    await rowsOf('People of the company').nth(1).waitFor();
    await expectAccessible(page);
    expectQuiet(visitor);
  });
});

describe('an import', inBrowser, () => {
  const csv =
    'Email,First Name,Shoe size,Signed up at\nnew.one@example.com,Ann,38,03/04/2026\nnew.two@example.com,Bob,44,05/06/2026\nnobody,No,40,01/02/2026\n';

  it('is mapped, tried out, carried out and undone', async () => {
    await page.goto(`${home('Acme Robotics')}/imports/new`);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByRole('cell', { name: 'new.one@example.com' }).waitFor();
    // The day and the month cannot be told apart: it has to be said.
    const written = page.getByRole('combobox', { name: /How the dates of “Signed up at” are written/ });
    await written.waitFor();
    expect(await page.getByRole('button', { name: 'Try it out' }).isDisabled()).toBe(true);
    await expectAccessible(page);
    await written.click();
    await page.getByRole('option', { name: '05/03 is the 5th of March' }).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByText('Nothing was changed').waitFor();
    await page.getByRole('region', { name: 'Rejected rows' }).getByText('Column “Email”').waitFor();
    await expectAccessible(page);
    // It can be left and come back to.
    await page.reload();
    await page.getByRole('button', { name: 'Import 2 rows' }).click();
    await page.getByRole('link', { name: 'See contacts' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo import' }).click();
    await page.getByText('2 contacts deleted').waitFor();
    expectQuiet(visitor);
  });
});

describe('usage', inBrowser, () => {
  it('is told day by day, as a file as well, and can be limited', async () => {
    await page.goto(`${home()}/usage`);
    await page.getByRole('region', { name: 'Events' }).locator('svg').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const lines = (await readAll(await download.createReadStream())).trim().split('\r\n');
    expect(lines).toHaveLength(31);
    expect(lines[0]).toContain('api_calls');
    await page.getByRole('button', { name: 'Set a quota' }).click();
    await page.getByRole('spinbutton', { name: 'How much' }).fill('1000000');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Save quota' }).click();
    await page.getByText('of 1,000,000').waitFor();
    await expectAccessible(page);
    expectQuiet(visitor);
  });
});

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}

describe('the data of a workspace', inBrowser, () => {
  it('has attributes that are made, renamed and put aside', async () => {
    await page.goto(`${home()}/data`);
    await page.getByRole('button', { name: 'New attribute' }).click();
    await page.getByLabel('Name').fill('Favourite colour');
    expect(await page.getByLabel('Key').inputValue()).toBe('favourite_colour');
    await page.getByRole('button', { name: 'Create attribute' }).click();
    await page.getByRole('button', { name: 'More about Favourite colour' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByLabel('Key').fill('colour');
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Formerly favourite_colour').waitFor();
    await page.getByRole('button', { name: 'More about Favourite colour' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await page.getByText('Formerly favourite_colour').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Archived' }).click();
    await page.getByText('Formerly favourite_colour').waitFor();
    expectQuiet(visitor);
  });

  it('has suppressions, of which those that cannot be read stay to be mended', async () => {
    await page.goto(`${home()}/data/consent`);
    await page.getByRole('button', { name: 'Suppress' }).click();
    await page.getByLabel('Whom').fill('gone@example.com\nnot an address');
    await page.getByRole('dialog').getByRole('button', { name: 'Suppress' }).click();
    await page.getByText(/^not an address:/).waitFor();
    expect(await page.getByLabel('Whom').inputValue()).toBe('not an address');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('gone@example.com').waitFor();
    await page.getByRole('button', { name: 'Lift gone@example.com' }).click();
    await page.getByText('Nobody is suppressed').waitFor();
    expectQuiet(visitor);
  });
});

describe('settings', inBrowser, () => {
  it('show what was done, narrowed by the operation', async () => {
    await page.goto(`${home()}/settings/audit`);
    await rowsOf('Audit log').nth(2).waitFor();
    await page.getByLabel('Operation').fill('archiveSegment');
    await page.waitForURL(/operation=archiveSegment/);
    await expect.poll(() => rowsOf('Audit log').count()).toBe(2);
    expect(await rowsOf('Audit log').nth(1).innerText()).toContain('Mara Lindholm');
    expectQuiet(visitor);
  });

  it('hand out everything that is known of somebody', async () => {
    const { workspace } = await agency.owner.query<{
      workspace: { contacts: { edges: { node: { identities: { kind: string; value: string }[] } }[] } };
    }>(
      'query ($id: ID!) { workspace(id: $id) { contacts(first: 1) { edges { node { identities { kind value } } } } } }',
      {
        id: agency.workspaces['Northwind Analytics'],
      },
    );
    const identities = workspace.contacts.edges.flatMap(({ node }) => node.identities);
    const email = identities.find(({ kind }) => kind === 'email')?.value ?? '';
    await page.goto(`${home()}/settings/privacy`);
    await page.getByRole('button', { name: 'New request' }).click();
    await page.getByText('Erasure').first().waitFor();
    await page.getByLabel('Which is').fill(email);
    await page.getByRole('button', { name: 'Make the file' }).click();
    const request = rowsOf('Privacy requests').filter({ hasText: 'Copy of everything' });
    await request.getByText('Done').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      request.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('personal-data.ndjson');
    expectQuiet(visitor);
  });
});

describe('the API explorer', inBrowser, () => {
  it('answers by the session, and knows the schema', async () => {
    await page.goto(`${home()}/explorer`);
    await page.getByRole('button', { name: 'Examples' }).click();
    await page.getByRole('menuitem', { name: 'Count a rule' }).click();
    await page.getByRole('button', { name: 'Send' }).click();
    const answer = page.getByRole('region', { name: 'Answer' });
    await answer.getByText('Answered').waitFor();
    await answer.getByText('previewSegment').waitFor();
    await page.getByRole('button', { name: 'Schema' }).click();
    await page.getByLabel('Find in the schema').fill('previewSeg');
    await page.getByRole('button', { name: 'Query.previewSegment' }).click();
    await page.getByText('Counts a rule and each of its nodes').waitFor();
    await expectAccessible(page);
    expectQuiet(visitor);
  });
});

describe('a viewer', inBrowser, () => {
  it('is shown nothing that the API would refuse', async () => {
    const viewer = await newMember('VIEWER', 'Northwind Analytics');
    await visitor.context.clearCookies();
    await enter(visitor, viewer.cookie);
    const refused: string[] = [];
    page.on('response', async (response) => {
      if (!response.url().endsWith('/graphql')) return;
      const text = await response.text().catch(() => '');
      if (text.includes('FORBIDDEN')) refused.push(response.request().postData() ?? '');
    });
    const shownTo: string[] = [];
    const parts = [
      '',
      '/contacts',
      '/companies',
      '/imports',
      '/imports/new',
      '/segments',
      '/audiences',
      '/destinations',
      '/automations',
      '/follow-ups',
      '/usage',
      '/data',
      '/data/consent',
      '/data/email-sources',
      '/data/forms',
      '/data/quarantine',
      '/data/conflicts',
      '/explorer',
      '/settings/privacy',
      '/settings/audit',
    ];
    for (const part of parts) {
      await page.goto(`${home()}${part}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      const names = await page.getByRole('main').locator('a, button').allInnerTexts();
      const changing = /^(?:New|Import|Suppress|Set|Add|Archive|Invite|Lift|Undo|Delete|Take)\b/;
      shownTo.push(...names.filter((name) => changing.test(name.trim())).map((name) => `${part}: ${name}`));
    }
    expect(shownTo.filter((shown) => !shown.endsWith('Archived'))).toEqual([]);
    expect(refused).toEqual([]);
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0);
    await page.goto('/workspaces');
    await rowsOf('Workspaces of Brightside').nth(1).waitFor();
    expect(await page.getByRole('button', { name: 'New workspace' }).count()).toBe(0);
    expectQuiet(visitor);
  });
});

describe('a member of one workspace', inBrowser, () => {
  it('finds no trace of another', async () => {
    const member = await newMember('ADMIN', 'Harbor & Pine');
    await visitor.context.clearCookies();
    await enter(visitor, member.cookie);
    await page.goto('/workspaces');
    await page.getByRole('link', { name: 'Harbor & Pine' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Find a workspace or page').fill('n');
    await page.getByRole('option', { name: 'Harbor & Pine' }).waitFor();
    const traces = async (): Promise<string[]> => {
      const text = await page.content();
      return ['Northwind', 'Lumen', 'Acme', agency.workspaces['Northwind Analytics']].filter((trace) =>
        text.includes(trace),
      );
    };
    expect(await traces()).toEqual([]);
    await page.keyboard.press('Escape');
    for (const part of [
      '',
      '/contacts',
      '/companies',
      '/segments',
      '/usage',
      '/data',
      '/settings/audit',
      '/settings/keys',
    ]) {
      await page.goto(`${home('Harbor & Pine')}${part}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
      expect(await traces(), part).toEqual([]);
    }
    await page.goto(home());
    await page.getByText('There is no such workspace').waitFor();
  });
});
