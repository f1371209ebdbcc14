import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { listen } from '../support/subscribe.js';
import type { Caller, Tenant } from './tenants.js';

/** An answer over HTTP, as it came. */
export interface Answer {
  status: number;
  text: string;
}

/** A request to a route or to GraphQL. */
export interface HttpRequest {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request in the name of a caller. */
export async function send(url: string, caller: Caller, request: HttpRequest): Promise<Answer> {
  const { method, path, headers, body } = request;
  const response = await fetch(url + path, {
    method,
    headers: { ...headers, ...caller.headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, text: await response.text() };
}

/** Sends a GraphQL document in the name of a caller; of a subscription, the answer is its first event. */
export function sendGraphql(url: string, caller: Caller, document: Document): Promise<Answer> {
  if (document.query.startsWith('subscription')) return hear(url, caller, document);
  return send(url, caller, {
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });
}

interface Document {
  query: string;
  variables?: Record<string, unknown>;
}

async function hear(url: string, { headers }: Caller, document: Document): Promise<Answer> {
  const { events, heard, stop } = listen(url, { headers, ...document });
  // Some go on for ever.
  await heard();
  stop();
  return { status: 200, text: JSON.stringify(events[0] ?? null) };
}

/** The codes of everything that went wrong: of the request, of a part of it, of an item in bulk. */
export function codesIn({ text }: Answer): string[] {
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  return failuresIn(body).map(({ code, extensions }) => code ?? extensions?.code ?? 'NO CODE');
}

/** Whether nothing was done: the operation itself failed, and not only something that was asked of its result. */
export function wasRefused({ text }: Answer): boolean {
  const { errors = [] } = JSON.parse(text) as { errors?: { path?: unknown[] }[] };
  return errors.length > 0 && errors.every(({ path = [] }) => path.length <= 1);
}

interface Failed {
  code?: string;
  extensions?: { code?: string };
}

function failuresIn(value: unknown): Failed[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === 'errors' || name === 'error') && inner
      ? [inner as Failed | Failed[]].flat()
      : failuresIn(inner),
  );
}

/** What of a tenant is in a text: its canary, its handle, its ids. */
export function tracesOf(tenant: Tenant, text: string): (keyof Tenant)[] {
  const searched = withCursorsRead(text);
  return (Object.keys(tenant) as (keyof Tenant)[]).filter((name) => searched.includes(tenant[name]));
}

/** Cursors hold names and ids as well, but not so that they can be seen. */
function withCursorsRead(text: string): string {
  return text.replace(
    /"(?:cursor|startCursor|endCursor)":"([^"]*)"/g,
    (all, cursor: string) => `${all} ${decode(cursor)}`,
  );
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString('utf8');
}

const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
/** What a new webhook is signed with: another one each time. */
const signingSecret = /whsec_[\w+/=]+/g;
const instant = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d(?::?\d\d)?)?/g;
/** What differs between two answers to the same question; a count is the same from the cache and computed. */
const volatile =
  /"(requestId|tookMs|version|asOf)":("[^"]*"|[\d.]+)|"source":"(CACHE|INCREMENTAL|COMPUTED)"|"locations":\[[^\]]*\]/g;

/**
 * What an answer says, whatever the question was about: what differs from one answer to the next (ids that were made,
 * instants, versions) is left out.
 * @param known texts that stand for something, such as the tenant's e-mail address, each with a word for it.
 */
export function meaningOf(answer: Answer, known: ReadonlyMap<string, string>): string {
  const longestFirst = [...known].sort(([one], [other]) => other.length - one.length);
  const text = longestFirst.reduce(
    (rest, [value, word]) => rest.replaceAll(value, `<${word}>`),
    withCursorsMeant(inOrder(answer.text)),
  );
  const plain = text
    .replace(volatile, '')
    .replace(id, '<id>')
    .replace(instant, '<instant>')
    .replace(signingSecret, '<secret>');
  return `${answer.status} ${plain}`;
}

/** Errors come in the order in which fields failed, which nobody promises. */
function inOrder(text: string): string {
  if (!text.startsWith('{"errors":[')) return text;
  const { errors, ...rest } = JSON.parse(text) as { errors: { path?: unknown }[] };
  const sorted = errors.toSorted((one, other) =>
    JSON.stringify(one.path ?? '').localeCompare(JSON.stringify(other.path ?? '')),
  );
  return JSON.stringify({ errors: sorted, ...rest });
}

function withCursorsMeant(text: string): string {
  return text.replace(
    /"(cursor|startCursor|endCursor)":"([^"]*)"/g,
    (_all, name: string, cursor: string) => `"${name}":${decode(cursor)}`,
  );
}

/** A cursor to the same place that no page ever ended with: its ids are the ones next to those in the given one. */
export function neighbourOf(cursor: string): string {
  const moved = decode(cursor).replace(id, (one) => one.slice(0, -1) + (one.endsWith('0') ? '1' : '0'));
  return Buffer.from(moved).toString('base64url');
}

/**
 * A digest of everything that is stored of a tenant, table by table, and of what is waiting to be done for it.
 * @param scope whether its organization belongs to it alone, or is shared with others who may change it.
 */
export async function digestOf(
  owner: Pool,
  tenant: Tenant,
  scope: 'organization' | 'workspace',
): Promise<Record<string, string>> {
  const { rows: tables } = await owner.query<{ name: string; key: 'workspaceId' | 'organizationId' }>(
    `select distinct on (c.relname) c.relname as name,
       case a.attname when 'workspace_id' then 'workspaceId' else 'organizationId' end as key
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('workspace_id', 'organization_id')
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
     order by c.relname, a.attname desc`,
  );
  const digests: Record<string, string> = {};
  for (const { name, key } of tables) {
    if (key === 'organizationId' && scope === 'workspace') continue;
    const column = key === 'workspaceId' ? 'workspace_id' : 'organization_id';
    digests[name] = await digest(owner, `select t.* from ${name} t where ${column} = $1`, tenant[key]);
  }
  return {
    ...digests,
    ...(scope === 'organization' && {
      organization: await digest(owner, 'select * from organizations where id = $1', tenant.organizationId),
    }),
    workspace: await digest(
      owner,
      `select to_jsonb(w) - 'organization_id' from workspaces w where id = $1`,
      tenant.workspaceId,
    ),
    users: await digest(owner, 'select * from users where id = any($1)', [tenant.userId, tenant.memberId]),
    queue: await digest(
      owner,
      `select id from graphile_worker._private_jobs where payload ->> 'workspaceId' = $1::text`,
      tenant.workspaceId,
    ),
  };
}

async function digest(owner: Pool, statement: string, value: unknown): Promise<string> {
  const { rows } = await owner.query<{ row: string }>(
    `select to_jsonb(t)::text as row from (${statement}) t order by 1`,
    [value],
  );
  const hash = createHash('sha256');
  for (const { row } of rows) hash.update(row);
  return `${rows.length} rows, ${hash.digest('hex').slice(0, 16)}`;
}
