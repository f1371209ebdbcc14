import { goodPassword, Person } from '../support/person.js';
import type { TestApp } from '../support/app.js';

type Input = Record<string, unknown>;

/** A part of a report, or of what a workspace follows. */
export interface Part {
  kind: string;
  key: string;
  name: string;
  objectId: string;
  outcome?: string;
  detail?: string | null;
  state?: string;
  fields?: string[];
}

/** What applying came to in one workspace. */
export interface Result {
  workspaceId: string;
  ok: boolean;
  problems: { code: string; path: string; message: string }[];
  definedAttributes: { key: string }[];
  parts: Part[];
}

/** An agency with an owner who is signed in, and what it does with blueprints. */
export interface Blueprints {
  owner: Person;
  organizationId: string;
  /** Adds a client. */
  newClient(name: string): Promise<Client>;
  create(input: Input): Promise<{ id: string; latestVersion: number }>;
  addVersion(input: Input): Promise<{ id: string; latestVersion: number }>;
  apply(input: Input): Promise<Result[]>;
  /** The document of a version, the newest unless given. */
  document(id: string, version?: number): Promise<Document>;
}

/** A document as it is read. */
export interface Document {
  parameters: Input[];
  attributes: Input[];
  segments: Input[];
  audiences: Input[];
  automations: Input[];
}

/** A client workspace. */
export interface Client {
  id: string;
  segment(name: string, text: string): Promise<string>;
  list(name: string): Promise<string>;
  attribute(key: string, type?: string): Promise<void>;
  destination(name: string, definition: Input): Promise<string>;
  audience(input: Input): Promise<string>;
  automation(input: Input): Promise<string>;
  change(mutation: string, type: string, input: Input): Promise<void>;
  /** The names, rules and the like of what is in use. */
  shown(): Promise<Shown>;
  applied(): Promise<
    { name: string; version: number; latestVersion: number; parameters: string; parts: Part[] }[]
  >;
}

/** What a workspace has. */
export interface Shown {
  segments: { id: string; name: string; text: string | null; version: number }[];
  audiences: { id: string; name: string; destination: string | null }[];
  automations: { id: string; name: string; status: string; actions: string; version: number }[];
}

const meta = { meta: { adAccountId: '1001', accessToken: 'an-access-token' } };

/** A destination of the kind that most need. */
export const metaDestination = meta;

/** Signs an agency up. */
export async function openBlueprints(app: TestApp, email: string): Promise<Blueprints> {
  const owner = new Person(app.url);
  const { signUp } = await owner.query<{ signUp: { organizations: { id: string }[] } }>(
    `mutation ($input: SignUpInput!) { signUp(input: $input) { organizations { id } } }`,
    {
      input: {
        name: 'Ines Haddad',
        email,
        password: goodPassword,
        organizationName: 'Brightside',
        workspaceName: 'First',
        timeZone: 'UTC',
      },
    },
  );
  const organizationId = signUp.organizations[0]!.id;
  const mutate = async <Answer>(
    name: string,
    type: string,
    fields: string,
    input: Input,
  ): Promise<Answer> => {
    const text = `mutation ($organizationId: ID!, $input: ${type}!) {
      ${name}(organizationId: $organizationId, input: $input) ${fields} }`;
    const answer = await owner.query<Record<string, Answer>>(text, { organizationId, input });
    return answer[name]!;
  };
  return {
    owner,
    organizationId,
    async newClient(name) {
      const made = await mutate<{ id: string }>('createWorkspace', 'CreateWorkspaceInput', '{ id }', {
        name,
        timeZone: 'UTC',
      });
      return clientOf(owner, made.id);
    },
    create: (input) => mutate('createBlueprint', 'CreateBlueprintInput', '{ id latestVersion }', input),
    addVersion: (input) =>
      mutate('addBlueprintVersion', 'AddBlueprintVersionInput', '{ id latestVersion }', input),
    apply: (input) =>
      mutate(
        'applyBlueprint',
        'ApplyBlueprintInput',
        `{ workspaceId ok problems { code path message } definedAttributes { key }
           parts { kind key name objectId outcome detail } }`,
        input,
      ),
    async document(id, version) {
      const { organization } = await owner.query<{
        organization: { blueprint: { content: { document: string } } };
      }>(
        `query ($organizationId: ID!, $id: ID!, $version: Int) { organization(id: $organizationId) {
           blueprint(id: $id) { content(version: $version) { document } } } }`,
        { organizationId, id, version },
      );
      return JSON.parse(organization.blueprint.content.document) as Document;
    },
  };
}

function clientOf(owner: Person, workspaceId: string): Client {
  const mutate = async <Answer>(
    name: string,
    type: string,
    fields: string,
    input: Input,
  ): Promise<Answer> => {
    const text = `mutation ($workspaceId: ID!, $input: ${type}!) {
      ${name}(workspaceId: $workspaceId, input: $input) { ${fields} } }`;
    const answer = await owner.query<Record<string, Answer>>(text, { workspaceId, input });
    return answer[name]!;
  };
  const made = async (name: string, type: string, input: Input): Promise<string> =>
    (await mutate<{ id: string }>(name, type, 'id', input)).id;
  return {
    id: workspaceId,
    segment: (name, text) => made('createSegment', 'CreateSegmentInput', { name, rule: { text } }),
    list: (name) => made('createStaticSegment', 'CreateStaticSegmentInput', { name }),
    async attribute(key, type = 'text') {
      await mutate('createAttribute', 'CreateAttributeInput', 'key', { subject: 'contact', key, type });
    },
    destination: (name, definition) =>
      made('createDestination', 'CreateDestinationInput', { name, definition }),
    audience: (input) => made('createCustomAudience', 'CreateCustomAudienceInput', input),
    automation: (input) => made('createAutomation', 'CreateAutomationInput', input),
    async change(name, type, input) {
      await mutate(name, type, '__typename', input);
    },
    async shown() {
      const { workspace } = await owner.query<{ workspace: ShownRaw }>(shownQuery, { workspaceId });
      return {
        segments: workspace.segments.edges.map(({ node }) => node),
        audiences: workspace.customAudiences.edges.map(({ node }) => ({
          ...node,
          destination: node.destinationId,
        })),
        automations: workspace.automations.edges.map(({ node }) => node),
      };
    },
    async applied() {
      const { workspace } = await owner.query<{ workspace: { appliedBlueprints: never } }>(
        `query ($workspaceId: ID!) { workspace(id: $workspaceId) { appliedBlueprints {
           name version latestVersion parameters parts { kind key name objectId state fields } } } }`,
        { workspaceId },
      );
      return workspace.appliedBlueprints;
    },
  };
}

type Nodes<Node> = { edges: { node: Node }[] };
interface ShownRaw {
  segments: Nodes<Shown['segments'][number]>;
  customAudiences: Nodes<{ id: string; name: string; destinationId: string | null }>;
  automations: Nodes<Shown['automations'][number]>;
}

const shownQuery = `query ($workspaceId: ID!) { workspace(id: $workspaceId) {
  segments(first: 100) { edges { node { id name text version } } }
  customAudiences(first: 100) { edges { node { id name destinationId } } }
  automations(first: 100) { edges { node { id name status actions version } } } } }`;
