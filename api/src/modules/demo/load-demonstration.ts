import { segmentsOf, type DemoSegment } from './audiences.js';
import type { Calendar } from './calendar.js';
import type { DemoClient } from './client.js';
import type { Client } from './clients.js';
import { makeCompanies, type DemoCompany } from './companies.js';
import { crmFile, crmMapping } from './crm-file.js';
import { sources, type Source } from './history.js';
import { messagesOf, visitorMessages } from './messages.js';
import { makePeople } from './people.js';
import { Random } from './random.js';

/** What was loaded, over all workspaces. */
export interface Loaded {
  contacts: number;
  companies: number;
  events: number;
}

/** A client's workspace while it is filled. */
interface Loading {
  api: DemoClient;
  workspaceId: string;
  client: Client;
  calendar: Calendar;
  random: Random;
}

/**
 * Fills the workspaces of the agency's clients by the public API alone: companies over GraphQL, contacts as a file of a
 * CRM, what they did over the tracking API, then segments and audiences. Everything is found again by its own id or
 * name, so a demonstration that broke off is completed by loading it once more.
 * @param api signed in as an owner of the organization.
 * @param workspaces of each client, by id.
 */
export async function loadDemonstration(
  api: DemoClient,
  workspaces: ReadonlyMap<Client, string>,
  calendar: Calendar,
  onProgress: (text: string) => void,
): Promise<Loaded> {
  const loaded: Loaded = { contacts: 0, companies: 0, events: 0 };
  for (const [client, workspaceId] of workspaces) {
    const loading = { api, workspaceId, client, calendar, random: new Random(client.name) };
    const { contacts, companies, events } = await loadClient(loading, onProgress);
    loaded.contacts += contacts;
    loaded.companies += companies;
    loaded.events += events;
  }
  return loaded;
}

async function loadClient(loading: Loading, onProgress: (text: string) => void): Promise<Loaded> {
  const { api, client, calendar, random } = loading;
  const say = (text: string): void => onProgress(`${client.name}: ${text}`);
  const companies = makeCompanies(client, calendar, random);
  const people = makePeople(client, companies, calendar, random);
  say(`${companies.length} companies, ${people.length} contacts`);
  await setUp(loading);
  await storeCompanies(loading, companies);
  await recordIntent(loading, companies);
  // Before the people of the CRM, who are then the latest in the list of contacts.
  const visits = visitorMessages(client, calendar, random);
  await send(loading, 'Website, visitors', visits);
  const crm = await makeKey(loading, 'CRM', ['CONTACTS_WRITE', 'CONTACTS_READ']);
  const importId = await api.upload(crm, 'crm-export.csv', crmMapping, crmFile(people, calendar));
  await importDone(loading, importId);
  const messages = messagesOf(client, calendar, random, people);
  const total = [...messages.values()].reduce((sum, each) => sum + each.length, visits.length);
  say(`${total} events`);
  await sendAll(loading, messages);
  await makeSegments(loading);
  return { contacts: people.length + client.visitors, companies: companies.length, events: total };
}

/** The CRM knows everybody's company, so none is to be made of an address; who has a private one has none. */
async function setUp({ api, workspaceId, client: { defaultCountry } }: Loading): Promise<void> {
  await api.ask(
    'mutation ($workspaceId: ID!, $input: UpdateWorkspaceInput!) { updateWorkspace(workspaceId: $workspaceId, input: $input) { id } }',
    { workspaceId, input: { defaultCountry, companiesFromEmail: false } },
  );
}

const companiesAtOnce = 500;

async function storeCompanies(
  { api, workspaceId, calendar }: Loading,
  companies: readonly DemoCompany[],
): Promise<void> {
  for (let start = 0; start < companies.length; start += companiesAtOnce) {
    const input = {
      companies: companies.slice(start, start + companiesAtOnce).map((each) => toInput(each, calendar)),
    };
    await api.ask(
      'mutation ($workspaceId: ID!, $input: UpsertCompaniesInput!) { upsertCompanies(workspaceId: $workspaceId, input: $input) { outcome } }',
      { workspaceId, input },
    );
  }
}

function toInput(company: DemoCompany, calendar: Calendar): object {
  const { externalId, name, domain, industry, employees, revenue, foundedYear, technologies, place, stage } =
    company;
  const values: Record<string, unknown> = {
    industry,
    employee_count: employees,
    annual_revenue: revenue,
    founded_year: foundedYear,
    technologies,
    city: place.city,
    country: place.country,
    lifecycle_stage: stage,
  };
  if (stage === 'customer')
    values['customer_since'] = new Date(calendar.startOf(company.since)).toISOString();
  return {
    externalId,
    name,
    domain,
    attributes: Object.entries(values).map(([key, value]) => ({ key, value })),
  };
}

/** Who sells it. */
const intentSource = 'Topic Radar';
const signalsAtOnce = 1000;

/** What a third party saw the companies read up on. */
async function recordIntent(
  { api, workspaceId, calendar }: Loading,
  companies: readonly DemoCompany[],
): Promise<void> {
  const signals = companies.flatMap(({ externalId, intent }) =>
    intent.map(({ topic, score, day }) => ({
      company: { externalId },
      name: topic,
      source: intentSource,
      value: score,
      observedAt: new Date(calendar.startOf(day)).toISOString(),
    })),
  );
  for (let start = 0; start < signals.length; start += signalsAtOnce) {
    await api.ask(
      'mutation ($workspaceId: ID!, $input: RecordSignalsInput!) { recordSignals(workspaceId: $workspaceId, input: $input) { outcome } }',
      { workspaceId, input: { signals: signals.slice(start, start + signalsAtOnce) } },
    );
  }
}

async function makeKey({ api, workspaceId }: Loading, name: string, scopes: string[]): Promise<string> {
  const { createApiKey } = await api.ask<{ createApiKey: { key: string } }>(
    'mutation ($workspaceId: ID!, $input: CreateApiKeyInput!) { createApiKey(workspaceId: $workspaceId, input: $input) { key } }',
    { workspaceId, input: { name, scopes } },
  );
  return createApiKey.key;
}

interface ImportState {
  workspace: { import: { state: string; error: { message: string } | null; progress: { rejected: number } } };
}

async function importDone({ api, workspaceId }: Loading, id: string): Promise<void> {
  for (;;) {
    const { workspace } = await api.ask<ImportState>(
      'query ($workspaceId: ID!, $id: ID!) { workspace(id: $workspaceId) { import(id: $id) { state error { message } progress { rejected } } } }',
      { workspaceId, id },
    );
    const { state, error, progress } = workspace.import;
    if (error) throw new Error(`The demonstration's contacts were refused: ${error.message}`);
    if (progress.rejected > 0)
      throw new Error(`${progress.rejected} contacts of the demonstration were rejected.`);
    if (state === 'succeeded') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Sources send at the same time, as they do in life; each keeps its order. */
async function sendAll(loading: Loading, messages: ReadonlyMap<Source, readonly object[]>): Promise<void> {
  await Promise.all(
    sources.map(async (source) => {
      const own = messages.get(source)!;
      if (own.length > 0) await send(loading, source, own);
    }),
  );
}

/** Sends messages under a key of their own. */
async function send(loading: Loading, name: string, messages: readonly object[]): Promise<void> {
  const key = await makeKey(loading, name, ['EVENTS_WRITE']);
  await loading.api.track(key, messages);
}

async function makeSegments(loading: Loading): Promise<void> {
  const { api, workspaceId, client } = loading;
  const made = await segmentNames(loading);
  for (const segment of segmentsOf(client).filter(({ name }) => !made.has(name))) {
    const { createSegment } = await api.ask<{ createSegment: { id: string } }>(
      'mutation ($workspaceId: ID!, $input: CreateSegmentInput!) { createSegment(workspaceId: $workspaceId, input: $input) { id } }',
      {
        workspaceId,
        input: { name: segment.name, description: segment.description, rule: { text: segment.rule } },
      },
    );
    await useSegment(loading, createSegment.id, segment);
  }
}

async function segmentNames({ api, workspaceId }: Loading): Promise<Set<string>> {
  const { workspace } = await api.ask<{ workspace: { segments: { edges: { node: { name: string } }[] } } }>(
    'query ($workspaceId: ID!) { workspace(id: $workspaceId) { segments(first: 100) { edges { node { name } } } } }',
    { workspaceId },
  );
  return new Set(workspace.segments.edges.map(({ node }) => node.name));
}

async function useSegment(
  { api, workspaceId }: Loading,
  segmentId: string,
  segment: DemoSegment,
): Promise<void> {
  for (const audience of segment.audiences ?? []) {
    await api.ask(
      'mutation ($workspaceId: ID!, $input: CreateCustomAudienceInput!) { createCustomAudience(workspaceId: $workspaceId, input: $input) { id } }',
      { workspaceId, input: { ...audience, segmentId } },
    );
  }
  if (!segment.seedList) return;
  await api.ask(
    'mutation ($workspaceId: ID!, $input: CreateSeedListInput!) { createSeedList(workspaceId: $workspaceId, input: $input) { seedList { id } } }',
    { workspaceId, input: { name: segment.seedList, segmentId, valueAttribute: 'lifetime_value' } },
  );
}
