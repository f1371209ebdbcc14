import 'reflect-metadata';
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { roles, scopes, type Role, type Scope } from '../../api/src/platform/context.js';
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

function call({ name }: Operation, tenant: Tenant, caller: Caller, depth = deepest): Promise<Answer> {
  const operation = operations.find((one) => one.name === name)!;
  const args = withScope(operation, tenant, controls[name]!(tenant, `fresh${(calls += 1)}`));
  const form = { values: 'variables', wrap: 'plain' } as const;
  return sendGraphql(app.url, caller, documentFor(operation, args, form, { schema, depth }));
}

async function expectRefusal(operation: Operation, tenant: Tenant, caller: Caller): Promise<void> {
  expect(codesIn(await call(operation, tenant, caller))).toEqual(['FORBIDDEN']);
}

async function expectSuccess(operation: Operation, tenant: Tenant, caller: Caller): Promise<void> {
  const answer = await call(operation, tenant, caller);
  expect(codesIn(answer), answer.text).toEqual([]);
  expect(answer.text).not.toContain(`"${operation.field.name}":null`);
  // A canary that its own tenant cannot see would be no canary.
  const mustShow = operation.kind === 'query' && !numbersOnly.has(operation.name);
  expect(!mustShow || tracesOf(tenant, answer.text).includes('canary')).toBe(true);
}

/** What an operation declares: the least role, and the scope that a key needs. */
const declared = operations
  .filter(({ name }) => name in controls)
  .map((operation) => {
    const { access } = operation;
    const role: Role = access.kind === 'workspace' || access.kind === 'organization' ? access.role : 'viewer';
    return {
      operation,
      name: operation.name,
      role,
      scope: access.kind === 'workspace' ? access.scope : ('none' as const),
      inWorkspace: access.kind === 'workspace',
    };
  });

it.each(declared)('$name works for the role $role, and for no lower one', async ({ operation, role }) => {
  const { owner } = app.database;
  const tenant = await createTenant(owner);
  expect(codesIn(await call(operation, tenant, nobody))).toEqual(['UNAUTHENTICATED']);
  for (const less of roles.slice(0, roles.indexOf(role))) {
    await expectRefusal(operation, tenant, await callerWithRole(owner, tenant, less, 'organization'));
    await expectRefusal(operation, tenant, await callerWithRole(owner, tenant, less, 'workspace'));
  }
  await expectSuccess(operation, tenant, await callerWithRole(owner, tenant, role));
});

it.each(declared.filter(({ inWorkspace, role }) => inWorkspace && role !== 'owner'))(
  '$name works for the role $role in the workspace alone',
  async ({ operation, role }) => {
    const tenant = await createTenant(app.database.owner);
    const caller = await callerWithRole(app.database.owner, tenant, role, 'workspace');
    await expectSuccess(operation, tenant, caller);
  },
);

it.each(declared.filter(({ scope }) => scope === 'none'))(
  '$name is refused to every API key',
  async ({ operation }) => {
    const tenant = await createTenant(app.database.owner);
    await expectRefusal(operation, tenant, await callerWithScopes(app.database.owner, tenant));
  },
);

it.each(declared.filter(({ scope }) => scope !== 'none'))(
  '$name works for an API key, but for none without the scope $scope',
  async ({ operation, scope }) => {
    const { owner } = app.database;
    const tenant = await createTenant(owner);
    const others = scopes.filter((one) => one !== scope);
    const lacking = scope === 'any' ? [] : [await callerWithScopes(owner, tenant, others)];
    for (const caller of lacking) await expectRefusal(operation, tenant, caller);
    await expectSuccess(operation, tenant, await callerWithScopes(owner, tenant));
  },
);

/** The scopes that guard a type, wherever an answer leads to it. */
const readScopes = new Map<Scope, string[]>();
for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
  const scope = type.extensions['readScope'] as Scope | null | undefined;
  if (scope) readScopes.set(scope, [...(readScopes.get(scope) ?? []), type.name]);
}

it.each([...readScopes])(
  'a key without the scope %s is led to nothing that it guards',
  async (scope, types) => {
    const { owner } = app.database;
    const tenant = await createTenant(owner);
    const caller = await callerWithScopes(
      owner,
      tenant,
      scopes.filter((one) => one !== scope),
    );
    for (const { operation } of declared.filter((one) => one.operation.kind === 'query')) {
      const { text } = await call(operation, tenant, caller);
      const shown = types.filter((type) => text.includes(`"__typename":"${type}"`));
      expect(shown, operation.name).toEqual([]);
    }
  },
);
