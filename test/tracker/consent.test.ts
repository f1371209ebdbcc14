import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserOptions } from '../support/browser.js';
import { expectEvents, expectSoon, leave, setStage, settled } from './stage.js';

const stage = setStage();

/** Everything that the site keeps in the browser. */
async function kept(page: Page): Promise<{ cookies: string[]; keys: string[] }> {
  const cookies = (await page.context().cookies()).map(({ name }) => name);
  const keys = await page.evaluate('[...Object.keys(localStorage), ...Object.keys(sessionStorage)]');
  return { cookies, keys: keys as string[] };
}

const nothing = { cookies: [], keys: [] };
const button = '<button data-coterie-event="Clicked">click</button>';

/** What somebody does who has a look around. */
async function lookAround(page: Page): Promise<void> {
  await page.evaluate(`
    coterie.identify('u1', { email: 'dana@example.com' });
    coterie.track('Tracked');
    history.pushState(null, '', '/next');
  `);
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 150))');
  await page.getByText('click').click();
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 500))');
}

describe('without consent', () => {
  it('nothing is stored and nothing sent, whatever is done and also when the page is left', async () => {
    stage.write('data-consent="denied"', button);
    const page = await stage.visit('/?utm_source=google');
    await lookAround(page);
    expect(await kept(page)).toEqual(nothing);
    await page.goto(`${stage.site.url}/later`);
    await page.waitForFunction('window.coterie');
    expect(await kept(page)).toEqual(nothing);
    expect(await page.evaluate('coterie.anonymousId()')).toBeUndefined();
    expect(stage.gateway.batches).toEqual([]);
  });

  it('what was done waits on the page, and is told as it was when consent comes', async () => {
    stage.write('data-consent="denied"', button);
    const page = await stage.visit('/?utm_source=google');
    await lookAround(page);
    await page.evaluate(`coterie.consent('granted'); coterie.track('After')`);
    await settled(page);
    const events = await expectEvents(stage, ['page_viewed', 'Tracked', 'page_viewed', 'Clicked', 'After']);
    expect(events.map(({ properties }) => properties['path'])).toEqual(['/', '/', '/next', '/next', '/next']);
    expect(events[0]!.properties).toMatchObject({ utm_source: 'google' });
    expect((await kept(page)).cookies).toEqual(['coterie_id']);
  });

  it('what an earlier page with consent has left waits as well', async () => {
    stage.gateway.weather = 'down';
    const before = await stage.visit('/before');
    await expectSoon(() => stage.gateway.batches.length).toBeGreaterThan(0);
    await before.goto('about:blank');
    Object.assign(stage.gateway, { weather: 'fair', batches: [] });
    stage.write('data-consent="denied"');
    const page = await stage.visit('/after');
    await page.evaluate(`dispatchEvent(new Event('online'))`);
    // As long as any wait for another try.
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1100))');
    await leave(page, '');
    const next = await stage.visit('/next');
    expect(stage.gateway.batches).toEqual([]);
    await next.evaluate(`coterie.consent('granted')`);
    await settled(next);
    expect((await stage.events()).map(({ target }) => target)).toEqual(['/before', '/next']);
  });

  it('what was done is dropped when it is denied for good', async () => {
    stage.write('data-consent="denied"', button);
    const page = await stage.visit('/');
    await lookAround(page);
    await page.evaluate(`coterie.consent('denied'); coterie.consent('granted'); coterie.track('After')`);
    await settled(page);
    await expectEvents(stage, ['After']);
  });

  it('that is withdrawn, all that was stored goes, and what was not yet sent', async () => {
    stage.write('', button);
    const page = await stage.visit('/?utm_source=google');
    await page.evaluate(`coterie.identify('u1')`);
    await settled(page);
    expect(await kept(page)).not.toEqual(nothing);
    stage.gateway.weather = 'down';
    await page.evaluate(`coterie.track('Unsent')`);
    await expectSoon(() => stage.gateway.messages().at(-1)!['event']).toBe('Unsent');
    await page.evaluate(`coterie.consent('denied')`);
    stage.gateway.weather = 'fair';
    await lookAround(page);
    await page.goto('about:blank');
    expect((await stage.visitor.cookies()).length).toBe(0);
    await expectEvents(stage, ['page_viewed']);
  });

  it.each([
    ['Do-Not-Track', 'doNotTrack', '1'],
    ['Global Privacy Control', 'globalPrivacyControl', true],
  ])(
    'by %s nothing is stored and nothing sent, and nothing that was stored stays',
    async (_, name, value) => {
      stage.write('', button);
      const before = await stage.visit('/before');
      await settled(before);
      await stage.visitor.addInitScript(
        `Object.defineProperty(Navigator.prototype, '${name}', { get: () => ${JSON.stringify(value)} })`,
      );
      const page = await stage.visit('/after');
      await page.evaluate(`coterie.consent('granted')`);
      await lookAround(page);
      expect(await kept(page)).toEqual(nothing);
      await expectEvents(stage, ['page_viewed']);
      stage.write('data-privacy-signals="false"');
      await settled(await stage.visit('/unless-told'));
      await expectEvents(stage, ['page_viewed', 'page_viewed']);
    },
  );
});

describe('what is stored', () => {
  it('is an id in a cookie for all of the domain, and that in storage, until a year after the last visit', async () => {
    const page = await stage.visit('/', { site: stage.site.named('www.shop') });
    await settled(page);
    const [cookie, ...others] = await stage.visitor.cookies();
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({
      name: 'coterie_id',
      domain: '.shop.example',
      path: '/',
      sameSite: 'Lax',
      value: await page.evaluate('coterie.anonymousId()'),
    });
    const days = (cookie!.expires - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(364.9);
    expect(days).toBeLessThan(365.1);
    expect((await kept(page)).keys).toEqual(['coterie:v:id']);
    const sister = await stage.visit('/', { site: stage.site.named('app.shop') });
    expect(await sister.evaluate('coterie.anonymousId()')).toBe(cookie!.value);
  });

  it('travels over TLS only where the site does', async () => {
    const { gateway, site, visitor } = stage;
    const secure = 'https://coterie.example';
    await visitor.route('https://shop.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: site.html.replace(gateway.url, secure) }),
    );
    await visitor.route(`${secure}/**`, async (route) => {
      const url = route.request().url().replace(secure, gateway.url);
      await route.fulfill({ response: await route.fetch({ url }) });
    });
    await settled(await stage.visit('/', { site: 'https://shop.example' }));
    expect(await stage.visitor.cookies()).toMatchObject([
      { name: 'coterie_id', domain: '.shop.example', secure: true },
    ]);
  });

  it('expires when the page says, in storage as in the cookie', async () => {
    stage.write('data-expiry-days="0.00002"');
    const page = await stage.visit('/');
    const first = await page.evaluate('coterie.anonymousId()');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 2100))');
    expect(await page.evaluate('coterie.anonymousId()')).not.toBe(first);
  });

  it('survives the loss of either place', async () => {
    const page = await stage.visit('/');
    const id = await page.evaluate('coterie.anonymousId()');
    await stage.visitor.clearCookies();
    expect(await page.evaluate('coterie.anonymousId()')).toBe(id);
    const again = await stage.visit('/');
    await again.evaluate('localStorage.clear()');
    expect(await again.evaluate('coterie.anonymousId()')).toBe(id);
  });
});

describe('a browser that blocks storage', () => {
  it('is told of all the same, as a visitor for as long as the page is open', async () => {
    const profile = await mkdtemp(join(tmpdir(), 'coterie-profile-'));
    await mkdir(join(profile, 'Default'));
    const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
    await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(blocked));
    const visitor = await chromium.launchPersistentContext(profile, browserOptions());
    try {
      const page = await visitor.newPage();
      await page.goto(`${stage.site.url}/?utm_source=google`);
      await page.waitForFunction('window.coterie');
      const refusal = await page.evaluate(
        `(() => { try { localStorage; } catch (error) { return error.name; } })()`,
      );
      expect(refusal).toBe('SecurityError');
      await page.evaluate(`coterie.identify('u1'); coterie.track('Tracked')`);
      const events = await expectEvents(stage, ['page_viewed', 'Tracked']);
      expect(new Set(events.map(({ contactId }) => contactId)).size).toBe(1);
      expect(events[1]!.properties).toMatchObject({ utm_source: 'google' });
      await leave(page, `coterie.track('Last')`);
      await expectEvents(stage, ['page_viewed', 'Tracked', 'Last']);
    } finally {
      await visitor.close();
      await rm(profile, { recursive: true, force: true });
    }
  });
});
