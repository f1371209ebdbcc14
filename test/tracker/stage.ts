import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { openGateway, type Gateway } from './gateway.js';
import { openSite, type Site } from './site.js';

/** An event as it is stored. */
export interface StoredEvent {
  name: string;
  target: string | null;
  properties: Record<string, unknown>;
  messageId: string;
  contactId: string;
}

/** All that a test of the tag needs: Coterie, a website on another origin, and a browser with a fresh visitor. */
export interface Stage {
  app: TestApp;
  gateway: Gateway;
  site: Site;
  browser: Browser;
  /** A new one for each test. */
  workspace: TestWorkspace;
  /** A new visitor for each test. */
  visitor: BrowserContext;
  /** Makes the site's document: the tag with more attributes, and what the page holds. */
  write(attributes?: string, body?: string): void;
  /** Opens a page of the site in a tab of its own, and waits for the tag. */
  visit(path: string, options?: { referer?: string; site?: string }): Promise<Page>;
  /** Another visitor; closed after the test. */
  newVisitor(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** What was stored, in the order in which it happened. */
  events(): Promise<StoredEvent[]>;
}

/** Sets the stage for the tests of a file. */
export function setStage(): Stage {
  const stage = {} as Stage;
  const visitors: BrowserContext[] = [];
  beforeAll(async () => {
    stage.app = await startTestApp();
    stage.gateway = await openGateway(stage.app.url);
    stage.site = await openSite();
    stage.browser = await openBrowser('--host-resolver-rules=MAP *.example 127.0.0.1');
  });
  afterAll(async () => {
    await stage.browser?.close();
    await stage.site?.close();
    await stage.gateway?.close();
    await stage.app?.close();
  });
  beforeEach(async () => {
    Object.assign(stage.gateway, { weather: 'fair', forecast: [], batches: [] });
    stage.workspace = await createWorkspace(stage.app, { scopes: ['events:write'] });
    stage.site.headers = {};
    stage.write();
    stage.visitor = await stage.newVisitor();
  });
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.close();
  });
  return Object.assign(stage, {
    write(attributes = '', body = '') {
      stage.site.html = `<!doctype html><html lang="en"><head><title>Shop</title>${tag(attributes)}</head><body>${body}</body></html>`;
    },
    async visit(path: string, { referer, site = stage.site.url }: { referer?: string; site?: string } = {}) {
      const page = await stage.visitor.newPage();
      await page.goto(site + path, referer === undefined ? {} : { referer });
      await page.waitForFunction('window.coterie');
      return page;
    },
    async newVisitor(options?: BrowserContextOptions) {
      const visitor = await stage.browser.newContext(options);
      visitors.push(visitor);
      return visitor;
    },
    events: () => storedEvents(stage),
  });

  function tag(attributes: string): string {
    const { gateway, workspace } = stage;
    return `<script async src="${gateway.url}/coterie.js" data-write-key="${workspace.key}" ${attributes}></script>`;
  }
}

async function storedEvents({ app, workspace }: Stage): Promise<StoredEvent[]> {
  const { rows } = await app.database.owner.query(
    `select e.name, e.target, e.properties, e.message_id as "messageId", c.id as "contactId"
     from events e join contacts c using (workspace_id, ordinal)
     where workspace_id = $1 order by e.occurred_at, e.received_at, e.id`,
    [workspace.id],
  );
  return rows;
}

/** Waits until the page has told all it has to tell, and Coterie has answered for it. */
export async function settled(page: Page): Promise<void> {
  // Longer than the tag waits for a title to change.
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 150))');
  await page.waitForFunction(`Object.keys(localStorage).every((key) => !key.startsWith('coterie:q:'))`);
}

/** Does this in the page and leaves it in the same breath. */
export async function leave(page: Page, script: string): Promise<void> {
  await Promise.all([
    page.waitForURL('about:blank'),
    page.evaluate(`${script}; location.href = 'about:blank'`),
  ]);
}

/** Asks until the answer is as expected. */
export function expectSoon<Answer>(ask: () => Answer | Promise<Answer>) {
  return expect.poll(ask, { timeout: 20_000 });
}

/** Waits for events with these names, in this order, and no others. */
export async function expectEvents(stage: Stage, names: readonly string[]): Promise<StoredEvent[]> {
  await expectSoon(() => namesOf(stage)).toEqual(names);
  return stage.events();
}

async function namesOf(stage: Stage): Promise<string[]> {
  return (await stage.events()).map(({ name }) => name);
}
