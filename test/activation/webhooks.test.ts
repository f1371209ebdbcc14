import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { deliverDue } from '../../api/src/modules/destinations/deliveries/deliver.js';
import { createDeliveryRetentionTask } from '../../api/src/modules/destinations/deliveries/delivery-retention.job.js';
import { retryDelays } from '../../api/src/modules/destinations/deliveries/delivery.js';
import {
  enqueueDeliveries,
  enqueueDelivery,
  type DeliveryWanted,
  type Enqueued,
} from '../../api/src/modules/destinations/index.js';
import { createLog } from '../../api/src/platform/log.js';
import { root } from '../support/process.js';
import { createWorkspace } from '../support/workspaces.js';
import { openActivation, type Activation } from './open-activation.js';
import { isSignedWith, startReceiver, verified, type Receiver } from './receiver.js';

const isFull = process.env['FULL'] === '1';
const [second, minute] = [1000, 60_000];
const [hour, day] = [60 * minute, 24 * 60 * minute];

let on: Activation;
let receiver: Receiver;
beforeAll(async () => {
  on = await openActivation();
});
afterAll(() => on.close());
beforeEach(async () => {
  receiver = await startReceiver();
  on.clock.at = new Date();
});
afterEach(() => receiver.close());

interface Hook {
  id: string;
  secret: string;
}

async function hook(changes: object = {}): Promise<Hook> {
  const { id, newSecret } = await on.add({ webhook: { url: receiver.url, ...changes } });
  return { id, secret: newSecret ?? '' };
}

/** Tells it something about each of so many people. */
function tell({ id }: Hook, count = 1, changes: Partial<DeliveryWanted> = {}): Promise<Enqueued[]> {
  const wanted = Array.from({ length: count }, (_, index) => ({
    key: randomUUID(),
    type: 'contact.entered',
    data: { contact: { email: `ada-${index}@example.com`, first_name: 'Ada' }, index },
    ...changes,
  }));
  return on.withWorkspace(on.workspace.id, (tx) => enqueueDeliveries(tx, on.services, id, wanted));
}

function deliver({ id }: Hook): Promise<void> {
  const signal = new AbortController().signal;
  return deliverDue(on.services, { workspaceId: on.workspace.id, destinationId: id, signal });
}

interface Delivery {
  id: string;
  status: 'PENDING' | 'DELIVERED' | 'DEAD';
  attempts: number;
  nextAttemptAt: string | null;
  lastStatus: number | null;
  lastTrouble: string | null;
  lastAnswer: string | null;
}

interface Shown {
  disabledAt: string | null;
  disabledBecause: string | null;
  deliveries: Delivery[];
}

async function look({ id }: Hook, status?: string): Promise<Shown> {
  const { workspace } = await on.workspace.query<{
    workspace: { destination: Omit<Shown, 'deliveries'> & { deliveries: { edges: { node: Delivery }[] } } };
  }>(
    `query ($id: ID!, $status: WebhookDeliveryStatus) { workspace { destination(id: $id) {
       disabledAt disabledBecause
       deliveries(first: 100, status: $status) { edges { node {
         id status attempts nextAttemptAt lastStatus lastTrouble lastAnswer } } } } } }`,
    { id, status },
  );
  const { deliveries, ...destination } = workspace.destination;
  return { ...destination, deliveries: deliveries.edges.map(({ node }) => node) };
}

const only = async (of: Hook): Promise<Delivery> => (await look(of)).deliveries[0]!;

function replay({ id }: Hook, which: object): Promise<{ replayWebhookDeliveries: number }> {
  return on.workspace.query(
    'mutation ($input: ReplayWebhookDeliveriesInput!) { replayWebhookDeliveries(input: $input) }',
    { input: { destinationId: id, ...which } },
  );
}

async function change({ id }: Hook, input: object): Promise<void> {
  await on.workspace.query(
    'mutation ($input: UpdateDestinationInput!) { updateDestination(input: $input) { id } }',
    { input: { id, ...input } },
  );
}

describe('a webhook', () => {
  it('is told once of what has happened, signed as Standard Webhooks says', async () => {
    const to = await hook({ headers: [{ name: 'X-Team', value: 'growth' }] });
    const occurredAt = new Date('2026-02-03T04:05:06.789Z');
    const [made] = await tell(to, 1, { data: { contact: { name: 'Zoë' } }, occurredAt });
    await deliver(to);
    await deliver(to);
    expect(receiver.calls).toHaveLength(1);
    const [call] = receiver.calls;
    expect(verified(call!, to.secret)).toEqual({
      type: 'contact.entered',
      timestamp: '2026-02-03T04:05:06.789Z',
      data: { contact: { name: 'Zoë' } },
    });
    expect(call!.headers).toMatchObject({ 'webhook-id': made!.id, 'x-team': 'growth' });
    expect(call!.headers['content-type']).toContain('application/json');
    expect(() => verified({ ...call!, body: `${call!.body} ` }, to.secret)).toThrow('No matching signature');
    expect(await only(to)).toMatchObject({ status: 'DELIVERED', attempts: 1, lastTrouble: null });
  });

  it('is told nothing of what was rolled back, and once of what was said twice', async () => {
    const to = await hook();
    const wanted = { destinationId: to.id, key: 'once', type: 'contact.entered', data: {} };
    const lost = on.withWorkspace(on.workspace.id, async (tx) => {
      await enqueueDelivery(tx, on.services, wanted);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect((await look(to)).deliveries).toEqual([]);
    const again = (): Promise<Enqueued> =>
      on.withWorkspace(on.workspace.id, (tx) => enqueueDelivery(tx, on.services, wanted));
    const results = await Promise.all([again(), again(), again()]);
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(results.map(({ id }) => id)).size).toBe(1);
    await deliver(to);
    expect(receiver.calls).toHaveLength(1);
  });

  it('is told of the types that it asks for, and of tests', async () => {
    const to = await hook({ eventTypes: ['contact.left'] });
    expect(await tell(to, 1)).toMatchObject([{ id: null, isNew: false }]);
    await tell(to, 1, { type: 'contact.left' });
    await on.workspace.query('mutation ($id: ID!) { sendTestWebhook(input: { id: $id }) { id } }', {
      id: to.id,
    });
    on.clock.at = new Date();
    await deliver(to);
    const types = receiver.calls.map((call) => (verified(call, to.secret) as { type: string }).type);
    expect(types.sort()).toEqual(['contact.left', 'coterie.test']);
  });

  it('that cannot be is refused, with the place of the mistake', async () => {
    const problemsOf = async (webhook: object): Promise<string[]> => {
      const { errors } = await on.workspace.ask(
        'mutation ($input: CreateDestinationInput!) { createDestination(input: $input) { id } }',
        { input: { name: 'x', definition: { webhook } } },
      );
      const { problems = [] } = errors![0]!.extensions as { problems?: { path: string }[] };
      return problems.map(({ path }) => path.replace('input.definition.webhook.', ''));
    };
    expect(await problemsOf({})).toEqual(['url']);
    expect(await problemsOf({ url: 'ftp://a.example' })).toEqual(['url']);
    expect(await problemsOf({ url: 'https://ada:secret@a.example/' })).toEqual(['url']);
    expect(await problemsOf({ url: receiver.url, secret: 'whsec_c2hvcnQ=' })).toEqual(['secret']);
    expect(
      await problemsOf({
        url: receiver.url,
        headers: [
          { name: 'Webhook-Id', value: '1' },
          { name: 'a b', value: '' },
        ],
      }),
    ).toEqual(['headers.0.name', 'headers.1.name']);
  });

  it('shows its secret once, when it was made for it, and signs with one that was given', async () => {
    const { newSecret, id } = await on.add({ webhook: { url: receiver.url } });
    expect(newSecret).toMatch(/^whsec_/);
    const { workspace } = await on.workspace.query<{ workspace: { destination: object } }>(
      'query ($id: ID!) { workspace { destination(id: $id) { newSecret settings { name value } } } }',
      { id },
    );
    expect(workspace.destination).toMatchObject({ newSecret: null });
    expect(JSON.stringify(workspace)).not.toContain(newSecret);
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const own = await hook({ secret });
    expect(own.secret).toBe('');
    await tell(own);
    await deliver(own);
    expect(verified(receiver.calls[0]!, secret)).toBeTruthy();
  });

  it('gets another secret without missing a call: both sign for a while', async () => {
    const to = await hook();
    const { rotateWebhookSecret } = await on.workspace.query<{ rotateWebhookSecret: { secret: string } }>(
      'mutation ($id: ID!) { rotateWebhookSecret(input: { id: $id, overlapHours: 2 }) { secret } }',
      { id: to.id },
    );
    const { secret } = rotateWebhookSecret;
    expect(secret).not.toBe(to.secret);
    await tell(to);
    await deliver(to);
    expect(verified(receiver.calls[0]!, to.secret)).toEqual(verified(receiver.calls[0]!, secret));
    on.clock.at = new Date(Date.now() + 3 * hour);
    await tell(to);
    await deliver(to);
    const late = receiver.calls[1]!;
    expect([isSignedWith(late, to.secret), isSignedWith(late, secret)]).toEqual([false, true]);
  });

  it('is tried by a signed call, and what is wrong is said in words', async () => {
    const to = await hook();
    const trouble = async (): Promise<string | null> =>
      (
        await on.workspace.query<{ testDestination: { trouble: string | null } }>(
          'mutation ($id: ID!) { testDestination(input: { id: $id }) { trouble } }',
          { id: to.id },
        )
      ).testDestination.trouble;
    expect(await trouble()).toBeNull();
    expect(verified(receiver.calls[0]!, to.secret)).toMatchObject({ type: 'coterie.test' });
    receiver.answer = () => ({ status: 500 });
    expect(await trouble()).toBe('The webhook answers HTTP 500.');
    await change(to, { definition: { webhook: { url: 'https://10.0.0.1/' } } });
    expect(await trouble()).toBe(
      'The address 10.0.0.1 is inside of a private network: nothing is sent there.',
    );
  });
});

describe('a webhook that does not take it', () => {
  it('is called again after 5 seconds, 5 minutes and so on for three days, with the same id, and then no more', async () => {
    const to = await hook();
    receiver.answer = () => ({ status: 503 });
    const [made] = await tell(to);
    const began = on.clock.at.getTime();
    for (const [index, delay] of retryDelays.entries()) {
      await deliver(to);
      const { attempts, nextAttemptAt, status } = await only(to);
      expect({ attempts, status }).toEqual({ attempts: index + 1, status: 'PENDING' });
      const wait = new Date(nextAttemptAt!).getTime() - on.clock.at.getTime();
      expect(wait).toBeGreaterThanOrEqual(delay);
      expect(wait).toBeLessThanOrEqual(delay * 1.1 + 1);
      // Not before it is due.
      on.clock.at = new Date(new Date(nextAttemptAt!).getTime() - 1);
      await deliver(to);
      expect(receiver.calls).toHaveLength(index + 1);
      on.clock.at = new Date(nextAttemptAt!);
    }
    await deliver(to);
    expect(await only(to)).toMatchObject({
      status: 'DEAD',
      attempts: 10,
      nextAttemptAt: null,
      lastStatus: 503,
      lastTrouble: 'The webhook answers HTTP 503.',
    });
    expect(on.clock.at.getTime() - began).toBeGreaterThan(3 * day);
    expect(new Set(receiver.calls.map(({ id }) => id))).toEqual(new Set([made!.id]));
    expect(receiver.calls.every((call) => isSignedWith(call, to.secret))).toBe(true);
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
    expect(new Set(receiver.calls.map(({ body }) => body)).size).toBe(1);
  });

  it('says itself when it wants to be called again, within a day', async () => {
    const to = await hook();
    const waitAfter = async (retryAfter: string): Promise<number> => {
      receiver.answer = () => ({ status: 429, headers: { 'retry-after': retryAfter } });
      await tell(to);
      await deliver(to);
      return new Date((await only(to)).nextAttemptAt!).getTime() - on.clock.at.getTime();
    };
    expect(await waitAfter('120')).toBe(120 * second);
    const date = new Date(on.clock.at.getTime() + 10 * minute);
    expect(await waitAfter(date.toUTCString())).toBeGreaterThan(9 * minute);
    expect(await waitAfter('99999999')).toBe(day);
    expect(await waitAfter('1')).toBeGreaterThanOrEqual(5 * second);
    expect(await waitAfter('soon')).toBeLessThan(6 * second);
  });

  it.each([
    ['is away', async () => receiver.close(), 'The server takes no connections there.'],
    [
      'sends us elsewhere',
      async () => {
        receiver.answer = () => ({ status: 302, headers: { location: 'https://a.example/' } });
      },
      'The webhook sends us elsewhere (HTTP 302), which is not followed: enter the address that it sends to.',
    ],
  ])('because it %s is called again', async (_what, make, trouble) => {
    const to = await hook();
    await tell(to);
    await make();
    await deliver(to);
    expect(await only(to)).toMatchObject({ status: 'PENDING', attempts: 1, lastTrouble: trouble });
    if (!receiver.calls.length) receiver = await startReceiver();
  });

  it('has its answer kept in short, without anything that it was told', async () => {
    const to = await hook();
    receiver.answer = ({ body }) => ({
      status: 422,
      body: `Unknown field first_name in ${body} for +43 660 1234567, contact zoe@other.example. Token abcdefghijklmnopqrstuvwxyz0123. ${'x '.repeat(5000)}`,
    });
    await tell(to, 1, {
      data: { email: 'ada@example.com', name: 'Ada Lovelace', city: 'Kötschach\n"Mauthen"' },
    });
    await deliver(to);
    const { lastAnswer } = await only(to);
    expect(lastAnswer).toContain('Unknown field first_name');
    expect(lastAnswer!.length).toBeLessThanOrEqual(300);
    for (const secret of ['ada@', 'Lovelace', 'Mauthen', 'zoe', '1234567', 'abcdefgh'])
      expect(lastAnswer).not.toContain(secret);
  });

  it('keeps others waiting no longer than a few failures take', async () => {
    const to = await hook();
    receiver.answer = () => ({ status: 500 });
    await tell(to, 60);
    await deliver(to);
    expect(receiver.calls.length).toBeLessThan(20);
    receiver.answer = () => ({ status: 200 });
    on.clock.at = new Date(on.clock.at.getTime() + minute);
    await deliver(to);
    expect((await look(to)).deliveries.every(({ status }) => status === 'DELIVERED')).toBe(true);
    expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(60);
  });
});

describe('a webhook that is gone', () => {
  it('is taken out of use when it says so; what was on its way is kept, and can be replayed', async () => {
    const to = await hook();
    receiver.answer = ({ id }) => ({ status: id === first!.id ? 410 : 500 });
    const [first] = await tell(to);
    await deliver(to);
    const gone = await look(to);
    expect(gone.disabledBecause).toBe('The webhook said that it is gone for good (HTTP 410).');
    const calls = receiver.calls.length;
    await tell(to, 2);
    await deliver(to);
    expect(receiver.calls).toHaveLength(calls);
    expect((await look(to, 'DEAD')).deliveries).toHaveLength(3);
    const refused = await on.workspace.ask(
      'mutation ($input: ReplayWebhookDeliveriesInput!) { replayWebhookDeliveries(input: $input) }',
      { input: { destinationId: to.id, since: new Date(0) } },
    );
    expect(refused.errors?.[0]?.extensions.code).toBe('CONFLICT');
    await change(to, { isDisabled: false });
    receiver.answer = () => ({ status: 200 });
    expect(await replay(to, { since: new Date(0) })).toEqual({ replayWebhookDeliveries: 3 });
    on.clock.at = new Date();
    await deliver(to);
    expect((await look(to, 'DELIVERED')).deliveries).toHaveLength(3);
    expect(receiver.calls.filter(({ id }) => id === first!.id)).toHaveLength(2);
  });

  it('is taken out of use when it has taken nothing for days', async () => {
    const to = await hook();
    receiver.answer = () => ({ status: 500 });
    const fail = async (): Promise<void> => {
      await tell(to);
      for (let attempt = 0; attempt < 10; attempt += 1) {
        await deliver(to);
        const { nextAttemptAt } = await only(to);
        if (nextAttemptAt) on.clock.at = new Date(nextAttemptAt);
      }
    };
    await fail();
    expect((await look(to)).disabledAt).toBeNull();
    await fail();
    expect((await look(to)).disabledBecause).toBe('The webhook has taken nothing for days.');
  });

  it('stays in use when it took something meanwhile', async () => {
    const to = await hook();
    const [stubborn] = await tell(to);
    receiver.answer = ({ id }) => ({ status: id === stubborn!.id ? 500 : 200 });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await tell(to);
      await deliver(to);
      on.clock.at = new Date(on.clock.at.getTime() + 1.2 * day);
    }
    expect((await look(to, 'DEAD')).deliveries).toHaveLength(1);
    expect((await look(to)).disabledAt).toBeNull();
  });
});

describe('what a webhook was told', () => {
  it('is sent once more by its id, with the same id', async () => {
    const to = await hook();
    const [first, second_] = await tell(to, 2);
    await deliver(to);
    expect(await replay(to, { ids: [first!.id, randomUUID(), 'nonsense'] })).toEqual({
      replayWebhookDeliveries: 1,
    });
    on.clock.at = new Date();
    await deliver(to);
    const counts = [first, second_].map((made) => receiver.calls.filter(({ id }) => id === made!.id).length);
    expect(counts).toEqual([2, 1]);
  });

  it('is seen and replayed by nobody of another workspace', async () => {
    const to = await hook();
    const [made] = await tell(to);
    await deliver(to);
    const stranger = await createWorkspace(on.app);
    const foreign = await stranger.ask(
      'mutation ($input: ReplayWebhookDeliveriesInput!) { replayWebhookDeliveries(input: $input) }',
      { input: { destinationId: to.id, ids: [made!.id] } },
    );
    expect(foreign.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const own = await on.add({ webhook: { url: receiver.url } }, stranger);
    const { replayWebhookDeliveries } = await stranger.query<{ replayWebhookDeliveries: number }>(
      'mutation ($input: ReplayWebhookDeliveriesInput!) { replayWebhookDeliveries(input: $input) }',
      { input: { destinationId: own.id, ids: [made!.id] } },
    );
    expect(replayWebhookDeliveries).toBe(0);
  });

  it('is kept for a week when it arrived, for a month when it did not', async () => {
    const to = await hook();
    await tell(to);
    await deliver(to);
    receiver.answer = () => ({ status: 410 });
    await tell(to);
    await deliver(to);
    const left = async (days: number): Promise<string[]> => {
      const clock = { now: () => new Date(Date.now() + days * day) };
      const run = { signal: new AbortController().signal, log: createLog('silent'), isLastAttempt: true };
      await createDeliveryRetentionTask({ ...on.services, clock })({}, run);
      return (await look(to)).deliveries.map(({ status }) => status).sort();
    };
    expect(await left(6)).toEqual(['DEAD', 'DELIVERED']);
    expect(await left(8)).toEqual(['DEAD']);
    expect(await left(31)).toEqual([]);
  });

  it('goes by itself: a worker sends it soon, and again after a failure', { timeout: 60_000 }, async () => {
    const running = await openActivation({ part: 'all' });
    onTestFinished(() => running.close());
    const { id, newSecret } = await running.add({ webhook: { url: receiver.url } });
    let calls = 0;
    receiver.answer = () => ({ status: (calls += 1) === 1 ? 500 : 200 });
    await running.workspace.query('mutation ($id: ID!) { sendTestWebhook(input: { id: $id }) { id } }', {
      id,
    });
    while (receiver.calls.length < 2) await sleep(50);
    const contents = receiver.calls.map((call) => verified(call, newSecret!));
    expect(contents[0]).toEqual(contents[1]);
    expect(receiver.calls[0]!.id).toBe(receiver.calls[1]!.id);
  });
});

describe('a process that is killed', () => {
  const kills = isFull ? 30 : 6;
  const told = isFull ? 3000 : 300;

  it(
    `${kills} times while it sends loses nothing, and repeats only what it was in the middle of`,
    { timeout: 600_000 },
    async () => {
      const to = await hook();
      receiver.answer = async () => {
        await sleep(Math.random() * 4);
        return { status: 200 };
      };
      const made = (await Promise.all(Array.from({ length: told / 100 }, () => tell(to, 100)))).flat();
      const [key] = on.app.settings.secretKeys;
      const args = ['--import', '@oxc-node/core/register', join(import.meta.dirname, 'deliver-worker.ts')];
      const about = [on.app.database.appUrl, key!.toString('base64'), on.workspace.id, to.id];
      for (let kill = 0; kill < kills; kill += 1) {
        const worker = spawn(process.execPath, [...args, ...about], {
          cwd: join(root, 'api'),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        await once(worker.stdout, 'data');
        const before = receiver.calls.length;
        const until = Date.now() + 5000;
        const some = 1 + Math.floor(Math.random() * (told / kills / 2));
        while (receiver.calls.length < before + some && Date.now() < until) await sleep(1);
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      }
      expect(receiver.calls.length).toBeGreaterThan(kills);
      on.clock.at = new Date();
      for (let run = 0; run < 20 && (await look(to, 'PENDING')).deliveries.length > 0; run += 1)
        await deliver(to);
      expect((await look(to, 'PENDING')).deliveries).toEqual([]);
      expect(new Set(receiver.calls.map(({ id }) => id))).toEqual(new Set(made.map(({ id }) => id)));
      // Five calls at a time are under way when it dies.
      expect(receiver.calls.length - told).toBeLessThanOrEqual(5 * kills);
      expect(receiver.calls.every((call) => isSignedWith(call, to.secret))).toBe(true);
    },
  );
});
