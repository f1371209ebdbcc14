import { accessSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { expect } from 'vitest';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * How suites in a browser run: on a machine with other work, something may be clicked before the page has taken what was
 * typed. Such a test is tried again; what is really broken fails every time.
 */
export const inBrowser = { retry: 2 } as const;

/** A browser that asks nobody but the pages it is shown. */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumOnPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function chromiumOnPath(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const program = join(folder, 'chromium');
    try {
      accessSync(program);
      return program;
    } catch {
      // The next folder, then.
    }
  }
  throw new Error('The dashboard is tested in Chromium: put `chromium` on PATH.');
}

/** Somebody in front of a browser. Everything that goes wrong in the page is kept. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  origin: string;
  /** What was written to the console as an error, thrown, or asked of another origin. */
  complaints: string[];
  close(): Promise<void>;
}

/** What a visitor's browser is like. */
export interface VisitorOptions {
  width?: number;
  colorScheme?: 'light' | 'dark';
}

/** Opens a browser window of somebody's own. */
export async function openVisitor(
  browser: Browser,
  url: string,
  { width = 1280, colorScheme = 'light' }: VisitorOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width, height: 800 },
    colorScheme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return { page, context, origin: url, complaints: listen(page, url), close: () => context.close() };
}

/** Makes the visitor whoever a session belongs to. */
export async function enter({ context, origin }: Visitor, cookie: string): Promise<void> {
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: origin }]);
}

function listen(page: Page, url: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const asked = new URL(request.url());
    const local = asked.protocol === 'data:' || asked.protocol === 'blob:';
    if (!local && asked.origin !== url) complaints.push(`asked another origin: ${request.url()}`);
  });
  return complaints;
}

/** Expects that the page breaks no rule of axe-core. Pages are checked as they are once nothing is loading. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  // Not as a script of the page: its content security policy forbids that, as it should.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html}\n${node.failureSummary}`).join('\n')}`,
    );
  });
  expect(violations, `at ${page.url()}`).toEqual([]);
}

/** Expects that nothing sticks out at the side. */
export async function expectNoSideways(page: Page): Promise<void> {
  const [content, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(content, `at ${page.url()}`).toBeLessThanOrEqual(window ?? 0);
}

/** Expects that the console stayed clean, nothing was thrown, and no request left the origin. */
export function expectQuiet({ complaints }: Visitor): void {
  expect(complaints).toEqual([]);
}
