import type { Locator, Page } from 'playwright-core';

/** A change that somebody makes of a rule in the builder. */
export interface Edit {
  name: string;
  make(round: number): Promise<void>;
}

/** What the edits begin with. */
export const rule =
  'event "page_viewed" on "/pricing" in last 30 days and not event "demo_requested" and lead_score >= 50';

async function choose(page: Page, field: Locator, option: string): Promise<void> {
  await field.click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Five kinds of edits: two are typed, three are chosen. No two rules of a run are the same but for those that go back. */
export function editsOf(page: Page): Edit[] {
  return [
    {
      name: 'a number of an attribute',
      make: (round) => page.getByLabel('Lead score: number').fill(String(31 + round * 3)),
    },
    {
      name: 'the days of a window',
      make: (round) =>
        page
          .getByLabel('In the last: how many')
          .first()
          .fill(String(7 + round * 5)),
    },
    {
      name: 'an operator',
      make: (round) =>
        choose(
          page,
          page.getByRole('combobox', { name: /^Lead score: how it compares/ }),
          round % 2 === 0 ? 'is less than' : 'is at least',
        ),
    },
    {
      name: 'has or has not',
      make: (round) =>
        choose(
          page,
          page.getByRole('combobox', { name: /^Did they/ }).last(),
          round % 2 === 0 ? 'Has' : 'Has not',
        ),
    },
    {
      name: 'all or any',
      make: (round) =>
        choose(
          page,
          page.getByRole('combobox', { name: /^How the conditions go together/ }).first(),
          round % 2 === 0 ? 'any of these' : 'all of these',
        ),
    },
  ];
}
