import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roles, scopes, type Role } from '../../api/src/platform/context.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { codesIn, sendGraphql, tracesOf, type Answer } from './answers.js';
import { controls, numbersOnly } from './controls.js';
import { deepest, documentFor } from './documents.js';
import { operationsOf, withScope, type Operation } from './schema-operations.js';
import { readServed } from './served.js';
import {
  callerWithRole,
  callerWithScopes,
  createTenant,
  nobody,
  type Caller,
  type Tenant,
} from './tenants.js';

/*
 * The probes say nothing unless what they ask for works for those who may ask. So each operation of the schema has a
 * control: it works for who holds just the rights that it declares, and is refused to who holds less.
 */

const { schema } = await readServed();
const operations = operationsOf(schema);

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
});
afterAll(() => app.close());

it('every operation of the schema that takes an id has a control', () => {
  const names = operations.map(({ name }) => name);
  expect(names.filter((name) => !(name in controls))).toEqual([]);
  expect(Object.keys(controls).filter((name) => !names.includes(name))).toEqual([]);
});

let calls = 0;

function call({ name }: Operation, tenant: Tenant, caller: Caller): Promise<Answer> {
  const operation = operations.find((one) => one.name === name)!;
  const args = withScope(operation, tenant, controls[name]!(tenant, `fresh${(calls += 1)}`));
  const form = { values: 'variables', wrap: 'plain' } as const;
  return sendGraphql(app.url, caller, documentFor(operation, args, form, { schema, depth: deepest }));
}

/** The least role that the operation declares. */
function leastRole({ access }: Operation): Role {
  return access.kind === 'workspace' || access.kind === 'organization' ? access.role : 'viewer';
}

function expectSuccess(operation: Operation, tenant: Tenant, answer: Answer): void {
  expect(codesIn(answer), answer.text).toEqual([]);
  expect(answer.text).not.toContain(`"${operation.field.name}":null`);
  // A canary that its own tenant cannot see would be no canary.
  const mustShow = operation.kind === 'query' && !numbersOnly.has(operation.name);
  expect(!mustShow || tracesOf(tenant, answer.text).includes('canary')).toBe(true);
}

describe.each(operations.filter(({ name }) => name in controls))('$name', (operation) => {
  const { access } = operation;
  const least = leastRole(operation);
  const scope = access.kind === 'workspace' ? access.scope : 'none';
  const expectRefusal = async (tenant: Tenant, caller: Caller): Promise<void> =>
    expect(codesIn(await call(operation, tenant, caller))).toEqual(['FORBIDDEN']);

  it(`works for a member with the role ${least}, and for nobody with less`, async () => {
    const { owner } = app.database;
    const tenant = await createTenant(owner);
    expect(codesIn(await call(operation, tenant, nobody))).toEqual(['UNAUTHENTICATED']);
    for (const role of roles.slice(0, roles.indexOf(least))) {
      await expectRefusal(tenant, await callerWithRole(owner, tenant, role, 'organization'));
      await expectRefusal(tenant, await callerWithRole(owner, tenant, role, 'workspace'));
    }
    const caller = await callerWithRole(owner, tenant, least);
    expectSuccess(operation, tenant, await call(operation, tenant, caller));
  });

  it.runIf(access.kind === 'workspace' && least !== 'owner')(
    `works for a member with the role ${least} in the workspace alone`,
    async () => {
      const tenant = await createTenant(app.database.owner);
      const caller = await callerWithRole(app.database.owner, tenant, least, 'workspace');
      expectSuccess(operation, tenant, await call(operation, tenant, caller));
    },
  );

  it.runIf(scope === 'none')('is refused to every API key', async () => {
    const tenant = await createTenant(app.database.owner);
    await expectRefusal(tenant, await callerWithScopes(app.database.owner, tenant));
  });

  it.runIf(scope !== 'none')(`works for an API key, but for none without the scope ${scope}`, async () => {
    const { owner } = app.database;
    const tenant = await createTenant(owner);
    const others = scopes.filter((one) => one !== scope);
    if (scope !== 'any') await expectRefusal(tenant, await callerWithScopes(owner, tenant, others));
    expectSuccess(operation, tenant, await call(operation, tenant, await callerWithScopes(owner, tenant)));
  });
});
