import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isHeldOut } from '../../api/src/modules/automations/hold-out.js';
import { lookAfter } from '../../api/src/modules/automations/look-after.job.js';
import { deliverDue } from '../../api/src/modules/destinations/deliveries/deliver.js';
import {
  createMailSender,
  createOpenDestination,
  type MailSender,
} from '../../api/src/modules/destinations/index.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import { PresentMemberships } from '../../api/src/modules/segments/membership/present-memberships.js';
import { createLog } from '../../api/src/platform/log.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { openActivation, type Activation } from './open-activation.js';
import { startReceiver, verified } from './receiver.js';
import { smtpUser, startSmtp, type SmtpServer } from './smtp.js';

/*
 * Automations on a real database and a real mail server. Jobs are run by hand, so that a test says when.
 */

let on: Activation;
let smtp: SmtpServer;
let sender: MailSender;
let workspace: TestWorkspace;
let segmentId: string;
let mailServerId: string;

beforeAll(async () => {
  on = await openActivation();
});
afterAll(() => on.close());
beforeEach(async () => {
  on.clock.at = new Date('2026-07-01T12:00:00Z');
  smtp = await startSmtp();
  sender = createMailSender();
  workspace = await createWorkspace(on.app);
  const { createSegment } = await workspace.query<{ createSegment: { id: string } }>(
    'mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id } }',
    { input: { name: 'Customers', rule: { text: 'lifecycle_stage = "customer"' } } },
  );
  segmentId = createSegment.id;
  mailServerId = (await on.add(mailServer(), workspace)).id;
  await materialiseNow();
});
afterEach(async () => {
  await sender.close();
  await smtp.close();
});

const mailServer = (): object => ({
  smtp: { host: '127.0.0.1', port: smtp.port, tls: 'none', fromAddress: 'news@acme.example', ...smtpUser },
});

const engine = () =>
  createEngine({ withWorkspace: on.withWorkspace, shared: undefined }, { mostBytes: 1 << 24 });

async function materialiseNow(): Promise<void> {
  const services = {
    withWorkspace: on.withWorkspace,
    engine: engine(),
    memberships: new PresentMemberships(1 << 24),
    clock: { now: () => on.clock.at },
  };
  await materialise(services, workspace.id, new AbortController().signal);
}

const performing = () => ({
  ...on.services,
  log: createLog('silent'),
  open: createOpenDestination(on.services),
  mail: sender,
});

/** What the jobs would do by now. */
async function run(): Promise<void> {
  await materialiseNow();
  await lookAfter(performing(), workspace.id, new AbortController().signal);
}

interface PersonOptions {
  stage?: string;
  consents?: boolean;
}

async function person(
  email: string,
  { stage = 'customer', consents = true }: PersonOptions = {},
): Promise<string> {
  const { upsertContact } = await workspace.query<{ upsertContact: { contact: { id: string } } }>(
    'mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }',
    {
      input: {
        email,
        attributes: [
          { key: 'lifecycle_stage', value: stage },
          { key: 'first_name', value: 'Ada <b>' },
        ],
        ...(consents && { consents: [{ channel: 'email', state: 'granted', source: 'test' }] }),
      },
    },
  );
  return upsertContact.contact.id;
}

interface Made {
  id: string;
  version: number;
}

async function automation(actions: object[], changes: object = {}): Promise<Made> {
  const { createAutomation } = await workspace.query<{ createAutomation: Made }>(
    'mutation ($input: CreateAutomationInput!) { createAutomation(input: $input) { id version } }',
    { input: { name: 'Welcome', segmentId, actions, ...changes } },
  );
  await workspace.query(
    'mutation ($input: AutomationIdInput!) { activateAutomation(input: $input) { id } }',
    {
      input: { id: createAutomation.id },
    },
  );
  return createAutomation;
}

const welcome = (): object => ({
  email: {
    destinationId: mailServerId,
    subject: 'Welcome {{ contact.first_name }}',
    html: '<p>Hello {{ contact.first_name }} of {{ workspace.name }}</p>',
  },
});

interface RunNode {
  contactId: string;
  status: string;
  reason: string | null;
  detail: string | null;
  steps: { kind: string; outcome: string; reason: string | null }[];
}

async function runsOf({ id }: Made): Promise<RunNode[]> {
  const { workspace: found } = await workspace.query<{
    workspace: { automation: { runs: { edges: { node: RunNode }[] } } };
  }>(
    `query ($id: ID!) { workspace { automation(id: $id) { runs(first: 100) { edges { node {
       contactId status reason detail steps { kind outcome reason } } } } } } }`,
    { id },
  );
  return found.automation.runs.edges.map(({ node }) => node);
}

const recipients = (): string[] => smtp.mails.flatMap(({ to }) => to).toSorted();

describe('an e-mail to who enters a segment', () => {
  it('is sent once to each contact that entered, and to nobody without consent', async () => {
    const made = await automation([welcome()]);
    await person('ada@example.com');
    await person('grace@example.com');
    const silent = await person('silent@example.com', { consents: false });
    await person('lead@example.com', { stage: 'lead' });
    await run();
    await run();
    expect(recipients()).toEqual(['ada@example.com', 'grace@example.com']);
    const runs = await runsOf(made);
    expect(runs.map(({ status }) => status).toSorted()).toEqual(['DONE', 'DONE', 'SKIPPED']);
    expect(runs.find(({ contactId }) => contactId === silent)?.steps).toEqual([
      { kind: 'email', outcome: 'SKIPPED', reason: 'NO_CONSENT' },
    ]);
  });

  it('is filled in, escaped, and can be ended by a link and by a button of the mail program', async () => {
    await automation([welcome()]);
    await person('ada@example.com');
    await run();
    const [mail] = smtp.mails;
    expect(mail?.headers['subject']).toBe('Welcome Ada <b>');
    expect(mail?.source).toContain('Ada &lt;b&gt;');
    expect(mail?.headers['list-unsubscribe-post']).toBe('List-Unsubscribe=One-Click');
    const link = /<(https:\/\/coterie\.example\/u\/[^>]+)>/.exec(
      mail?.headers['list-unsubscribe'] ?? '',
    )?.[1];
    const path = new URL(link ?? '').pathname;
    const answer = await fetch(on.app.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
    });
    expect(answer.status).toBe(200);
    await person('ada@example.com', { stage: 'lead', consents: false });
    await run();
    await person('ada@example.com', { consents: false });
    await run();
    expect(smtp.mails).toHaveLength(1);
  });

  it('goes to nobody who was there before, and again to who comes back, unless each goes once', async () => {
    await person('before@example.com');
    await run();
    const [again, once] = [
      await automation([welcome()]),
      await automation([welcome()], { guards: { once: true } }),
    ];
    await person('ada@example.com');
    await run();
    await person('ada@example.com', { stage: 'lead' });
    await run();
    await person('ada@example.com');
    await run();
    expect((await runsOf(again)).map(({ status }) => status)).toEqual(['DONE', 'DONE']);
    expect((await runsOf(once)).map(({ reason }) => reason)).toEqual(['ALREADY', null]);
    expect(recipients()).toEqual(['ada@example.com', 'ada@example.com', 'ada@example.com']);
  });

  it('is not sent when consent was withdrawn between the entry and the mail', async () => {
    const made = await automation([{ wait: { minutes: 60 } }, welcome()]);
    await person('ada@example.com');
    await run();
    await workspace.query('mutation ($input: ContactInput!) { upsertContact(input: $input) { outcome } }', {
      input: {
        email: 'ada@example.com',
        consents: [{ channel: 'email', state: 'withdrawn', source: 'test' }],
      },
    });
    on.clock.at = new Date(on.clock.at.getTime() + 61 * 60_000);
    await run();
    expect(smtp.mails).toEqual([]);
    expect((await runsOf(made))[0]).toMatchObject({ status: 'SKIPPED' });
  });

  it('is not sent to who has left meanwhile', async () => {
    const made = await automation([{ wait: { minutes: 60 } }, welcome()]);
    await person('ada@example.com');
    await run();
    await person('ada@example.com', { stage: 'lead' });
    on.clock.at = new Date(on.clock.at.getTime() + 61 * 60_000);
    await run();
    expect(smtp.mails).toEqual([]);
    expect((await runsOf(made))[0]).toMatchObject({ status: 'SKIPPED', reason: 'LEFT' });
  });

  it('waits for the end of the quiet hours', async () => {
    await automation([welcome()], { guards: { quietHours: { from: '20:00', to: '08:00' } } });
    on.clock.at = new Date('2026-07-01T21:30:00Z');
    await person('ada@example.com');
    await run();
    on.clock.at = new Date('2026-07-02T07:59:00Z');
    await run();
    expect(smtp.mails).toEqual([]);
    on.clock.at = new Date('2026-07-02T08:01:00Z');
    await run();
    expect(recipients()).toEqual(['ada@example.com']);
  });

  it('is capped over all automations', async () => {
    const guards = { emailCap: { most: 1, days: 7 } };
    const made = [await automation([welcome()], { guards }), await automation([welcome()], { guards })];
    await person('ada@example.com');
    await run();
    expect(recipients()).toEqual(['ada@example.com']);
    const runs = (await Promise.all(made.map(runsOf))).flat();
    expect(runs.flatMap(({ steps }) => steps.map(({ reason }) => reason)).toSorted()).toEqual([
      'CAPPED',
      null,
    ]);
  });

  it('is tried again when the server does not take it, and not when it does not know the address', async () => {
    const made = await automation([welcome()]);
    smtp.refusals.set('busy@example.com', { code: 451, at: 'rcpt' });
    smtp.refusals.set('nobody@example.com', { code: 550, at: 'rcpt' });
    const busy = await person('busy@example.com');
    const nobody = await person('nobody@example.com');
    await run();
    const of = async (id: string): Promise<RunNode | undefined> =>
      (await runsOf(made)).find(({ contactId }) => contactId === id);
    expect(await of(busy)).toMatchObject({ status: 'DUE' });
    expect(await of(nobody)).toMatchObject({ status: 'FAILED', steps: [{ reason: 'BOUNCED' }] });
    smtp.refusals.clear();
    on.clock.at = new Date(on.clock.at.getTime() + 2 * 60_000);
    await run();
    expect(recipients()).toEqual(['busy@example.com']);
  });

  it('is not sent again when the process died while it was handed over', async () => {
    const made = await automation([welcome()]);
    await person('ada@example.com');
    await materialiseNow();
    const dying: MailSender = {
      send: () => Promise.reject(new Error('the process is gone')),
      close: () => Promise.resolve(),
    };
    const services = { ...performing(), mail: dying };
    await expect(lookAfter(services, workspace.id, new AbortController().signal)).rejects.toThrow('gone');
    await run();
    expect(smtp.mails).toEqual([]);
    expect((await runsOf(made))[0]).toMatchObject({
      status: 'DONE',
      steps: [{ kind: 'email', outcome: 'IN_DOUBT', reason: 'IN_DOUBT' }],
    });
  });

  it('is not sent to those held out for comparison, who are always the same', async () => {
    const made = await automation([welcome()], { guards: { holdOut: 50 } });
    const ids = [];
    for (let index = 0; index < 20; index += 1) ids.push(await person(`p${index}@example.com`));
    await run();
    const held = ids.filter((id) => isHeldOut(made.id, id, 50));
    const runs = await runsOf(made);
    expect(
      runs
        .filter(({ reason }) => reason === 'HELD_OUT')
        .map(({ contactId }) => contactId)
        .toSorted(),
    ).toEqual(held.toSorted());
    expect(smtp.mails).toHaveLength(20 - held.length);
  });
});

describe('a preview of an e-mail', () => {
  const preview = (input: object) =>
    workspace.query<{ previewEmail: Record<string, string | null> }>(
      'query ($input: PreviewEmailInput!) { previewEmail(input: $input) { subject html text to } }',
      { input },
    );
  const template = {
    subject: 'For {{ contact.first_name | default: "you" }}',
    html: '<p>Hello {{ contact.first_name }} of {{ workspace.name }}</p>',
  };

  it('says what the mail would say, with a way out that leads nowhere, and sends nothing', async () => {
    const contactId = await person('ada@example.com');
    const { previewEmail } = await preview({ ...template, contactId });
    expect(previewEmail).toMatchObject({ subject: 'For Ada <b>', to: 'ada@example.com' });
    expect(previewEmail['html']).toContain('Hello Ada &lt;b&gt; of ');
    expect(previewEmail['html']).toContain('https://unsubscribe.invalid/');
    expect(previewEmail['text']).toContain('Hello Ada <b> of ');
    expect(smtp.mails).toEqual([]);
  });

  it('knows nothing of nobody', async () => {
    const { previewEmail } = await preview(template);
    expect(previewEmail).toMatchObject({ subject: 'For you', to: null });
  });

  it('says where a template is none, and that a contact is unknown', async () => {
    const refusal = async (input: object): Promise<unknown> => {
      const { errors } = await workspace.ask(
        'query ($input: PreviewEmailInput!) { previewEmail(input: $input) { subject } }',
        { input },
      );
      return errors?.[0]?.extensions;
    };
    expect(await refusal({ subject: 'Hello', text: 'a\n{{ contact.first_name }' })).toMatchObject({
      code: 'INVALID_INPUT',
      path: 'input.text',
    });
    expect(await refusal({ ...template, contactId: randomUUID() })).toMatchObject({
      code: 'NOT_FOUND',
      path: 'input.contactId',
    });
  });
});

describe('what else an automation does', () => {
  it('tells a webhook, signed, once for each contact', async () => {
    // Whoever verifies a signature looks at the time as well.
    on.clock.at = new Date();
    const receiver = await startReceiver();
    try {
      const { id, newSecret } = await on.add({ webhook: { url: receiver.url } }, workspace);
      await automation([{ webhook: { destinationId: id, attributes: ['lifecycle_stage'] } }]);
      const contactId = await person('ada@example.com');
      await run();
      await run();
      const signal = new AbortController().signal;
      await deliverDue(on.services, { workspaceId: workspace.id, destinationId: id, signal });
      expect(receiver.calls).toHaveLength(1);
      expect(verified(receiver.calls[0]!, newSecret ?? '')).toMatchObject({
        type: 'segment.entered',
        data: { contact: { id: contactId, attributes: { lifecycle_stage: 'customer' } } },
      });
    } finally {
      await receiver.close();
    }
  });

  it('opens follow-ups, which the team works through', async () => {
    await automation([{ followUp: { note: 'Say hello', dueInDays: 2, priority: 'HIGH' } }]);
    const contactId = await person('ada@example.com');
    await run();
    const list = async (): Promise<{ id: string; contactId: string; note: string; priority: string }[]> =>
      (
        await workspace.query<{ workspace: { followUps: { edges: { node: never }[] } } }>(
          '{ workspace { followUps(first: 10) { edges { node { id contactId note priority } } } } }',
        )
      ).workspace.followUps.edges.map(({ node }) => node);
    const [followUp] = await list();
    expect(followUp).toMatchObject({ contactId, note: 'Say hello', priority: 'HIGH' });
    await workspace.query(
      'mutation ($input: UpdateFollowUpsInput!) { updateFollowUps(input: $input) { status closedBy } }',
      { input: { ids: [followUp!.id], status: 'DONE' } },
    );
    expect(await list()).toEqual([]);
  });

  it('leads from a follow-up and from a run to the contact, also after a merge', async () => {
    const made = await automation([{ followUp: { note: 'Say hello' } }]);
    const id = await person('ada@example.com');
    await run();
    const { upsertContact } = await workspace.query<{ upsertContact: { contact: { id: string } } }>(
      'mutation { upsertContact(input: { externalId: "winner" }) { contact { id } } }',
    );
    const winner = upsertContact.contact.id;
    const contacts = async (): Promise<(string | undefined)[]> => {
      const { workspace: found } = await workspace.query<{
        workspace: Record<'followUps' | 'runs', { edges: { node: { contact: { id: string } | null } }[] }> & {
          automation: { runs: { edges: { node: { contact: { id: string } | null } }[] } };
        };
      }>(
        `query ($id: ID!) { workspace {
           followUps(first: 10) { edges { node { contact { id } } } }
           automation(id: $id) { runs(first: 10) { edges { node { contact { id } } } } } } }`,
        { id: made.id },
      );
      return [...found.followUps.edges, ...found.automation.runs.edges].map(({ node }) => node.contact?.id);
    };
    expect(await contacts()).toEqual([id, id]);
    await workspace.query(
      'mutation ($input: MergeContactsInput!) { mergeContacts(input: $input) { __typename } }',
      { input: { winnerId: winner, loserId: id } },
    );
    expect(await contacts()).toEqual([winner, winner]);
    await workspace.query('mutation ($id: ID!) { deleteContact(id: $id) }', { id: winner });
    expect((await contacts()).every((each) => each === undefined)).toBe(true);
  });

  it('changes lists and attributes, and does not do so twice', async () => {
    const { createStaticSegment: list } = await workspace.query<{ createStaticSegment: { id: string } }>(
      'mutation ($input: CreateStaticSegmentInput!) { createStaticSegment(input: $input) { id } }',
      { input: { name: 'Welcomed' } },
    );
    const made = await automation([
      { list: { segmentId: list.id, change: 'ADD' } },
      { attribute: { key: 'job_title', value: 'Welcomed' } },
    ]);
    const contactId = await person('ada@example.com');
    await run();
    const { workspace: found } = await workspace.query<{
      workspace: { contact: { segments: { name: string }[]; attributes: { key: string; value: unknown }[] } };
    }>(
      `query ($id: ID!) { workspace { contact(by: { id: $id }) { segments { name } attributes { key value } } } }`,
      { id: contactId },
    );
    expect(found.contact.segments.map(({ name }) => name)).toContain('Welcomed');
    expect(found.contact.attributes).toContainEqual({ key: 'job_title', value: 'Welcomed' });
    expect((await runsOf(made))[0]).toMatchObject({ status: 'DONE' });
  });

  it('happens when a contact leaves, if that is what it waits for', async () => {
    const made = await automation([{ followUp: { note: 'Ask why' } }], { trigger: 'EXIT' });
    await person('ada@example.com');
    await run();
    expect(await runsOf(made)).toEqual([]);
    await person('ada@example.com', { stage: 'lead' });
    await run();
    expect(await runsOf(made)).toHaveLength(1);
  });

  it('does not happen because somebody has changed the rule', async () => {
    const made = await automation([{ followUp: { note: 'Say hello' } }]);
    await person('lead@example.com', { stage: 'lead' });
    await run();
    await workspace.query('mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) { id } }', {
      input: { id: segmentId, expectedVersion: 1, rule: { text: 'lifecycle_stage = "lead"' } },
    });
    await run();
    expect(await runsOf(made)).toEqual([]);
  });
});

describe('an automation', () => {
  it('tells beforehand whom it would have reached', async () => {
    on.clock.at = new Date();
    await person('ada@example.com');
    await person('silent@example.com', { consents: false });
    await run();
    const made = await automation([welcome()]);
    const { workspace: found } = await workspace.query<{ workspace: { automation: { dryRun: object } } }>(
      `query ($id: ID!) { workspace { automation(id: $id) { dryRun(days: 7) {
         contacts heldOut withoutConsent suppressed withoutAddress reached } } } }`,
      { id: made.id },
    );
    expect(found.automation.dryRun).toEqual({
      contacts: 2,
      heldOut: 0,
      withoutConsent: 1,
      suppressed: 0,
      withoutAddress: 0,
      reached: 1,
    });
  });

  it.each([
    [
      'that sends from what is no mail server',
      () => ({ email: { destinationId: randomUUID(), subject: 'x', text: 'y' } }),
      'NOT_FOUND',
      'input.actions[0].email.destinationId',
    ],
    [
      'whose message asks for what there is not',
      () => ({ email: { destinationId: mailServerId, subject: '{{ contact.nonsense }}', text: 'y' } }),
      'INVALID_INPUT',
      'input.actions[0].email',
    ],
    [
      'whose message cannot be read',
      () => ({ email: { destinationId: mailServerId, subject: '{{ oops', text: 'y' } }),
      'INVALID_INPUT',
      'input.actions[0].email.subject',
    ],
    [
      'that puts people on a list that is a rule',
      () => ({ list: { segmentId, change: 'ADD' } }),
      'INVALID_INPUT',
      'input.actions[0].list.segmentId',
    ],
    [
      'that sets what there is not',
      () => ({ attribute: { key: 'nonsense', value: 'x' } }),
      'INVALID_INPUT',
      'input.actions[0].attribute.key',
    ],
  ])('%s is refused', async (_name, action, code, path) => {
    const { errors } = await workspace.ask(
      'mutation ($input: CreateAutomationInput!) { createAutomation(input: $input) { id } }',
      { input: { name: 'x', segmentId, actions: [action()] } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code, path });
  });

  it('is not changed by who has not seen the last change', async () => {
    const made = await automation([{ followUp: { note: 'Say hello' } }]);
    const change = (version: number) =>
      workspace.ask(
        'mutation ($input: UpdateAutomationInput!) { updateAutomation(input: $input) { version } }',
        {
          input: { id: made.id, version, name: 'Hello' },
        },
      );
    expect((await change(1)).data).toMatchObject({ updateAutomation: { version: 2 } });
    expect((await change(1)).errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT' });
  });

  it('stands still while it is paused, and goes on with what happens from then on', async () => {
    const made = await automation([welcome()]);
    const set = (name: string) =>
      workspace.query(`mutation ($input: AutomationIdInput!) { ${name}(input: $input) { status } }`, {
        input: { id: made.id },
      });
    await set('pauseAutomation');
    await person('meanwhile@example.com');
    await run();
    await set('activateAutomation');
    await person('ada@example.com');
    await run();
    expect(recipients()).toEqual(['ada@example.com']);
  });

  it('keeps its segment from being archived', async () => {
    await automation([welcome()]);
    const { errors } = await workspace.ask(
      'mutation ($input: SegmentIdInput!) { archiveSegment(input: $input) { id } }',
      { input: { id: segmentId } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'IN_USE' });
  });
});
