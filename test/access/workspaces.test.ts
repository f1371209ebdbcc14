import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { newOwner } from '../support/person.js';

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());

it('the time zone of a workspace can be changed until somebody holds a date that was read in it', async () => {
  const owner = await newOwner(app.url);
  const { workspaceId } = owner;
  const update = `mutation ($workspaceId: ID!, $input: UpdateWorkspaceInput!) {
    updateWorkspace(workspaceId: $workspaceId, input: $input) { name timeZone }
  }`;
  await owner.query(update, { workspaceId, input: { timeZone: 'Europe/Vienna' } });
  await owner.query(
    `mutation ($workspaceId: ID!, $input: UpsertContactsInput!) {
       upsertContacts(workspaceId: $workspaceId, input: $input) { outcome }
     }`,
    {
      workspaceId,
      input: {
        contacts: [{ email: 'a@example.com', attributes: [{ key: 'birthday', value: '1990-01-01' }] }],
      },
    },
  );
  const refused = await owner.ask(update, { workspaceId, input: { timeZone: 'America/New_York' } });
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'IN_USE', path: 'input.timeZone' });
  const kept = await owner.query(update, {
    workspaceId,
    input: { name: 'Renamed', timeZone: 'Europe/Vienna' },
  });
  expect(kept).toEqual({ updateWorkspace: { name: 'Renamed', timeZone: 'Europe/Vienna' } });
});

it('says whether companies are made of e-mail addresses, which they are unless somebody says otherwise', async () => {
  const owner = await newOwner(app.url);
  const { workspaceId } = owner;
  const asked = `query ($workspaceId: ID!) { workspace(id: $workspaceId) { companiesFromEmail } }`;
  expect(await owner.query(asked, { workspaceId })).toEqual({ workspace: { companiesFromEmail: true } });
  await owner.query(
    `mutation ($workspaceId: ID!) {
       updateWorkspace(workspaceId: $workspaceId, input: { companiesFromEmail: false }) { name }
     }`,
    { workspaceId },
  );
  expect(await owner.query(asked, { workspaceId })).toEqual({ workspace: { companiesFromEmail: false } });
});

it('a name is not made of blanks alone', async () => {
  const owner = await newOwner(app.url);
  const refused = await owner.ask(
    `mutation ($id: ID!) { updateWorkspace(workspaceId: $id, input: { name: "   " }) { name } }`,
    { id: owner.workspaceId },
  );
  expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.name' });
});
