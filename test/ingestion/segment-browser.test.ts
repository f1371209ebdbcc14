import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { AnalyticsBrowser } from '@segment/analytics-next';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { openBrowser } from '../support/browser.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let browser: Browser;
let site: Site;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
  browser = await openBrowser();
  site = await serveSite();
});
afterAll(async () => {
  await browser?.close();
  site?.server.close();
  await app?.close();
});
beforeEach(async () => {
  workspace = await createWorkspace(app, { scopes: ['events:write'] });
});

interface Site {
  url: string;
  server: Server;
}

/** A site of somebody else, on an origin of its own, with the SDK's own build and nothing else. */
async function serveSite(): Promise<Site> {
  const umd = join(dirname(createRequire(import.meta.url).resolve('@segment/analytics-next')), '../umd');
  const server = createServer(async (request, response) => {
    const script = /^\/sdk\/([\w.-]+\.js)$/.exec(request.url ?? '')?.[1];
    if (script) {
      response.setHeader('content-type', 'text/javascript');
      response.end(await readFile(join(umd, script)));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>Prices</title><script src="/sdk/index.js"></script>');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, server };
}

declare global {
  interface Window {
    AnalyticsNext: { AnalyticsBrowser: typeof AnalyticsBrowser };
    analytics: AnalyticsBrowser;
  }
}

/** Opens a page of the site and loads the SDK as its documentation says, with nothing but another address. */
async function open(path: string): Promise<{ page: Page; elsewhere: string[] }> {
  const page = await browser.newPage({ locale: 'de-AT', timezoneId: 'Europe/Vienna' });
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== site.url && origin !== app.url) elsewhere.push(request.url());
  });
  await page.goto(`${site.url}${path}`);
  await page.evaluate(
    async ([writeKey, cdnURL]) => {
      window.analytics = window.AnalyticsNext.AnalyticsBrowser.load({ writeKey: writeKey!, cdnURL: cdnURL! });
      await window.analytics;
    },
    [workspace.key, app.url],
  );
  return { page, elsewhere };
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

describe('@segment/analytics-next in a page of another origin', () => {
  it('loads its settings, sends every call, and talks to nobody else', async () => {
    const { page, elsewhere } = await open('/pricing?utm_source=google&utm_medium=cpc&utm_campaign=spring');
    await page.evaluate(async () => {
      const { analytics } = window;
      await analytics.page('Pricing');
      await analytics.track('Demo Requested', { form: 'demo' });
      await analytics.identify('u1', { email: 'dana@example.com', firstName: 'Dana' });
      await analytics.group('g1', { name: 'Acme' });
      await analytics.track('Signed Up');
    });
    await expect.poll(() => rows('select 1 from events where workspace_id = $1')).toHaveLength(3);
    await expect.poll(() => rows('select 1 from companies where workspace_id = $1')).toHaveLength(1);
    const events = await rows(
      `select name, target, source, properties ->> 'utm_source' as utm, properties ->> 'path' as path
       from events where workspace_id = $1 order by occurred_at`,
    );
    const everywhere = { source: 'analytics.js', utm: 'google', path: '/pricing' };
    expect(events).toEqual([
      { name: 'page_viewed', target: '/pricing', ...everywhere },
      { name: 'Demo Requested', target: 'demo', ...everywhere },
      { name: 'Signed Up', target: '/pricing', ...everywhere },
    ]);
    expect(elsewhere).toEqual([]);
    await page.close();
  });

  it('makes one person of the visitor and the user, and knows the language and the first campaign', async () => {
    const first = await open('/?utm_source=google&utm_medium=cpc&utm_campaign=spring');
    await first.page.evaluate(async () => {
      await window.analytics.page();
      await window.analytics.identify('u1', { email: 'dana@example.com' });
    });
    await expect
      .poll(() =>
        rows(
          `select kind from contact_identities where workspace_id = $1 and kind <> 'anonymous_id' order by 1`,
        ),
      )
      .toEqual([{ kind: 'email' }, { kind: 'external_id' }]);
    await first.page.close();
    const second = await open('/?utm_source=newsletter');
    await second.page.evaluate(() => window.analytics.identify('u1', { plan: 'pro' }));
    await second.page.evaluate(() => window.analytics.page());
    await expect.poll(() => rows('select 1 from events where workspace_id = $1')).toHaveLength(2);
    await second.page.close();
    const people = await rows('select id from contacts where workspace_id = $1');
    expect(people).toHaveLength(1);
    expect(
      await rows(`select key, text from contact_attributes
                  where workspace_id = $1 and key not in ('email', 'external_id') order by key`),
    ).toEqual([
      { key: 'language', text: 'de-AT' },
      { key: 'plan', text: 'pro' },
      { key: 'time_zone', text: 'Europe/Vienna' },
      { key: 'utm_campaign', text: 'spring' },
      { key: 'utm_medium', text: 'cpc' },
      { key: 'utm_source', text: 'google' },
    ]);
  });

  it('stores neither the address nor the browser of the visitor', async () => {
    const { page } = await open('/');
    await page.evaluate(async () => {
      await window.analytics.page();
      // A name that is too long: kept in quarantine.
      await window.analytics.track('x'.repeat(201));
    });
    await expect.poll(() => rows('select 1 from quarantined_events where workspace_id = $1')).toHaveLength(1);
    const stored = await rows(
      `select row_to_json(e)::text as text from events e where workspace_id = $1
       union all select row_to_json(q)::text from quarantined_events q where workspace_id = $1`,
    );
    expect(stored).toHaveLength(2);
    expect(JSON.stringify(stored)).not.toMatch(/127\.0\.0\.1|Mozilla|HeadlessChrome/u);
    await page.close();
  });
});
