import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { refreshPostings } from '../../api/src/modules/segments/postings/refresh-postings.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import type { TestApp } from '../support/app.js';
import type { TestWorkspace } from '../support/workspaces.js';

/** How long to wait for a job, in milliseconds. */
const patience = 30_000;

/** Somebody of whom everything that a workspace can hold is there, and every text of it carries the canary. */
export class Somebody {
  readonly canary = `canary${randomBytes(6).toString('hex')}`;
  readonly email = `${this.canary}@example.com`;
  readonly externalId = `${this.canary}-1`;
  readonly device = `${this.canary}-device`;
  /** As people write it in Austria; stored as +436601234567. */
  readonly phone = '0660 1234567';
  contactId = '';

  constructor(
    readonly app: TestApp,
    readonly workspace: TestWorkspace,
  ) {}

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.workspace.key}` };
  }

  /** Makes them known in every way there is. */
  async appear(): Promise<void> {
    const { email, canary, externalId, device, phone, workspace } = this;
    const upsert = `mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }`;
    const made = await workspace.query<{ upsertContact: { contact: { id: string } } }>(upsert, {
      input: {
        email,
        externalId,
        phone,
        attributes: [{ key: 'first_name', value: canary }],
        consents: [{ channel: 'email', state: 'granted', source: canary, proof: canary }],
      },
    });
    this.contactId = made.upsertContact.contact.id;
    await this.becomeTwo(upsert);
    await this.track('/v1/identify', { userId: externalId, anonymousId: device, traits: { city: canary } });
    await this.track('/v1/track', { userId: externalId, event: canary, properties: { page: canary } });
    await this.track('/v1/batch', {
      batch: [
        { type: 'track', userId: externalId, event: 'x', timestamp: 'never', messageId: `${canary}-bad` },
        {
          type: 'track',
          anonymousId: 'a',
          event: 'x',
          timestamp: 'never',
          context: { page: { url: `https://x.test/?e=${encodeURIComponent(email)}` } },
        },
      ],
    });
    await workspace.query(
      'mutation ($input: RecordSignalsInput!) { recordSignals(input: $input) { outcome } }',
      { input: { signals: [{ contact: { email }, name: 'intent', source: canary, value: canary }] } },
    );
    await this.joinLists();
    await this.standInPostings();
    await this.standInFiles();
    await this.waitForAMail();
    await workspace.query(
      `mutation ($email: [String!]!, $device: [String!]!) {
         addSuppressions(input: {channels: [ads], kind: email, values: $email, reason: "${canary}"}) { value }
         blockIdentities(input: {kind: anonymous_id, values: $device, note: "${canary}"}) { value }
       }`,
      { email: [email], device: [`${device}`] },
    );
  }

  /** What they did and are is put into posting lists, as the worker does it in larger workspaces. */
  private async standInPostings(): Promise<void> {
    const { appUrl } = this.app.database;
    const dataSource = createDataSource({
      url: appUrl,
      poolSize: 1,
      name: 'lists',
      onConnectionError: () => undefined,
    });
    await dataSource.initialize();
    try {
      const everything = { leastContacts: 0, mostChanged: 0, leastEvents: 1, leastHolders: 0 };
      const { signal } = new AbortController();
      await refreshPostings(createWithWorkspace(dataSource), this.workspace.id, signal, everything);
    } finally {
      await dataSource.destroy();
    }
  }

  /** Another contact becomes part of them, and a third one claims their telephone. */
  private async becomeTwo(upsert: string): Promise<void> {
    const { canary, workspace, contactId, phone } = this;
    const other = await workspace.query<{ upsertContact: { contact: { id: string } } }>(upsert, {
      input: { externalId: `${canary}-2`, attributes: [{ key: 'job_title', value: canary }] },
    });
    await workspace.query(
      'mutation ($winnerId: ID!, $loserId: ID!) { mergeContacts(input: {winnerId: $winnerId, loserId: $loserId}) { id } }',
      { winnerId: contactId, loserId: other.upsertContact.contact.id },
    );
    await workspace.query(upsert, { input: { externalId: 'colleague', phone } });
  }

  async track(path: string, message: object): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(this.app.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.headers },
      body: JSON.stringify(message),
    });
    return { status: answer.status, body: await answer.json() };
  }

  private async joinLists(): Promise<void> {
    const { workspace, contactId, app } = this;
    const { createStaticSegment, createSeedList } = await workspace.query<{
      createStaticSegment: { id: string };
      createSeedList: { seedList: { id: string } };
    }>(
      `mutation { createStaticSegment(input: {name: "List"}) { id } createSeedList(input: {name: "Seeds"}) { seedList { id } } }`,
    );
    await workspace.query(
      `mutation ($list: ID!, $seeds: ID!, $contactId: ID!) {
         addToStaticSegment(input: {id: $list, contactIds: [$contactId]}) { changed }
         addToSeedList(input: {id: $seeds, members: [{contactId: $contactId, value: 1}]}) { changed }
       }`,
      { list: createStaticSegment.id, seeds: createSeedList.seedList.id, contactId },
    );
    await app.database.owner.query(
      `with made as (insert into lookalikes (workspace_id, id, name, seed_list_id)
         values ($1, gen_random_uuid(), 'Like them', $2) returning id)
       insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank)
       select $1, made.id, c.ordinal, 1 from made, contacts as c where c.id = $3`,
      [workspace.id, createSeedList.seedList.id, contactId],
    );
  }

  /** In a file that was imported, among its rows that were not taken, and in the file of a dry run. */
  private async standInFiles(): Promise<void> {
    const { canary, email, phone } = this;
    const header = 'Email,Phone,First name,Last name,Joined\n';
    const joined = `&mapping=${encodeURIComponent(JSON.stringify({ Joined: 'signed_up_at' }))}`;
    await this.importFile(`${header}${email},,${canary},${canary},2026-01-05\n`, `?${joined}`);
    const bad = `${header}${email},,${canary},,not a day\n,${phone},${canary},,not a day\nother@x.test,,Bob,,not a day\n`;
    await this.importFile(bad, `?${joined}`);
    await this.importFile(`${header}${email},,${canary},,2026-01-05\n`, `?dryRun=true${joined}`);
  }

  /** Uploads a file and waits until it is worked off. */
  async importFile(csv: string, query = ''): Promise<string> {
    const answer = await fetch(`${this.app.url}/v1/imports${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv', ...this.headers },
      body: csv,
    });
    const { id } = (await answer.json()) as { id: string };
    for (const until = Date.now() + patience; Date.now() < until; await sleep(20)) {
      const [job] = await this.rows<{ state: string }>(
        'select state from jobs where workspace_id = $1 and id = $2',
        [id],
      );
      if (job?.state === 'succeeded') return id;
    }
    throw new Error('The import has not succeeded.');
  }

  /** Sends a form that asks whether it was really them. */
  async waitForAMail(): Promise<string> {
    const { createForm } = await this.workspace.query<{ createForm: { path: string } }>(
      `mutation ($input: CreateFormInput!) { createForm(input: $input) { path } }`,
      {
        input: {
          name: 'Newsletter',
          fields: [
            { name: 'email', attribute: 'email', required: true },
            { name: 'name', attribute: 'first_name' },
          ],
          consents: [{ channel: 'email', text: 'Write to me' }],
          doubleOptIn: { subject: 'Is it you?', text: '{link}', validHours: 24 },
        },
      },
    );
    await this.post(createForm.path);
    return createForm.path;
  }

  async post(path: string): Promise<{ status: number; body: unknown }> {
    const body = new URLSearchParams({ email: this.email, name: this.canary });
    const answer = await fetch(this.app.url + path, { method: 'POST', body });
    return { status: answer.status, body: await answer.json() };
  }

  /** Rows of a statement whose first parameter is the workspace. */
  async rows<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.app.database.owner.query(text, [this.workspace.id, ...values])).rows as Row[];
  }

  /** The tables of the workspace in which their canary, or their number, still stands in any column whatever. */
  async tablesNamingThem(): Promise<string[]> {
    const needles = [this.canary, Buffer.from(this.canary).toString('hex'), '6601234567', this.phone];
    const tables = await this.rows<{ name: string }>(
      `select c.relname as name from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
       where $1::uuid is not null and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await this.rows(
        `select 1 from ${name} as t where workspace_id = $1
           and exists (select from unnest($2::text[]) as needle where strpos(lower(t::text), needle) > 0) limit 1`,
        [needles],
      );
      if (rows.length > 0) found.push(name);
    }
    return found;
  }

  /** Asks that they are erased, and waits until they are; gives the request. */
  async erase(by: object = { email: this.email }): Promise<ListedRequest> {
    const { requestErasure } = await this.workspace.query<{ requestErasure: { id: string } }>(
      'mutation ($by: ContactKeyInput!) { requestErasure(input: {by: $by}) { id state } }',
      { by },
    );
    return this.ended(requestErasure.id);
  }

  /** Asks for everything that is held about them, and waits until it is written down; gives the request. */
  async export(by: object = { email: this.email }): Promise<ListedRequest> {
    const { requestAccessExport } = await this.workspace.query<{ requestAccessExport: { id: string } }>(
      'mutation ($by: ContactKeyInput!) { requestAccessExport(input: {by: $by}) { id } }',
      { by },
    );
    return this.ended(requestAccessExport.id);
  }

  /** Waits until a request has ended. */
  async ended(id: string): Promise<ListedRequest> {
    for (const until = Date.now() + patience; Date.now() < until;) {
      const { workspace } = await this.workspace.query<{
        workspace: { privacyRequests: { edges: { node: ListedRequest }[] } };
      }>(
        `{ workspace { privacyRequests { edges { node {
           id kind state requestedBy requestedAt dueAt completedAt receipt { kind count } error { code } liftedBy filePath fileExpiresAt
         } } } } }`,
      );
      const found = workspace.privacyRequests.edges.find(({ node }) => node.id === id)!.node;
      if (found.state === 'done' || found.state === 'failed') return found;
      await sleep(50);
    }
    throw new Error('The request has not ended.');
  }
}

/** A request as it is listed. */
export interface ListedRequest {
  id: string;
  kind: string;
  state: string;
  requestedBy: string;
  requestedAt: string;
  dueAt: string;
  completedAt: string | null;
  receipt: { kind: string; count: number }[];
  error: { code: string } | null;
  liftedBy: string | null;
  filePath: string | null;
  fileExpiresAt: string | null;
}
