import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectEvents, setStage, settled } from './stage.js';

const stage = setStage();

/** The headers and bytes of the script, as they travel. */
async function fetchScript(headers: Record<string, string> = {}) {
  const asked = request(`${stage.app.url}/coterie.js`, { headers }).end();
  const [answer] = await once(asked, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) };
}

describe('GET /coterie.js', () => {
  it('takes at most 4 kB', async () => {
    const { headers, body } = await fetchScript({ 'accept-encoding': 'gzip, br' });
    expect(headers['content-encoding']).toBe('gzip');
    expect(body.length).toBeGreaterThan(1000);
    expect(body.length).toBeLessThanOrEqual(4000);
  });

  it('is a script for pages of any origin that browsers keep for an hour', async () => {
    const { status, headers, body } = await fetchScript();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600, immutable',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      vary: 'accept-encoding',
    });
    expect(headers).not.toHaveProperty('content-encoding');
    expect(body.toString()).toContain('form_submitted');
  });

  it('is not sent again to who has it', async () => {
    const { headers } = await fetchScript();
    const again = await fetchScript({ 'if-none-match': headers['etag']! });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});

/** The first block of code in the README that contains this. */
async function fromReadme(part: string): Promise<string> {
  const readme = await readFile(join(import.meta.dirname, '../../packages/tracker/README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```html\n(.*?)```/gs)].map(([, block]) => block!);
  const block = blocks.find((each) => each.includes(part));
  if (!block) throw new Error(`The README has no block with ${part}.`);
  return block
    .replaceAll('https://coterie.example.com', stage.gateway.url)
    .replaceAll('YOUR_WRITE_KEY', stage.workspace.key);
}

describe('the installation', () => {
  it('by one element works as the README says', async () => {
    stage.site.html = `<title>Shop</title>${await fromReadme('data-write-key')}`;
    await settled(await stage.visit('/'));
    await expectEvents(stage, ['page_viewed']);
  });

  it('by snippet does what was called before the script was there, in order', async () => {
    const calls = `
      coterie.identify('u1', { plan: 'pro' });
      const { track } = coterie;
      track('First');
      coterie.track('Second', { n: 2 });
      window.early = track;`;
    stage.site.html = `<title>Shop</title>${await fromReadme('coterie.load')}<script>${calls}</script>`;
    const page = await stage.visit('/');
    await page.waitForFunction('!coterie.q');
    await page.evaluate(`early('Third')`);
    await settled(page);
    await expectEvents(stage, ['page_viewed', 'First', 'Second', 'Third']);
    const sent = stage.gateway.messages().map(({ type, event }) => event ?? type);
    expect(sent).toEqual(['page', 'identify', 'First', 'Second', 'Third']);
  });

  it('twice on a page counts once, and an element called coterie is no snippet', async () => {
    const tag = await fromReadme('data-write-key');
    stage.site.html = `<title>Shop</title><div id="coterie"></div>${tag}${tag}`;
    const page = await stage.visit('/');
    await page.waitForFunction('window.coterie.track');
    await settled(page);
    await expectEvents(stage, ['page_viewed']);
  });

  it('works under a content security policy that allows Coterie and nothing inline', async () => {
    const { url } = stage.gateway;
    stage.site.headers = {
      'content-security-policy': `default-src 'none'; script-src ${url}; connect-src ${url}`,
    };
    const page = await stage.visitor.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`${stage.site.url}/`);
    await expectEvents(stage, ['page_viewed']);
    expect(complaints).toEqual([]);
  });

  it('by module works in a page', async () => {
    stage.site.html = `<title>Shop</title><script type="module">
      import { coterie } from '/tracker/index.js';
      coterie.track('Before');
      coterie.load('${stage.workspace.key}', { host: '${stage.gateway.url}' });
      window.coterie = coterie;
    </script>`;
    await settled(await stage.visit('/'));
    const events = await expectEvents(stage, ['Before', 'page_viewed']);
    expect(new Set(events.map(({ contactId }) => contactId)).size).toBe(1);
  });

  it('waits while the browser loads the page ahead', async () => {
    await stage.visitor.addInitScript(`
      let ahead = true;
      Object.defineProperty(Document.prototype, 'prerendering', { get: () => ahead });
      window.show = () => { ahead = false; document.dispatchEvent(new Event('prerenderingchange')); };
    `);
    const page = await stage.visit('/');
    await page.evaluate(`coterie.track('Ahead'); new Promise((resolve) => setTimeout(resolve, 500))`);
    expect(stage.gateway.batches).toEqual([]);
    expect(await stage.visitor.cookies()).toEqual([]);
    await page.evaluate('show()');
    await settled(page);
    await expectEvents(stage, ['Ahead', 'page_viewed']);
  });
});
