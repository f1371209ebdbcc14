import { describe, expect, it } from 'vitest';
import { expectEvents, expectSoon, leave, setStage, settled } from './stage.js';

const stage = setStage();

/** Tells so many events, named E0, E1 and so on. */
const tell = (count: number, from = 0): string =>
  `for (let i = ${from}; i < ${from + count}; i += 1) coterie.track('E' + i)`;

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `E${index}`);

/** The events that are stored, without page views, sorted: the order of what happens in one millisecond is not kept. */
async function told(): Promise<string[]> {
  const all = (await stage.events()).map(({ name }) => name).filter((name) => name !== 'page_viewed');
  return all.sort((one, other) => Number(one.slice(1)) - Number(other.slice(1)));
}

/** How often each message was sent. */
function sendings(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { messageId } of stage.gateway.messages())
    counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
  return counts;
}

describe('what cannot be delivered', () => {
  it('because the network is down stays through a reload, and is delivered once each when it is back', async () => {
    stage.gateway.weather = 'down';
    const page = await stage.visit('/one');
    await page.evaluate(tell(3));
    await expectSoon(() => stage.gateway.batches.length).toBeGreaterThan(0);
    await page.reload();
    await page.waitForFunction('window.coterie');
    await page.evaluate(tell(2, 3));
    stage.gateway.weather = 'fair';
    await settled(page);
    expect(await told()).toEqual(names(5));
    expect(await stage.events()).toHaveLength(7);
    const ids = new Set((await stage.events()).map(({ messageId }) => messageId));
    expect([...sendings().keys()].sort()).toEqual([...ids].sort());
  });

  it('because the browser is offline is not even tried, and goes out when it is online', async () => {
    const page = await stage.visit('/');
    await settled(page);
    await stage.visitor.setOffline(true);
    const before = stage.gateway.batches.length;
    await page.evaluate(tell(3));
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 600))');
    expect(await page.evaluate('navigator.onLine')).toBe(false);
    await stage.visitor.setOffline(false);
    await settled(page);
    expect(await told()).toEqual(names(3));
    expect(stage.gateway.batches.length).toBe(before + 1);
  });

  it('because the answer was lost is sent again under the same id, and stored once', async () => {
    stage.gateway.weather = 'answer lost';
    const page = await stage.visit('/');
    await page.evaluate(tell(3));
    await expectSoon(told).toEqual(names(3));
    const [first] = stage.gateway.batches;
    expect(await page.evaluate(`Object.keys(localStorage).filter((key) => key.includes(':q:')).length`)).toBe(
      4,
    );
    stage.gateway.weather = 'fair';
    await settled(page);
    expect(await told()).toEqual(names(3));
    const counts = sendings();
    for (const { messageId } of first!.messages) expect(counts.get(messageId)).toBeGreaterThan(1);
    expect(counts.size).toBe(4);
  });

  it.each([500, 502, 503, 429, 408, 401])('by %i is tried again', async (status) => {
    stage.gateway.forecast = [{ status }];
    const page = await stage.visit('/');
    await settled(page);
    await expectEvents(stage, ['page_viewed']);
    expect(stage.gateway.batches).toHaveLength(2);
  });

  it.each([400, 404, 413])('by %i is given up, and what follows is delivered', async (status) => {
    stage.gateway.forecast = [{ status }];
    const page = await stage.visit('/');
    await settled(page);
    expect(stage.gateway.batches).toHaveLength(1);
    await page.evaluate(tell(1));
    await settled(page);
    await expectEvents(stage, ['E0']);
  });

  it('waits as long as the server asks, in every tab and after a reload, and when the page is left', async () => {
    stage.gateway.forecast = [{ status: 429, headers: { 'retry-after': '4' } }];
    const page = await stage.visit('/');
    await page.waitForFunction(`localStorage.getItem('coterie:wait')`);
    await page.reload();
    const other = await stage.visit('/other');
    await settled(other);
    await expectEvents(stage, ['page_viewed', 'page_viewed', 'page_viewed']);
    const [refused, next] = stage.gateway.batches;
    expect(next!.at - refused!.at).toBeGreaterThanOrEqual(4000);
  });

  it('is kept within bounds: the newest hundred', async () => {
    stage.gateway.weather = 'down';
    const page = await stage.visit('/');
    await page.evaluate(tell(150));
    const keys = await page.evaluate(`Object.keys(localStorage).filter((key) => key.includes(':q:')).length`);
    expect(keys).toBe(100);
    stage.gateway.weather = 'fair';
    await settled(page);
    expect(await told()).toEqual(names(150).slice(50));
  });
});

describe('a page that is left', () => {
  it('delivers what was told a moment before', async () => {
    const page = await stage.visit('/');
    await settled(page);
    await leave(page, tell(3));
    await expectSoon(told).toEqual(names(3));
  });

  it('delivers a route that it has only just changed to', async () => {
    const page = await stage.visit('/');
    await settled(page);
    await leave(page, `history.pushState(null, '', '/last')`);
    const [, last] = await expectEvents(stage, ['page_viewed', 'page_viewed']);
    expect(last!.target).toBe('/last');
  });

  it('sends no more than browsers take at that moment, and the rest with the next page, each once', async () => {
    const page = await stage.visit('/');
    await settled(page);
    await leave(page, `for (let i = 0; i < 20; i += 1) coterie.track('E' + i, { text: 'ä'.repeat(5000) })`);
    // By one request when it is hidden, and by one when it goes, of three messages each.
    await expectSoon(async () => (await told()).length).toBeGreaterThanOrEqual(3);
    expect((await told()).length).toBeLessThanOrEqual(6);
    await settled(await stage.visit('/next'));
    expect(await told()).toEqual(names(20));
    for (const { bytes } of stage.gateway.batches) expect(bytes).toBeLessThanOrEqual(32 * 1024);
  });

  it('has room for that beside what is still under way', async () => {
    const large = (from: number): string =>
      `for (let i = ${from}; i < ${from + 3}; i += 1) coterie.track('E' + i, { text: 'x'.repeat(10000) });`;
    const page = await stage.visit('/');
    await settled(page);
    stage.gateway.weather = 'slow';
    await page.evaluate(large(0));
    await expectSoon(told).toEqual(names(3));
    await leave(page, large(3));
    await expectSoon(told).toEqual(names(6));
  });

  it('uses sendBeacon where requests cannot outlive the page', async () => {
    await stage.visitor.addInitScript(`delete Request.prototype.keepalive`);
    const page = await stage.visit('/');
    await settled(page);
    await leave(page, tell(3));
    await expectSoon(told).toEqual(names(3));
    // Nobody heard the answer, so the next page sends them again: to no effect.
    await settled(await stage.visit('/next'));
    expect(await told()).toEqual(names(3));
    expect(await stage.events()).toHaveLength(5);
  });
});

describe('two tabs', () => {
  it('at work at the same time deliver each message once', async () => {
    const pages = await Promise.all([stage.visit('/one'), stage.visit('/two')]);
    const script = (from: number): string => `
      (async () => {
        for (let i = 0; i < 30; i += 1) {
          coterie.track('E' + (${from} + i));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })()`;
    await Promise.all(pages.map((page, index) => page.evaluate(script(index * 30))));
    await Promise.all(pages.map(settled));
    expect(await told()).toEqual(names(60));
    expect(await stage.events()).toHaveLength(62);
  });

  it('share one queue: what a tab that was closed has left, another delivers', async () => {
    stage.gateway.weather = 'down';
    const first = await stage.visit('/first');
    await first.evaluate(tell(3));
    await first.close();
    stage.gateway.weather = 'fair';
    await settled(await stage.visit('/second'));
    expect(await told()).toEqual(names(3));
    expect(await stage.events()).toHaveLength(5);
  });

  it('work on pages without TLS as well, where browsers have no locks', async () => {
    const site = stage.site.named('shop');
    const pages = await Promise.all([stage.visit('/one', { site }), stage.visit('/two', { site })]);
    expect(await pages[0].evaluate('isSecureContext')).toBe(false);
    await Promise.all(pages.map((page, index) => page.evaluate(tell(10, index * 10))));
    await Promise.all(pages.map(settled));
    expect(await told()).toEqual(names(20));
  });
});
