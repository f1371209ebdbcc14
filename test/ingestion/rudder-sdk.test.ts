import RudderAnalytics from '@rudderstack/rudder-sdk-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

describe('@rudderstack/rudder-sdk-node', () => {
  it.each([
    ['as it comes, which is gzip that calls itself a form', {}],
    ['without gzip, to a path of its own', { gzip: false, path: '/v1/b' }],
  ])('sends %s', async (_, options) => {
    const sdk = new RudderAnalytics(workspace.key, {
      dataPlaneUrl: app.url,
      flushAt: 50,
      retryCount: 0,
      ...options,
    });
    sdk.page({ anonymousId: 'a1', name: 'Pricing', properties: { url: 'https://example.com/pricing?x=1' } });
    sdk.identify({ userId: 'u1', anonymousId: 'a1', traits: { email: 'dana@example.com', seats: 5 } });
    sdk.track({
      userId: 'u1',
      event: 'Demo Requested',
      properties: { form: 'demo' },
      timestamp: new Date('2026-01-02T03:04:05Z'),
    });
    sdk.screen({ userId: 'u1', name: 'Home' });
    sdk.group({ userId: 'u1', groupId: 'g1', traits: { name: 'Acme', employees: 12 } });
    sdk.alias({ previousId: 'a2', userId: 'u1' });
    await sdk.flush();
    expect(
      await rows(`select e.name, e.target, e.source, i.value as email from events e
                  join contact_identities i using (workspace_id, ordinal)
                  where workspace_id = $1 and i.kind = 'email' order by e.name`),
    ).toEqual(
      [
        { name: 'Demo Requested', target: 'demo' },
        { name: 'page_viewed', target: '/pricing' },
        { name: 'screen_viewed', target: 'Home' },
      ].map((event) => ({ ...event, source: 'analytics-node', email: 'dana@example.com' })),
    );
    expect(
      await rows(`select c.external_id, c.name, a.number from contacts p
                  join companies c on c.workspace_id = p.workspace_id and c.id = p.company_id
                  join company_attributes a on a.workspace_id = c.workspace_id and a.company_id = c.id
                  where p.workspace_id = $1 and a.key = 'employee_count'`),
    ).toEqual([{ external_id: 'g1', name: 'Acme', number: 12 }]);
    expect(await rows(`select value from contact_identities where workspace_id = $1 order by value`)).toEqual(
      ['a1', 'a2', 'dana@example.com', 'u1'].map((value) => ({ value })),
    );
    const [deed] = await rows(
      `select occurred_at from events where workspace_id = $1 and name = 'Demo Requested'`,
    );
    // Corrected by the difference between the clocks, which are the same here, and the time the request was under way.
    expect(Math.abs(Number(deed!['occurred_at']) - Date.parse('2026-01-02T03:04:05Z'))).toBeLessThan(5000);
  });

  it('hears of a wrong key', async () => {
    const errors: Error[] = [];
    const sdk = new RudderAnalytics('wrong', {
      dataPlaneUrl: app.url,
      retryCount: 0,
      logLevel: 'silent',
      errorHandler: (error: Error) => errors.push(error),
    });
    sdk.track({ userId: 'u1', event: 'Clicked' });
    await expect.poll(() => errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ response: { status: 401 } });
  });
});
