import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectAccessible, expectNoSideways, type Visitor } from './browser.js';

/** Where pictures of pages are put, to be looked at: git ignores it. */
const pictures = join(import.meta.dirname, '../../test-results/pages');
mkdirSync(pictures, { recursive: true });

/** A page as it is opened, and a text that is there once it is shown. */
export interface Place {
  path: string;
  shows: string;
}

const screens = { wide: { width: 1280, height: 800 }, narrow: { width: 390, height: 844 } } as const;

/**
 * Expects of a page what is asked of every one: it has a name and one heading, breaks no rule of accessibility in light
 * and dark, and fits a telephone. Leaves a picture of each.
 */
export async function expectGoodPage({ page }: Visitor, name: string, { path, shows }: Place): Promise<void> {
  await page.goto(path);
  await page.getByText(shows).first().waitFor();
  await expectAccessible(page);
  expect(await page.title()).toMatch(/.+ · Coterie$/);
  expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  const take = (look: string): Promise<unknown> =>
    page.screenshot({ path: join(pictures, `${name.replaceAll(/\W+/g, '-')}-${look}.png`) });
  await take('light-1280');
  await page.emulateMedia({ colorScheme: 'dark' });
  await take('dark-1280');
  await page.setViewportSize(screens.narrow);
  await expectNoSideways(page);
  await expectAccessible(page);
  await take('dark-390');
  await page.emulateMedia({ colorScheme: 'light' });
  await take('light-390');
  await page.setViewportSize(screens.wide);
}
