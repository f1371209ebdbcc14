import { parse } from 'csv-parse/sync';
import type { TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace, type WorkspaceOptions } from '../support/workspaces.js';

/** A contact as the tests write it. */
export interface Somebody {
  email?: string;
  phone?: string;
  externalId?: string;
  /** What it said about ads; it was never asked unless given. */
  ads?: 'granted' | 'withdrawn';
  attributes?: Record<string, unknown>;
  company?: { domain?: string; name?: string; attributes?: { key: string; value: unknown }[] };
}

/** What a report says, as far as a test asks. */
export interface Readiness {
  members: number;
  withoutConsent: number;
  suppressed: number;
  eligible: number;
  withoutCompany: number | null;
  companies: number | null;
  withoutIdentifier: number;
  refused: number;
  duplicates: number;
  rows: number;
  rowsWithoutValue: number | null;
  identifiers: { identifier: string; rows: number }[];
  bytes: number;
  minimumSize: number;
  reachesMinimum: boolean;
  maximumRows: number | null;
  maximumBytes: number | null;
  fits: boolean;
}

/** Every field of a report. */
export const readinessFields = `platform members withoutConsent suppressed eligible withoutCompany companies
  withoutIdentifier refused duplicates rows rowsWithoutValue identifiers { identifier rows } bytes minimumSize reachesMinimum
  maximumRows maximumBytes fits version asOf`;

/** A workspace with what the tests of audiences do to it. */
export interface Audiences extends TestWorkspace {
  /** Upserts contacts; gives their ids. */
  people(...people: Somebody[]): Promise<string[]>;
  /** Makes a segment of everybody. */
  everybody(name?: string): Promise<string>;
  /** Makes a static segment of these contacts. */
  list(contactIds: readonly string[], name?: string): Promise<string>;
  create(input: Record<string, unknown>): Promise<string>;
  readiness(input: Record<string, unknown>): Promise<Readiness>;
  download(path: string, key?: string): Promise<Response>;
  /** The rows of an audience's file, by header. */
  file(id: string): Promise<File>;
  suppress(kind: 'email' | 'phone' | 'external_id', ...values: string[]): Promise<void>;
}

/** A downloaded file. */
export interface File {
  text: string;
  headers: string[];
  rows: string[][];
}

/** Reads a file as a platform would. */
export function readFile(text: string): File {
  const [headers = [], ...rows] = parse(text) as string[][];
  return { text, headers, rows };
}

/** Opens an empty workspace. */
export async function openAudiences(app: TestApp, options: WorkspaceOptions = {}): Promise<Audiences> {
  const workspace = await createWorkspace(app, options);
  const { query, key } = workspace;
  const idOf = async (field: string, type: string, input: object): Promise<string> => {
    const data = await query<Record<string, { id: string }>>(
      `mutation ($input: ${type}!) { ${field}(input: $input) { id } }`,
      { input },
    );
    return data[field]?.id ?? '';
  };
  const download = (path: string, presented = key): Promise<Response> =>
    fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${presented}` } });
  return {
    ...workspace,
    download,
    people: (...people) => upsert(workspace, people),
    everybody: (name = 'Everybody') =>
      idOf('createSegment', 'CreateSegmentInput', { name, rule: { text: 'all of ()' } }),
    async list(contactIds, name = 'Some') {
      const id = await idOf('createStaticSegment', 'CreateStaticSegmentInput', { name });
      await query(
        `mutation ($input: ListChangeInput!) { addToStaticSegment(input: $input) { error { code } } }`,
        { input: { id, contactIds } },
      );
      return id;
    },
    create: (input) => idOf('createCustomAudience', 'CreateCustomAudienceInput', { name: 'Test', ...input }),
    async readiness(input) {
      const { audienceReadiness } = await query<{ audienceReadiness: Readiness }>(
        `query ($input: AudienceReadinessInput!) { audienceReadiness(input: $input) { ${readinessFields} } }`,
        { input },
      );
      return audienceReadiness;
    },
    async file(id) {
      const response = await download(`/v1/audiences/${id}/file.csv`);
      if (response.status !== 200) throw new Error(await response.text());
      return readFile(await response.text());
    },
    async suppress(kind, ...values) {
      await query(
        `mutation ($input: AddSuppressionsInput!) { addSuppressions(input: $input) { error { code } } }`,
        { input: { channels: ['ads'], kind, values } },
      );
    },
  };
}

async function upsert({ query }: TestWorkspace, people: readonly Somebody[]): Promise<string[]> {
  const contacts = people.map(({ ads, attributes, ...person }) => ({
    ...person,
    attributes: Object.entries(attributes ?? {}).map(([key, value]) => ({ key, value })),
    consents: ads ? [{ channel: 'ads', state: ads }] : [],
  }));
  const { upsertContacts } = await query<{
    upsertContacts: { contact: { id: string } | null; error: { message: string } | null }[];
  }>(
    `mutation ($contacts: [ContactInput!]!) {
       upsertContacts(input: {contacts: $contacts}) { contact { id } error { message } }
     }`,
    { contacts },
  );
  return upsertContacts.map(({ contact, error }) => {
    if (!contact) throw new Error(error?.message);
    return contact.id;
  });
}
