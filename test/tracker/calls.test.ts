import { describe, expect, it } from 'vitest';
import { expectEvents, setStage, settled } from './stage.js';

const stage = setStage();

describe('the calls', () => {
  it('identify joins what was done before to the person, and group to the company', async () => {
    const page = await stage.visit('/');
    await settled(page);
    await page.evaluate(`
      coterie.identify('u1', { email: 'dana@example.com', firstName: 'Dana' });
      coterie.group('g1', { name: 'Acme' });
      coterie.track('Signed Up', { seats: 5 });
    `);
    await settled(page);
    const events = await expectEvents(stage, ['page_viewed', 'Signed Up']);
    expect(new Set(events.map(({ contactId }) => contactId)).size).toBe(1);
    const { rows: identities } = await stage.app.database.owner.query(
      `select kind, value from contact_identities where workspace_id = $1 order by kind`,
      [stage.workspace.id],
    );
    expect(identities).toEqual([
      { kind: 'anonymous_id', value: await page.evaluate('coterie.anonymousId()') },
      { kind: 'email', value: 'dana@example.com' },
      { kind: 'external_id', value: 'u1' },
    ]);
    const { rows: companies } = await stage.app.database.owner.query(
      `select o.name from companies o join contacts c on c.workspace_id = o.workspace_id and c.company_id = o.id
       where o.workspace_id = $1`,
      [stage.workspace.id],
    );
    expect(companies).toEqual([{ name: 'Acme' }]);
    expect(events[1]).toMatchObject({ properties: { seats: 5 } });
  });

  it('alias makes the old and the new id one person', async () => {
    const page = await stage.visit('/');
    await page.evaluate(`coterie.identify('old'); coterie.track('A')`);
    await settled(page);
    await page.evaluate(`coterie.alias('new'); coterie.track('B')`);
    await settled(page);
    const events = await expectEvents(stage, ['page_viewed', 'A', 'B']);
    expect(new Set(events.map(({ contactId }) => contactId)).size).toBe(1);
    expect(stage.gateway.messages().at(-1)).toMatchObject({ event: 'B', userId: 'new' });
  });

  it('reset, or another user, begins another contact', async () => {
    const page = await stage.visit('/');
    await page.evaluate(`coterie.identify('u1'); coterie.track('A'); coterie.reset(); coterie.track('B')`);
    await page.evaluate(
      `coterie.identify('u2'); coterie.track('C'); coterie.identify('u3'); coterie.track('D')`,
    );
    await settled(page);
    const events = await expectEvents(stage, ['page_viewed', 'A', 'B', 'C', 'D']);
    const [view, a, b, c, d] = events.map(({ contactId }) => contactId);
    expect([view === a, b === c, new Set([a, c, d]).size]).toEqual([true, true, 3]);
  });

  it('keep the visitor on later pages and in other tabs, and know what they were told as it was then', async () => {
    const page = await stage.visit('/');
    await page.evaluate(
      `const cart = { items: 1 }; coterie.track('A', cart); cart.items = 2; coterie.identify(7)`,
    );
    await settled(page);
    const other = await stage.visit('/other');
    await settled(other);
    expect(await other.evaluate('coterie.anonymousId()')).toBe(await page.evaluate('coterie.anonymousId()'));
    expect(stage.gateway.messages().at(-1)).toMatchObject({ type: 'page', userId: '7' });
    expect((await stage.events())[1]).toMatchObject({ name: 'A', properties: { items: 1 } });
  });

  it('never throw, whatever they are given', async () => {
    const page = await stage.visit('/');
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.evaluate(`
      const cycle = {}; cycle.cycle = cycle;
      coterie.track('Cycle', cycle);
      coterie.track('Large', { text: 'x'.repeat(40000) });
      coterie.track('Big', { number: 10n });
      coterie.identify(); coterie.identify(null); coterie.identify(Object.create(null));
      coterie.load(); coterie.page(null, null); coterie.track('After');
    `);
    await settled(page);
    expect(errors).toEqual([]);
    await expectEvents(stage, ['page_viewed', 'page_viewed', 'After']);
  });
});
