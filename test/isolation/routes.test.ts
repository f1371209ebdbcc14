import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roles, scopes } from '../../api/src/platform/context.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { digestOf, meaningOf, send, tracesOf, type Answer } from './answers.js';
import {
  callerOf,
  createAttacker,
  moveHome,
  shownOf,
  wordsFor,
  type Attacker,
  type Stranger,
  type Victim,
} from './attackers.js';
import { createRandom } from './random.js';
import { requestFor, routeControls, withoutIds, type RouteCall } from './route-controls.js';
import { differences, putIn, valueAt, type Path } from './schema-operations.js';
import { readServed } from './served.js';
import {
  callerKinds,
  callerWithRole,
  callerWithScopes,
  createTenant,
  imagineTenant,
  nobody,
  type Caller,
  type CallerKind,
  type Tenant,
} from './tenants.js';

/*
 * The routes beside GraphQL: each works for those who may use it and is refused to the others, and somebody who may use
 * it learns nothing by it of another tenant.
 */

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));

const { routes } = await readServed();

let app: TestApp;
let calls = 0;

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
});
afterAll(() => app.close());

function callFor(route: string, tenant: Tenant): RouteCall {
  return routeControls[route]!.call(tenant, `fresh${(calls += 1)}`);
}

function ask(route: string, tenant: Tenant, caller: Caller): Promise<Answer> {
  return send(app.url, caller, requestFor(route, callFor(route, tenant)));
}

it('every route that takes an id has a control', () => {
  const below = routes.filter((route) => route.includes(' /v1/') && !withoutIds.has(route));
  expect(below.filter((route) => !(route in routeControls))).toEqual([]);
  expect(Object.keys(routeControls).filter((route) => !below.includes(route))).toEqual([]);
});

const declared = Object.entries(routeControls).map(([route, control]) => ({ route, ...control }));

it.each(declared)('$route works for an API key with the scope $scope, and for no other', async (one) => {
  const { route, scope, beside = [] } = one;
  const { owner } = app.database;
  const tenant = await createTenant(owner);
  expect((await ask(route, tenant, nobody)).status).toBe(401);
  for (const needed of [scope, ...beside]) {
    const others = scopes.filter((other) => other !== needed);
    expect((await ask(route, tenant, await callerWithScopes(owner, tenant, others))).status).toBe(403);
  }
  const answer = await ask(route, tenant, await callerWithScopes(owner, tenant, [scope, ...beside]));
  expect(answer.status, answer.text).toBeLessThan(300);
  const shows = tracesOf(tenant, answer.text);
  expect(!route.startsWith('GET') || shows.includes('canary') || shows.includes('emailHash')).toBe(true);
});

it.each(declared.filter(({ role }) => role !== null))(
  '$route works for the role $role, and for no lower one',
  async ({ route, role }) => {
    const { owner } = app.database;
    const tenant = await createTenant(owner);
    for (const less of roles.slice(0, roles.indexOf(role!))) {
      expect((await ask(route, tenant, await callerWithRole(owner, tenant, less))).status).toBe(403);
    }
    const answer = await ask(route, tenant, await callerWithRole(owner, tenant, role!, 'workspace'));
    expect(answer.status, answer.text).toBeLessThan(300);
  },
);

it.each(declared.filter(({ role }) => role === null))('$route takes no session', async ({ route }) => {
  const tenant = await createTenant(app.database.owner);
  const caller = await callerWithRole(app.database.owner, tenant, 'owner');
  expect((await ask(route, tenant, caller)).status).toBe(401);
});

/** What of a call is another tenant's. */
interface Probe {
  route: string;
  /** All of it for an empty path. */
  path: Path;
  kind: CallerKind;
  forSibling: boolean;
}

it('no route lets anybody learn of another tenant, or change it', { timeout: 30 * 60_000 }, async () => {
  const { owner } = app.database;
  const [stranger, sibling] = [victim(await createTenant(owner)), victim(await createTenant(owner))];
  const attacker = await createAttacker(owner, sibling);
  const digests = (): Promise<object[]> =>
    Promise.all([
      digestOf(owner, stranger.real.tenant, 'organization'),
      digestOf(owner, sibling.real.tenant, 'workspace'),
    ]);
  const before = await digests();
  const failures: string[] = [];
  for (const probe of draw()) {
    const { real, made } = probe.forSibling ? sibling : stranger;
    const foreign = await tell(probe, attacker, real);
    const random = await tell(probe, attacker, made);
    const shown = shownOf(real.tenant, foreign.question, tracesOf(real.tenant, foreign.answer.text));
    if (shown.length > 0 || foreign.answer.status === 500 || foreign.meaning !== random.meaning) {
      const where = `${probe.route} with ${probe.path.join('.')} by ${probe.kind.name}`;
      failures.push(`${where}\n  ${foreign.question}\n  ${foreign.meaning}\n  ${random.meaning}`);
    }
  }
  expect(failures.join('\n'), `SEED=${seed}`).toBe('');
  expect(await digests()).toEqual(before);
});

function victim(tenant: Tenant): Victim {
  const cursors = new Map<string, string>();
  return { real: { tenant, cursors }, made: { tenant: imagineTenant(), cursors } };
}

/**
 * Every place of every route but for those under a single letter, which are other names for the same, by every kind of
 * caller; by some of them unless all is asked for.
 */
function draw(): Probe[] {
  const random = createRandom(seed);
  const [one, other] = [imagineTenant(), imagineTenant()];
  const named = Object.entries(routeControls).filter(([route]) => !/\/[a-z]$/.test(route));
  return named.flatMap(([route, { call }]) =>
    [[], ...differences(call(one, 'fresh'), call(other, 'fresh'))].flatMap((path) => {
      const some = random.shuffled(callerKinds).slice(0, process.env['FULL'] === '1' ? undefined : 1);
      const strongest = callerKinds.filter(({ name }) => name === 'key with every scope');
      return [...new Set([...strongest, ...some])].map((kind) => ({
        route,
        path,
        kind,
        forSibling: kind.isLocal && random.chance(0.5),
      }));
    }),
  );
}

async function tell({ route, path, kind }: Probe, attacker: Attacker, { tenant }: Stranger) {
  const { owner } = app.database;
  const { home } = attacker;
  const caller = await callerOf(owner, attacker, kind);
  const fresh = `fresh${(calls += 1)}`;
  const [mine, theirs] = [home, tenant].map((one) => routeControls[route]!.call(one, fresh));
  const mixed = path.length === 0 ? theirs! : (putIn(mine, path, valueAt(theirs, path)) as RouteCall);
  const request = requestFor(route, mixed);
  const answer = await send(app.url, caller, request);
  if (answer.status < 300 && request.method !== 'GET') await moveHome(owner, attacker);
  const known = new Map([...wordsFor('own', home), ...wordsFor('sent', tenant), [fresh, 'fresh']]);
  return { answer, question: JSON.stringify(request), meaning: meaningOf(answer, known) };
}
