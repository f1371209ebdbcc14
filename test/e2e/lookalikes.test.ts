import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectQuiet, inBrowser, type Visitor } from './browser.js';
import { expectGoodPage } from './check-page.js';
import { openStage, type Stage } from './open-stage.js';

/** Lookalikes: grown from a segment, looked at, and made a segment of. */

vi.setConfig({ testTimeout: 180_000 });

let stage: Stage;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(async () => {
  visitor = await stage.visit();
  ({ page } = visitor);
});
afterEach(() => visitor.close());

async function grow(name: string, seed: string): Promise<void> {
  await page.goto(stage.at('lookalikes/new'));
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.getByLabel('Start from').click();
  await page.getByRole('option', { name: seed, exact: true }).click();
  await page.getByRole('button', { name: 'Grow lookalike' }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

describe('lookalikes', inBrowser, () => {
  it('begin with a page that says what they are', async () => {
    await expectGoodPage(visitor, 'lookalikes empty', {
      path: stage.at('lookalikes'),
      shows: 'No lookalikes yet',
    });
    await expectGoodPage(visitor, 'new lookalike', {
      path: stage.at('lookalikes/new'),
      shows: 'Who you want more of',
    });
    expectQuiet(visitor);
  });

  it('are grown from a segment, with progress, and become a segment of the size that is chosen', async () => {
    await grow('Like our visitors', 'Pricing page, no demo');
    await page.getByText('What they have in common').waitFor({ timeout: 60_000 });
    const path = new URL(page.url()).pathname;
    await expectGoodPage(visitor, 'lookalike', { path, shows: 'Most alike' });
    await page.getByRole('slider').focus();
    for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowRight');
    await page.getByText('The best 10 %').waitFor();
    const people = page
      .locator('dl > div')
      .filter({ has: page.getByText('People', { exact: true }) })
      .locator('dd');
    const size = await people.innerText();
    await page.getByRole('button', { name: 'Make a segment of them' }).click();
    await page.getByRole('heading', { name: 'Like our visitors, best 10 %', level: 1 }).waitFor();
    await page.getByText(size, { exact: true }).first().waitFor();
    await expectGoodPage(visitor, 'lookalikes', { path: stage.at('lookalikes'), shows: 'Like our visitors' });
    expectQuiet(visitor);
  });

  it('say in words why nothing was grown', async () => {
    await grow('Like nobody', 'Nobody yet');
    await page.getByText('It could not be grown').waitFor({ timeout: 60_000 });
    await page.getByText('Nobody in the seed').waitFor();
    expect(await page.getByText('What they have in common').count()).toBe(0);
  });

  it('offer a viewer nothing that the API would refuse', async () => {
    const viewer = await stage.visit(await stage.member('VIEWER'));
    try {
      await viewer.page.goto(stage.at('lookalikes'));
      await viewer.page.getByRole('heading', { name: 'Lookalikes', level: 1 }).waitFor();
      expect(await viewer.page.getByRole('link', { name: 'New lookalike' }).count()).toBe(0);
      await viewer.page.goto(stage.at('lookalikes/new'));
      await viewer.page.getByText('Lookalikes are made by editors').waitFor();
    } finally {
      await viewer.close();
    }
  });
});
