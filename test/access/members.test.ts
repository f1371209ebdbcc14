import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { goodPassword, newEmail, newOwner, Person } from '../support/person.js';

let app: TestApp;
let owner: Awaited<ReturnType<typeof newOwner>>;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  owner = await newOwner(app.url);
});

interface Grant {
  role?: string;
  workspaces?: { workspaceId: string; role: string }[];
}

const inviteText = `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
  inviteMember(organizationId: $organizationId, input: $input) { token invitation { id email role expiresAt } }
}`;
const acceptText = `mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id email name } } }`;
const changeText = `mutation ($organizationId: ID!, $userId: ID!, $input: GrantInput!) {
  changeMember(organizationId: $organizationId, userId: $userId, input: $input) { role workspaces { workspaceId role } }
}`;
const removeText = `mutation ($organizationId: ID!, $userId: ID!) {
  removeMember(organizationId: $organizationId, userId: $userId)
}`;
const workspaceText = 'query ($id: ID!) { workspace(id: $id) { name role } }';
const renameText = `mutation ($id: ID!) { updateWorkspace(workspaceId: $id, input: {name: "Renamed"}) { name } }`;

async function invite(email: string, grant: Grant, by: Person = owner): Promise<string> {
  const { inviteMember } = await by.query<{ inviteMember: { token: string } }>(inviteText, {
    organizationId: owner.organizationId,
    input: { email, ...grant },
  });
  return inviteMember.token;
}

/** Somebody who joined by an invitation. */
async function newMember(grant: Grant): Promise<Person & { email: string; userId: string }> {
  const person = new Person(app.url);
  const email = newEmail();
  const token = await invite(email, grant);
  const { acceptInvitation } = await person.query<{ acceptInvitation: { user: { id: string } } }>(
    acceptText,
    {
      input: { token, name: 'Bob', password: goodPassword },
    },
  );
  return Object.assign(person, { email, userId: acceptInvitation.user.id });
}

async function userIdOf(person: Person): Promise<string> {
  const { viewer } = await person.query<{ viewer: { user: { id: string } } }>('{ viewer { user { id } } }');
  return viewer.user.id;
}

async function secondWorkspace(): Promise<string> {
  const { createWorkspace } = await owner.query<{ createWorkspace: { id: string } }>(
    `mutation ($id: ID!) { createWorkspace(organizationId: $id, input: {name: "Second"}) { id } }`,
    { id: owner.organizationId },
  );
  return createWorkspace.id;
}

/** The code with which somebody without an account is refused who takes up an invitation. */
function accepting(token: string): Promise<string | undefined> {
  return new Person(app.url).codeOf(acceptText, { input: { token, password: goodPassword } });
}

const extensionsOf = async (answer: ReturnType<Person['ask']>) => (await answer).errors?.[0]?.extensions;

describe('an invitation', () => {
  it('is accepted by a new person, who gets an account and is signed in', async () => {
    const member = await newMember({ role: 'EDITOR' });
    expect(await member.whoAmI()).toBe(member.email);
    const { workspace } = await member.query<{ workspace: unknown }>(workspaceText, {
      id: owner.workspaceId,
    });
    expect(workspace).toEqual({ name: 'First', role: 'EDITOR' });
    expect((await new Person(app.url).signIn(member.email)).errors).toBeUndefined();
  });

  it('is accepted by somebody who is signed in already, with the account that they have', async () => {
    const other = await newOwner(app.url);
    const token = await invite(other.email.toUpperCase(), { role: 'VIEWER' });
    await other.query(acceptText, { input: { token } });
    const { viewer } = await other.query<{ viewer: { organizations: { id: string }[] } }>(
      '{ viewer { organizations { id } } }',
    );
    expect(viewer.organizations.map(({ id }) => id).toSorted()).toEqual(
      [owner.organizationId, other.organizationId].toSorted(),
    );
  });

  it('works once, also for two who come at the same moment', async () => {
    const token = await invite(newEmail(), { role: 'VIEWER' });
    const accept = () => new Person(app.url).codeOf(acceptText, { input: { token, password: goodPassword } });
    const codes = await Promise.all([accept(), accept(), accept()]);
    expect(codes.toSorted()).toEqual(['NOT_FOUND', 'NOT_FOUND', undefined]);
  });

  it('expires, and is then answered as one that never was', async () => {
    const token = await invite(newEmail(), { role: 'VIEWER' });
    await app.database.owner.query('update invitations set expires_at = now() where accepted_at is null');
    const expired = await new Person(app.url).ask(acceptText, { input: { token, password: goodPassword } });
    const random = await new Person(app.url).ask(acceptText, {
      input: { token: 'x'.repeat(43), password: goodPassword },
    });
    expect(expired.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(expired.errors?.[0]?.message).toBe(random.errors?.[0]?.message);
  });

  it('can be withdrawn, by an administrator of its organization only', async () => {
    const email = newEmail();
    const token = await invite(email, { role: 'VIEWER' });
    const revokeText = `mutation ($organizationId: ID!, $id: ID!) { revokeInvitation(organizationId: $organizationId, id: $id) }`;
    const { organization } = await owner.query<{ organization: { invitations: { id: string }[] } }>(
      'query ($id: ID!) { organization(id: $id) { invitations { id } } }',
      { id: owner.organizationId },
    );
    const id = organization.invitations[0]?.id;
    const stranger = await newOwner(app.url);
    expect(await stranger.codeOf(revokeText, { organizationId: stranger.organizationId, id })).toBe(
      'NOT_FOUND',
    );
    await owner.query(revokeText, { organizationId: owner.organizationId, id });
    expect(await accepting(token)).toBe('NOT_FOUND');
    expect(await owner.codeOf(revokeText, { organizationId: owner.organizationId, id })).toBe('NOT_FOUND');
  });

  it('ends with the next one for the same person', async () => {
    const email = newEmail();
    const first = await invite(email, { role: 'ADMIN' });
    const second = await invite(email.toUpperCase(), { role: 'VIEWER' });
    expect(await accepting(first)).toBe('NOT_FOUND');
    expect(await accepting(second)).toBeUndefined();
  });

  it('ends when who made it is removed, or could not give the role any more', async () => {
    const admin = await newMember({ role: 'ADMIN' });
    const token = await invite(newEmail(), { role: 'ADMIN' }, admin);
    const target = { organizationId: owner.organizationId, userId: admin.userId };
    await owner.query(changeText, { ...target, input: { role: 'EDITOR' } });
    expect(await accepting(token)).toBe('NOT_FOUND');
    await owner.query(changeText, { ...target, input: { role: 'ADMIN' } });
    const next = await invite(newEmail(), { role: 'VIEWER' }, admin);
    await owner.query(removeText, target);
    expect(await accepting(next)).toBe('NOT_FOUND');
  });

  it('is for the address that it was made for, and stays open when somebody else tries', async () => {
    const email = newEmail();
    const token = await invite(email, { role: 'ADMIN' });
    const other = await newOwner(app.url);
    expect(await other.codeOf(acceptText, { input: { token } })).toBe('FORBIDDEN');
    expect(
      await new Person(app.url).codeOf(acceptText, { input: { token, password: goodPassword } }),
    ).toBeUndefined();
  });

  it('of somebody who has an account asks them to sign in, whatever password they give', async () => {
    const other = await newOwner(app.url);
    const token = await invite(other.email, { role: 'ADMIN' });
    const input = { token, password: 'a password of my own' };
    expect(await new Person(app.url).codeOf(acceptText, { input })).toBe('CONFLICT');
    expect(await new Person(app.url).signIn(other.email, input.password)).toHaveProperty('errors');
  });

  it('does not change the role of somebody who has become a member meanwhile', async () => {
    const email = newEmail();
    const person = new Person(app.url);
    const first = await invite(email, { role: 'ADMIN' });
    await person.query(acceptText, { input: { token: first, password: goodPassword } });
    // As when both were made at the same moment.
    await app.database.owner.query(
      `update invitations set accepted_at = null, role = 'viewer' where organization_id = $1 and email = $2`,
      [owner.organizationId, email],
    );
    expect(await person.codeOf(acceptText, { input: { token: first } })).toBe('CONFLICT');
    const { workspace } = await person.query<{ workspace: { role: string } }>(workspaceText, {
      id: owner.workspaceId,
    });
    expect(workspace.role).toBe('ADMIN');
  });

  it('gives no more than who makes it holds', async () => {
    const admin = await newMember({ role: 'ADMIN' });
    const variables = {
      organizationId: owner.organizationId,
      input: { email: newEmail(), role: 'OWNER' },
    };
    expect(await extensionsOf(admin.ask(inviteText, variables))).toMatchObject({
      code: 'FORBIDDEN',
      path: 'input.role',
    });
  });

  it.each([
    ['both a role in the whole and in workspaces', { role: 'VIEWER', workspaces: true }, 'input.role'],
    ['neither', {}, 'input.role'],
    ['an owner of a single workspace', { workspaces: 'OWNER' }, 'input.workspaces[0].role'],
  ])('with %s is refused', async (_what, { role, workspaces }: Record<string, unknown>, path) => {
    const named = [{ workspaceId: owner.workspaceId, role: workspaces === 'OWNER' ? 'OWNER' : 'VIEWER' }];
    const input = { email: newEmail(), role, workspaces: workspaces ? named : undefined };
    const variables = { organizationId: owner.organizationId, input };
    expect(await extensionsOf(owner.ask(inviteText, variables))).toMatchObject({
      code: 'INVALID_INPUT',
      path,
    });
  });

  it('of a member is refused, and the token of one is not to be read again', async () => {
    const member = await newMember({ role: 'VIEWER' });
    const variables = {
      organizationId: owner.organizationId,
      input: { email: member.email, role: 'ADMIN' },
    };
    expect(await extensionsOf(owner.ask(inviteText, variables))).toMatchObject({ code: 'CONFLICT' });
    const email = newEmail();
    const token = await invite(email, { role: 'VIEWER' });
    const { organization } = await owner.query<{ organization: { invitations: object[] } }>(
      `query ($id: ID!) { organization(id: $id) { invitations { id email role } } }`,
      { id: owner.organizationId },
    );
    expect(organization.invitations).toMatchObject([{ email, role: 'VIEWER' }]);
    expect(JSON.stringify(organization)).not.toContain(token);
  });

  it.each(['a foreign', 'a random'])('to %s workspace is refused as one that is not there', async (which) => {
    const foreign = await newOwner(app.url);
    const workspaceId = which === 'a foreign' ? foreign.workspaceId : randomUUID();
    const input = { email: newEmail(), workspaces: [{ workspaceId, role: 'VIEWER' }] };
    const answer = await owner.ask(inviteText, { organizationId: owner.organizationId, input });
    expect(answer.errors?.[0]).toMatchObject({
      message: 'There is no such workspace.',
      extensions: { code: 'NOT_FOUND', path: 'input.workspaces[0].workspaceId' },
    });
  });
});

describe('a role', () => {
  it('in the whole organization counts in every workspace, new ones included', async () => {
    const viewer = await newMember({ role: 'VIEWER' });
    const second = await secondWorkspace();
    for (const id of [owner.workspaceId, second]) {
      expect(await viewer.codeOf(workspaceText, { id })).toBeUndefined();
      expect(await viewer.codeOf(renameText, { id })).toBe('FORBIDDEN');
    }
  });

  it('in named workspaces counts in them alone; the others look as if they were not there', async () => {
    const second = await secondWorkspace();
    const member = await newMember({ workspaces: [{ workspaceId: second, role: 'ADMIN' }] });
    expect(await member.codeOf(renameText, { id: second })).toBeUndefined();
    const hidden = await member.ask(workspaceText, { id: owner.workspaceId });
    const random = await member.ask(workspaceText, { id: randomUUID() });
    expect(hidden.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(hidden.errors?.[0]?.message).toBe(random.errors?.[0]?.message);
    const { organization } = await member.query<{ organization: object }>(
      'query ($id: ID!) { organization(id: $id) { role workspaces { edges { node { id } } } } }',
      { id: owner.organizationId },
    );
    expect(organization).toEqual({ role: null, workspaces: { edges: [{ node: { id: second } }] } });
  });

  it('in a workspace does not open what concerns the whole organization', async () => {
    const member = await newMember({ workspaces: [{ workspaceId: owner.workspaceId, role: 'ADMIN' }] });
    const { organizationId } = owner;
    const members = 'query ($id: ID!) { organization(id: $id) { members { email } } }';
    expect(await member.codeOf(members, { id: organizationId })).toBe('FORBIDDEN');
    expect(
      await member.codeOf(inviteText, { organizationId, input: { email: newEmail(), role: 'VIEWER' } }),
    ).toBe('FORBIDDEN');
  });

  it.each([
    ['VIEWER', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['EDITOR', undefined, 'FORBIDDEN', 'FORBIDDEN'],
    ['ADMIN', undefined, undefined, 'FORBIDDEN'],
    ['OWNER', undefined, undefined, undefined],
  ])('%s writes: %s, manages: %s, archives: %s', async (role, writes, manages, archives) => {
    const member = await newMember({ role });
    const id = owner.workspaceId;
    const upsert = `mutation ($id: ID!) {
      upsertContacts(workspaceId: $id, input: {contacts: [{externalId: "1"}]}) { contact { id } }
    }`;
    expect(await member.codeOf(upsert, { id })).toBe(writes);
    expect(await member.codeOf(renameText, { id })).toBe(manages);
    expect(await member.codeOf('mutation ($id: ID!) { archiveWorkspace(workspaceId: $id) }', { id })).toBe(
      archives,
    );
  });

  it('that changes takes effect at once, in both directions', async () => {
    const member = await newMember({ role: 'ADMIN' });
    const target = { organizationId: owner.organizationId, userId: member.userId };
    const workspaces = [{ workspaceId: owner.workspaceId, role: 'VIEWER' }];
    const { changeMember } = await owner.query<{ changeMember: object }>(changeText, {
      ...target,
      input: { workspaces },
    });
    expect(changeMember).toEqual({ role: null, workspaces });
    expect(await member.codeOf(renameText, { id: owner.workspaceId })).toBe('FORBIDDEN');
    await owner.query(changeText, { ...target, input: { role: 'ADMIN' } });
    expect(await member.codeOf(renameText, { id: owner.workspaceId })).toBeUndefined();
    await owner.query(removeText, target);
    expect(await member.codeOf(workspaceText, { id: owner.workspaceId })).toBe('NOT_FOUND');
  });

  it('above one own is neither given nor taken', async () => {
    const admin = await newMember({ role: 'ADMIN' });
    const { organizationId } = owner;
    const ownerId = await userIdOf(owner);
    const promote = { organizationId, userId: admin.userId, input: { role: 'OWNER' } };
    expect(await admin.codeOf(changeText, promote)).toBe('FORBIDDEN');
    const demote = { organizationId, userId: ownerId, input: { role: 'VIEWER' } };
    expect(await admin.codeOf(changeText, demote)).toBe('FORBIDDEN');
    expect(await admin.codeOf(removeText, { organizationId, userId: ownerId })).toBe('FORBIDDEN');
  });
});

describe('the last owner', () => {
  it('stays, until there is another', async () => {
    const { organizationId } = owner;
    const userId = await userIdOf(owner);
    const demote = { organizationId, userId, input: { role: 'ADMIN' } };
    expect(await owner.codeOf(changeText, demote)).toBe('IN_USE');
    expect(await owner.codeOf(removeText, { organizationId, userId })).toBe('IN_USE');
    await newMember({ role: 'OWNER' });
    expect(await owner.codeOf(changeText, demote)).toBeUndefined();
  });

  it('stays also when two owners remove each other at the same moment', async () => {
    const { organizationId } = owner;
    const second = await newMember({ role: 'OWNER' });
    const userId = await userIdOf(owner);
    await Promise.all([
      owner.ask(removeText, { organizationId, userId: second.userId }),
      second.ask(removeText, { organizationId, userId }),
    ]);
    const { rows } = await app.database.owner.query<{ owners: number }>(
      `select count(*)::int as owners from members where organization_id = $1 and role = 'owner'`,
      [organizationId],
    );
    expect(rows).toEqual([{ owners: 1 }]);
  });
});
