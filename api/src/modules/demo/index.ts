import { randomBytes } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Calendar } from './calendar.js';
import { DemoClient } from './client.js';
import { clients as allClients, type Client } from './clients.js';
import { loadDemonstration, type Loaded } from './load-demonstration.js';

/** Who owns the demonstration, kept beside the data for the next start. */
interface Owner {
  email: string;
  password: string;
  /** Whether everything was loaded; if not, the next start goes on. */
  loaded: boolean;
}

/** How to sign in to the demonstration, and what was loaded if it was now. */
export interface Demonstration extends Pick<Owner, 'email' | 'password'> {
  loaded: Loaded | undefined;
}

/** Whether nobody has begun an organization in this Coterie. */
export async function isUntouched(url: string): Promise<boolean> {
  const { canSignUp } = await new DemoClient(url).ask<{ canSignUp: boolean }>('{ canSignUp }');
  return canSignUp;
}

/** Where the demonstration goes, and what it shows. */
export interface DemonstrationPlan {
  /** Where Coterie answers, with a worker that takes its jobs. */
  url: string;
  /** Where the password is kept, readable by its owner only. */
  dataDir: string;
  /** The end of what is shown. */
  until: Date;
  /** The agency's clients; all of them unless given. */
  clients?: readonly Client[];
  onProgress?: (text: string) => void;
}

/**
 * Makes the demonstration: an agency with three clients and half a year of what their contacts did. It is loaded into an
 * empty Coterie by its own API, once: when it is there, only how to sign in is told, and one that broke off is completed.
 * @returns undefined when there is another organization already.
 */
export async function ensureDemonstration({
  url,
  dataDir,
  until,
  clients = allClients,
  onProgress = () => undefined,
}: DemonstrationPlan): Promise<Demonstration | undefined> {
  const api = new DemoClient(url);
  const known = await readOwner(dataDir);
  if (!known && !(await isUntouched(url))) return undefined;
  const owner = known ?? newOwner();
  if (owner.loaded) return { ...owner, loaded: undefined };
  // Kept before the account is made: whoever is interrupted in between can still be signed in or up.
  await keepOwner(dataDir, owner);
  const workspaces = await enter(api, owner, clients, await isUntouched(url));
  const loaded = await loadDemonstration(api, workspaces, new Calendar(until), onProgress);
  await keepOwner(dataDir, { ...owner, loaded: true });
  return { ...owner, loaded };
}

function newOwner(): Owner {
  return { email: 'demo@coterie.example', password: randomBytes(12).toString('base64url'), loaded: false };
}

const fileOf = (dataDir: string): string => join(dataDir, 'demonstration.json');

async function readOwner(dataDir: string): Promise<Owner | undefined> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Owner);
}

async function keepOwner(dataDir: string, owner: Owner): Promise<void> {
  await writeFile(fileOf(dataDir), JSON.stringify(owner), { mode: 0o600 });
  await chmod(fileOf(dataDir), 0o600);
}

const places = 'organizations { id workspaces(first: 10) { edges { node { id name } } } }';

interface Viewer {
  organizations: { id: string; workspaces: { edges: { node: { id: string; name: string } }[] } }[];
}

/** Signs up or in, and makes the workspaces that are not there yet. @returns their ids by name. */
async function enter(
  api: DemoClient,
  owner: Owner,
  clients: readonly Client[],
  isNew: boolean,
): Promise<Map<Client, string>> {
  const { email, password } = owner;
  const [first, ...others] = clients;
  const signUp = {
    email,
    password,
    name: 'Demonstration',
    organizationName: 'Northlight Agency',
    workspaceName: first!.name,
    timeZone: first!.timeZone,
  };
  const { viewer } = isNew
    ? await api.ask<{ viewer: Viewer }>(
        `mutation ($input: SignUpInput!) { viewer: signUp(input: $input) { ${places} } }`,
        { input: signUp },
      )
    : await api.ask<{ viewer: Viewer }>(
        `mutation ($input: SignInInput!) { viewer: signIn(input: $input) { ${places} } }`,
        { input: { email, password } },
      );
  const [organization] = viewer.organizations;
  const ids = new Map(organization!.workspaces.edges.map(({ node: { name, id } }) => [name, id]));
  for (const { name, timeZone } of others.filter((each) => !ids.has(each.name))) {
    const { createWorkspace } = await api.ask<{ createWorkspace: { id: string } }>(
      'mutation ($organizationId: ID!, $input: CreateWorkspaceInput!) { createWorkspace(organizationId: $organizationId, input: $input) { id } }',
      { organizationId: organization!.id, input: { name, timeZone } },
    );
    ids.set(name, createWorkspace.id);
  }
  return new Map(clients.map((client) => [client, ids.get(client.name)!]));
}
