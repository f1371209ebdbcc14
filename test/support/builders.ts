import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { ContactInput, ContactResult, UpsertSettings } from '../../api/src/modules/contacts/index.js';
import { upsertContacts } from '../../api/src/modules/contacts/index.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createTestDatabase, type TestDatabase } from './database.js';

/** Tenants on a database of the suite's own, reached as the application reaches them: under the app role. */
export interface Tenants {
  database: TestDatabase;
  withWorkspace: WithWorkspace;
  /** Every statement sent so far, in order; empty it before counting. */
  statements: string[];
  /** Makes an organization with one workspace; gives the workspace's id. */
  newWorkspace(options?: { timeZone?: string; defaultCountry?: string }): Promise<string>;
  close(): Promise<void>;
}

/** Opens tenants on a fresh clone of the template. */
export async function openTenants(
  entities: (new () => object)[] = [AttributeDefinitionEntity],
): Promise<Tenants> {
  const database = await createTestDatabase();
  const app = createDataSource({
    url: database.appUrl,
    poolSize: 10,
    name: 'test',
    onConnectionError: () => undefined,
  });
  app.setOptions({ entities });
  await app.initialize();
  const statements: string[] = [];
  const nothing = (): void => undefined;
  app.logger = {
    logQuery: (text) => statements.push(text),
    logQueryError: nothing,
    logQuerySlow: nothing,
    logSchemaBuild: nothing,
    logMigration: nothing,
    log: nothing,
  };
  return {
    database,
    withWorkspace: createWithWorkspace(app),
    statements,
    newWorkspace: (options) => insertWorkspace(database, options),
    async close() {
      await app.destroy();
      await database.drop();
    },
  };
}

async function insertWorkspace(
  { owner }: TestDatabase,
  { timeZone = 'UTC', defaultCountry }: { timeZone?: string; defaultCountry?: string } = {},
): Promise<string> {
  const [organization, workspace] = [randomUUID(), randomUUID()];
  await owner.query(`insert into organizations (id, name) values ($1, 'Acme')`, [organization]);
  await owner.query(
    `insert into workspaces (id, organization_id, name, time_zone, default_country) values ($1, $2, 'Acme', $3, $4)`,
    [workspace, organization, timeZone, defaultCountry ?? null],
  );
  return workspace;
}

/** A contact that was taken. */
export type TakenContact = Extract<ContactResult, { ok: true }>;

/** Upserts contacts that are all expected to be taken. */
export async function addContacts(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  inputs: readonly ContactInput[],
  settings: Partial<UpsertSettings> = {},
): Promise<TakenContact[]> {
  const all = { timeZone: 'UTC', defaultCountry: null, now: new Date(), ...settings };
  const results = await withWorkspace(workspaceId, (tx) => upsertContacts(tx, all, inputs));
  return results.map((result) => {
    if (!result.ok) throw new Error(`A contact was refused: ${JSON.stringify(result.problems)}`);
    return result;
  });
}

/** An event as a test writes it. */
export interface EventBuild {
  ordinal: number;
  name: string;
  target?: string;
  properties?: Record<string, unknown>;
  occurredAt?: Date;
}

/** Adds events to contacts, past ingestion: only their facet is noted. */
export async function addEvents(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  events: readonly EventBuild[],
): Promise<void> {
  const fold = (text: string): string => text.normalize('NFC').toLowerCase();
  await withWorkspace(workspaceId, async (tx) => {
    for (const { ordinal, name, target, properties = {}, occurredAt = new Date() } of events) {
      await tx.query('select ensure_event_partition($1)', [occurredAt]);
      await tx.query(
        `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, target, folded_target,
                             properties, source, message_id, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'test', $10, $2)`,
        [
          workspaceId,
          occurredAt,
          randomUUID(),
          ordinal,
          name,
          fold(name),
          target ?? null,
          target === undefined ? null : fold(target),
          JSON.stringify(properties),
          randomUUID(),
        ],
      );
      tx.changed(ordinal, `event:${fold(name)}`);
    }
  });
}
