import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codesIn, send, sendGraphql } from '../isolation/answers.js';
import { controls } from '../isolation/controls.js';
import { documentFor } from '../isolation/documents.js';
import { requestFor, routeControls } from '../isolation/route-controls.js';
import { operationsOf, withScope } from '../isolation/schema-operations.js';
import { readServed } from '../isolation/served.js';
import { callerWithRole, createTenant, type Tenant } from '../isolation/tenants.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newEmail, newOwner, Person } from '../support/person.js';

/*
 * Every operation that may change something leaves an entry in the audit log: of its workspace, or of its organization.
 * The calls are the controls of the isolation suite, so an operation that is added is asked about at once.
 */

const { schema, routes } = await readServed();
const mutations = operationsOf(schema).filter(({ kind }) => kind === 'mutation');
/** Those about an account: they name no id that another tenant could have. */
const ofAccounts = ['signUp', 'signIn', 'signOut', 'changePassword', 'acceptInvitation'];

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
});
afterAll(() => app.close());

interface Entry {
  actor: string;
  operation: string;
  kind: string | null;
  subject_id: string | null;
  fields: string[];
  request_id: string;
}

async function entriesOf(scope: { workspaceId?: string; organizationId: string }): Promise<Entry[]> {
  const { rows } = await app.database.owner.query<Entry>(
    `select at, actor, operation, kind, subject_id, fields, request_id from audit_entries where workspace_id = $1
     union all
     select at, actor, operation, kind, subject_id, fields, request_id from organization_audit_entries
     where organization_id = $2 order by at`,
    [scope.workspaceId, scope.organizationId],
  );
  return rows.filter(({ actor }) => actor !== 'system');
}

it('asks about every mutation that there is', () => {
  const all = Object.keys(schema.getMutationType()!.getFields()).sort();
  expect([...mutations.map(({ field }) => field.name), ...ofAccounts].sort()).toEqual(all);
});

/** Texts of a tenant that must not be in a log: what people are known by. */
const personalOf = (tenant: Tenant): string[] => [tenant.email, tenant.externalId, tenant.domain];

it.each(mutations)('$name leaves an entry', async (operation) => {
  const tenant = await createTenant(app.database.owner);
  const caller = await callerWithRole(app.database.owner, tenant, 'owner');
  const args = withScope(operation, tenant, controls[operation.name]!(tenant, 'fresh'));
  const form = { values: 'variables', wrap: 'plain' } as const;
  const answer = await sendGraphql(app.url, caller, documentFor(operation, args, form, { schema, depth: 2 }));
  expect(codesIn(answer), answer.text).toEqual([]);
  const entries = await entriesOf(tenant);
  expect(entries.map((entry) => entry.operation)).toEqual([operation.field.name]);
  const [entry] = entries;
  expect(entry!.actor).toMatch(/^user:[0-9a-f-]{36}$/u);
  expect(entry!.kind).toMatch(/^[a-z_]+$/u);
  for (const text of personalOf(tenant)) expect(JSON.stringify(entry)).not.toContain(text);
  // What is made is named by the id that the answer gave it.
  const data = (JSON.parse(answer.text) as { data: Record<string, { id?: string }> }).data;
  const { id } = data[operation.field.name] ?? {};
  expect(id === undefined || entry!.subject_id === id, JSON.stringify(entry)).toBe(true);
});

const writes = Object.keys(routeControls).filter(
  (route) => !route.startsWith('GET ') && routeControls[route]!.role !== null,
);

it.each(writes)('%s leaves an entry', async (route) => {
  expect(routes).toContain(route);
  const tenant = await createTenant(app.database.owner);
  const caller = await callerWithRole(app.database.owner, tenant, 'owner');
  const answer = await send(app.url, caller, requestFor(route, routeControls[route]!.call(tenant, 'fresh')));
  expect(answer.status, answer.text).toBeLessThan(300);
  const [entry, ...more] = await entriesOf(tenant);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ operation: route, subject_id: expect.stringMatching(/^[0-9a-f-]{36}$/u) });
});

it('what people do with their accounts is entered for each organization that they are in', async () => {
  const owner = await newOwner(app.url);
  const { organizationId } = owner;
  const guest = new Person(app.url);
  const email = newEmail();
  const { inviteMember } = await owner.query<{ inviteMember: { token: string } }>(
    `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
       inviteMember(organizationId: $organizationId, input: $input) { token } }`,
    { organizationId, input: { email, role: 'VIEWER' } },
  );
  await guest.query(
    `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }`,
    {
      input: { token: inviteMember.token, name: 'Eve', password: 'a long enough password' },
    },
  );
  await guest.query('mutation { signOut }');
  await guest.signIn(email, 'a long enough password');
  await guest.query(`mutation ($input: ChangePasswordInput!) { changePassword(input: $input) }`, {
    input: { currentPassword: 'a long enough password', newPassword: 'another long password' },
  });
  const entries = await entriesOf({ organizationId });
  expect(entries.map(({ operation }) => operation)).toEqual([
    'signUp',
    'inviteMember',
    'acceptInvitation',
    'signOut',
    'signIn',
    'changePassword',
  ]);
  const [ownerId, guestId] = [entries[0]!.actor, entries[2]!.actor];
  expect(entries.map(({ actor }) => actor)).toEqual([ownerId, ownerId, guestId, guestId, guestId, guestId]);
  expect(guestId).not.toBe(ownerId);
  expect(JSON.stringify(entries)).not.toContain(email);
});
