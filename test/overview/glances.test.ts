import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readGlance } from '../../api/src/modules/overview/glance.repository.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { newOwner, Person } from '../support/person.js';

let app: TestApp;
let tenants: Tenants;
let owner: Awaited<ReturnType<typeof newOwner>>;

beforeAll(async () => {
  [app, tenants] = await Promise.all([startTestApp(), openTenants()]);
});
afterAll(async () => {
  await app?.close();
  await tenants?.close();
});
beforeEach(async () => {
  owner = await newOwner(app.url);
});

interface Glance {
  workspace: { id: string; name: string };
  contacts: number;
  days: { day: string; contacts: number; events: number }[];
  segments: number;
  failedImports: number;
  quotas: { metric: string; monthly: number; used: number }[];
}

const fields = `workspace { id name } contacts days { day contacts events } segments failedImports
  quotas { metric monthly used }`;

async function glanceOf(person: Person, workspaceId: string): Promise<Glance> {
  const { workspace } = await person.query<{ workspace: { glance: Glance } }>(
    `query ($id: ID!) { workspace(id: $id) { glance { ${fields} } } }`,
    { id: workspaceId },
  );
  return workspace.glance;
}

async function glancesOf(person: Person, variables: Record<string, unknown> = {}): Promise<Glance[]> {
  const { organization } = await person.query<{
    organization: { glances: { edges: { node: Glance }[] } };
  }>(
    `query ($id: ID!, $search: String) { organization(id: $id) { glances(search: $search) {
       edges { node { ${fields} } } } } }`,
    { id: owner.organizationId, ...variables },
  );
  return organization.glances.edges.map(({ node }) => node);
}

async function addWorkspace(name: string): Promise<string> {
  const { createWorkspace } = await owner.query<{ createWorkspace: { id: string } }>(
    `mutation ($organizationId: ID!, $input: CreateWorkspaceInput!) {
       createWorkspace(organizationId: $organizationId, input: $input) { id } }`,
    { organizationId: owner.organizationId, input: { name } },
  );
  return createWorkspace.id;
}

async function addContacts(workspaceId: string, ...externalIds: string[]): Promise<string[]> {
  const { upsertContacts } = await owner.query<{ upsertContacts: { contact: { id: string } }[] }>(
    `mutation ($workspaceId: ID, $input: UpsertContactsInput!) {
       upsertContacts(workspaceId: $workspaceId, input: $input) { contact { id } } }`,
    { workspaceId, input: { contacts: externalIds.map((externalId) => ({ externalId })) } },
  );
  return upsertContacts.map(({ contact }) => contact.id);
}

describe('a glance at a workspace', () => {
  it('counts contacts that are there, and those that came today', async () => {
    const [first] = await addContacts(owner.workspaceId, 'a', 'b', 'c');
    await owner.query('mutation ($w: ID, $id: ID!) { deleteContact(workspaceId: $w, id: $id) }', {
      w: owner.workspaceId,
      id: first,
    });
    const { contacts, days } = await glanceOf(owner, owner.workspaceId);
    expect(contacts).toBe(2);
    expect(days).toHaveLength(30);
    expect(days.at(-1)).toMatchObject({ day: new Date().toISOString().slice(0, 10), contacts: 2 });
    expect(days.slice(0, -1).every((one) => one.contacts === 0)).toBe(true);
  });

  it('has a day for each of the last thirty, with what came before them left out', async () => {
    const ids = await addContacts(owner.workspaceId, 'long ago', 'a week ago');
    for (const [index, days] of [
      [0, 40],
      [1, 7],
    ] as const) {
      await app.database.owner.query(
        `update contacts set created_at = now() - $2 * interval '1 day' where id = $1`,
        [ids[index], days],
      );
    }
    const glance = await glanceOf(owner, owner.workspaceId);
    expect(glance.contacts).toBe(2);
    expect(glance.days.map(({ contacts }) => contacts).reduce((sum, one) => sum + one)).toBe(1);
    const weekAgo = new Date(Date.now() - 7 * 86_400_000).toISOString().slice(0, 10);
    expect(glance.days.find(({ day }) => day === weekAgo)?.contacts).toBe(1);
  });

  it('tells of failed imports and of quotas', async () => {
    await app.database.owner.query(
      `insert into jobs (workspace_id, id, kind, state, input, created_by)
       select $1, gen_random_uuid(), 'import', 'failed', '{}', 'system' from generate_series(1, 2)`,
      [owner.workspaceId],
    );
    await owner.query(
      `mutation ($organizationId: ID!, $input: SetUsageQuotaInput!) {
         setUsageQuota(organizationId: $organizationId, input: $input) { metric } }`,
      {
        organizationId: owner.organizationId,
        input: { workspaceId: owner.workspaceId, metric: 'EVENTS', monthly: 500 },
      },
    );
    const { failedImports, quotas } = await glanceOf(owner, owner.workspaceId);
    expect(failedImports).toBe(2);
    expect(quotas).toEqual([{ metric: 'EVENTS', monthly: 500, used: 0 }]);
  });

  it('takes as many statements for a thousand contacts as for none', async () => {
    const statementsFor = async (workspaceId: string): Promise<number> => {
      tenants.statements.length = 0;
      await tenants.withWorkspace(workspaceId, (tx) => readGlance(tx, new Date()));
      return tenants.statements.length;
    };
    const empty = await tenants.newWorkspace();
    const full = await tenants.newWorkspace();
    await tenants.database.owner.query(
      `insert into contacts (workspace_id, id, ordinal) select $1, gen_random_uuid(), n from generate_series(0, 999) as n`,
      [full],
    );
    expect(await statementsFor(full)).toBe(await statementsFor(empty));
  });
});

describe('the glances of an organization', () => {
  it('show every workspace by name, each with its own numbers', async () => {
    const second = await addWorkspace('Zephyr');
    await addContacts(second, 'x', 'y');
    await addContacts(owner.workspaceId, 'z');
    const glances = await glancesOf(owner);
    expect(glances.map(({ workspace, contacts }) => [workspace.name, contacts])).toEqual([
      ['First', 1],
      ['Zephyr', 2],
    ]);
    expect(await glancesOf(owner, { search: 'zeph' })).toHaveLength(1);
  });

  it('show a member of one workspace that one, and nobody else any', async () => {
    const second = await addWorkspace('Zephyr');
    const { inviteMember } = await owner.query<{ inviteMember: { token: string } }>(
      `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
         inviteMember(organizationId: $organizationId, input: $input) { token } }`,
      {
        organizationId: owner.organizationId,
        input: {
          email: `one-${owner.email}`,
          workspaces: [{ workspaceId: second, role: 'VIEWER' }],
        },
      },
    );
    const member = new Person(app.url);
    await member.query(
      `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }`,
      { input: { token: inviteMember.token, name: 'One', password: 'correct horse battery' } },
    );
    expect((await glancesOf(member)).map(({ workspace }) => workspace.id)).toEqual([second]);
    const stranger = await newOwner(app.url);
    expect(
      await stranger.codeOf('query ($id: ID!) { organization(id: $id) { glances { edges { cursor } } } }', {
        id: owner.organizationId,
      }),
    ).toBe('NOT_FOUND');
  });
});
