import { randomUUID } from 'node:crypto';
import { hashToken, newKey } from '../../api/src/modules/access/secrets.js';
import { scopes as allScopes, type Scope } from '../../api/src/platform/context.js';
import type { TestApp } from './app.js';

/** A workspace of a running Coterie, with an API key. */
export interface TestWorkspace {
  id: string;
  organizationId: string;
  key: string;
  /** Sends a query with the key and returns its data; throws when there are errors. */
  query<Data>(text: string, variables?: Record<string, unknown>): Promise<Data>;
  /** Sends a query with the key and returns the whole answer. */
  ask(text: string, variables?: Record<string, unknown>): Promise<GraphqlAnswer>;
}

/** An answer over GraphQL. */
export interface GraphqlAnswer {
  data?: unknown;
  errors?: {
    message: string;
    path?: (string | number)[];
    extensions: { code: string; path?: string; requestId: string };
  }[];
}

/** How a workspace and its key are made. */
export interface WorkspaceOptions {
  timeZone?: string;
  defaultCountry?: string | null;
  scopes?: readonly Scope[];
}

/** Makes an organization with one workspace and an API key, past the API. */
export async function createWorkspace(
  app: Pick<TestApp, 'url' | 'database'>,
  { timeZone = 'UTC', defaultCountry = null, scopes = allScopes }: WorkspaceOptions = {},
): Promise<TestWorkspace> {
  const [organizationId, id] = [randomUUID(), randomUUID()];
  const { owner } = app.database;
  await owner.query(`insert into organizations (id, name) values ($1, 'Acme')`, [organizationId]);
  await owner.query(
    `insert into workspaces (id, organization_id, name, time_zone, default_country) values ($1, $2, 'Acme', $3, $4)`,
    [id, organizationId, timeZone, defaultCountry],
  );
  const key = await createKey(app, id, scopes);
  const ask = (text: string, variables: Record<string, unknown> = {}): Promise<GraphqlAnswer> =>
    askGraphql(app.url, key, text, variables);
  return {
    id,
    organizationId,
    key,
    ask,
    query: async (text, variables) => dataOf(await ask(text, variables)),
  };
}

/** Makes an API key for a workspace, past the API; `expiresAt` may lie in the past. */
export async function createKey(
  app: Pick<TestApp, 'database'>,
  workspaceId: string,
  scopes: readonly Scope[],
  expiresAt: Date | null = null,
): Promise<string> {
  const { key, prefix } = newKey();
  await app.database.owner.query(
    `insert into api_keys (workspace_id, id, name, prefix, secret_hash, scopes, expires_at, created_by)
     values ($1, $2, 'test', $3, $4, $5, $6, 'system')`,
    [workspaceId, randomUUID(), prefix, hashToken(key), scopes, expiresAt],
  );
  return key;
}

/** Sends a query with a key and returns the whole answer. */
export async function askGraphql(
  url: string,
  key: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

/** The data of an answer; throws when there are errors. */
export function dataOf<Data>(answer: GraphqlAnswer): Data {
  if (answer.errors) throw new Error(`The query failed: ${JSON.stringify(answer.errors)}`);
  return answer.data as Data;
}
