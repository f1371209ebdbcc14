import { describe, expect, it } from 'vitest';
import { setStage, settled } from './stage.js';

const stage = setStage();

/** Where the page views went, in order. */
async function viewed(): Promise<(string | null)[]> {
  return (await stage.events()).map(({ name, target }) => (name === 'page_viewed' ? target : name));
}

describe('page views', () => {
  it('are told once on load, with the title, and without the query of the address', async () => {
    const page = await stage.visit('/pricing?token=secret#plans');
    await settled(page);
    const [event, ...others] = await stage.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ name: 'page_viewed', target: '/pricing', properties: { title: 'Shop' } });
    expect(JSON.stringify(stage.gateway.messages())).not.toContain('secret');
  });

  it('are told once for each route of a single-page app, with the page before as referrer', async () => {
    const page = await stage.visit('/');
    // What comes in one delivery after the other is told apart by their clocks, to as much as the deliveries take.
    await settled(page);
    await page.evaluate(`
      history.replaceState(null, '', location.href);
      history.pushState(null, '', '/pricing');
      document.title = 'Prices';
    `);
    await settled(page);
    await page.evaluate(`
      history.pushState(null, '', '/pricing?sort=up');
      history.pushState(null, '', '/pricing#faq');
      history.pushState(null, '', '/signup');
      history.replaceState(null, '', '/signup/company');
    `);
    await settled(page);
    await page.goBack();
    await settled(page);
    expect(await viewed()).toEqual(['/', '/pricing', '/signup/company', '/pricing']);
    expect((await stage.events())[1]!.properties).toMatchObject({
      title: 'Prices',
      referrer: `${stage.site.url}/`,
    });
  });

  it('are told for routes that stand in the fragment', async () => {
    const page = await stage.visit('/app/#/inbox');
    await page.evaluate(`location.hash = '#/inbox?page=2'`);
    await page.evaluate(`location.hash = '#!/settings'`);
    await settled(page);
    expect(await viewed()).toEqual(['/app/inbox', '/app/settings']);
  });

  it('are told again when the browser goes back to a page that it kept', async () => {
    const page = await stage.visit('/a');
    await settled(page);
    await page.goto(`${stage.site.url}/b`);
    await settled(page);
    await page.goBack();
    await settled(page);
    expect(await viewed()).toEqual(['/a', '/b', '/a']);
  });

  it('are left to the page when it says so', async () => {
    stage.write('data-page-views="false"');
    const page = await stage.visit('/');
    await page.evaluate(`history.pushState(null, '', '/pricing')`);
    await page.evaluate(`coterie.page('Prices', {plan: 'pro'})`);
    await settled(page);
    const [event, ...others] = await stage.events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ target: '/pricing', properties: { name: 'Prices', plan: 'pro' } });
  });
});

describe('what brought the visitor', () => {
  const utm = 'utm_source=google&utm_medium=cpc&utm_campaign=spring';

  async function attributes(): Promise<Record<string, string>> {
    const { rows } = await stage.app.database.owner.query(
      `select key, text from contact_attributes where workspace_id = $1 and key like 'utm%' order by key`,
      [stage.workspace.id],
    );
    return Object.fromEntries(rows.map(({ key, text }) => [key, text]));
  }

  it('is told with everything they do, on later pages too; the first stays with the contact, the last with the event', async () => {
    await settled(await stage.visit(`/?${utm}`));
    await settled(await stage.visit('/pricing'));
    await settled(await stage.visit('/?utm_source=newsletter'));
    const page = await stage.visit('/signup');
    await page.evaluate(`coterie.track('Signed Up')`);
    await settled(page);
    const events = await stage.events();
    expect(events.map(({ properties }) => [properties['utm_source'], properties['utm_medium']])).toEqual([
      ['google', 'cpc'],
      ['google', 'cpc'],
      ['newsletter', undefined],
      ['newsletter', undefined],
      ['newsletter', undefined],
    ]);
    expect(await attributes()).toEqual({ utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'spring' });
  });

  it('is the site that led here where there is no campaign, but never the site itself', async () => {
    const own = `${stage.site.url}/blog`;
    await settled(await stage.visit('/', { referer: own }));
    await settled(await stage.visit('/', { referer: 'https://news.example.org/item?id=1' }));
    await settled(await stage.visit('/next', { referer: own }));
    const events = await stage.events();
    expect(
      events.map(({ properties: { utm_source, utm_medium, referrer } }) => [
        utm_source,
        utm_medium,
        referrer,
      ]),
    ).toEqual([
      [undefined, undefined, own],
      ['news.example.org', 'referral', expect.stringMatching(/^https:\/\/news\.example\.org\/[^?]*$/)],
      ['news.example.org', 'referral', own],
    ]);
    expect(await attributes()).toEqual({ utm_source: 'news.example.org', utm_medium: 'referral' });
  });
});
