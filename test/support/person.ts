import { dataOf, type GraphqlAnswer } from './workspaces.js';

/** An answer over HTTP, with what it says beside its body. */
export interface HttpAnswer extends GraphqlAnswer {
  status: number;
  headers: Headers;
}

/** Somebody with a browser: keeps the session's cookie between requests. */
export class Person {
  cookie = '';
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a query as the dashboard does, and keeps the cookie that the answer sets. */
  async ask(
    query: string,
    variables: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<HttpAnswer> {
    const response = await fetch(`${this.#url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: this.cookie, ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const [set] = response.headers.getSetCookie();
    if (set) this.cookie = set.split(';')[0] ?? '';
    const answer = (await response.json()) as GraphqlAnswer;
    return { ...answer, status: response.status, headers: response.headers };
  }

  /** As {@link ask}, and returns the data; throws when there are errors. */
  async query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data> {
    return dataOf(await this.ask(query, variables));
  }

  /** As {@link ask}, and returns the code of the one error; undefined when there is none. */
  async codeOf(query: string, variables?: Record<string, unknown>): Promise<string | undefined> {
    return (await this.ask(query, variables)).errors?.[0]?.extensions.code;
  }

  signUp(email: string, password = goodPassword): Promise<HttpAnswer> {
    const input = {
      name: 'Ada',
      email,
      password,
      organizationName: 'Acme',
      workspaceName: 'First',
      timeZone: 'Europe/Berlin',
    };
    return this.ask('mutation ($input: SignUpInput!) { signUp(input: $input) { user { id } } }', { input });
  }

  signIn(email: string, password = goodPassword): Promise<HttpAnswer> {
    return this.ask('mutation ($input: SignInInput!) { signIn(input: $input) { user { id email } } }', {
      input: { email, password },
    });
  }

  /** The e-mail address of whoever the server takes this person for. */
  async whoAmI(headers: Record<string, string> = {}): Promise<string | undefined> {
    const { data } = await this.ask('{ viewer { user { email } } }', {}, headers);
    return (data as { viewer?: { user?: { email: string } } } | null)?.viewer?.user?.email;
  }
}

/** A password that nothing is wrong with. */
export const goodPassword = 'correct horse battery';

let people = 0;

/** An e-mail address that nobody has yet. */
export function newEmail(): string {
  people += 1;
  return `person-${people}-${Date.now()}@example.com`;
}

/** The ids of an owner's organization and its first workspace. */
export interface Home {
  organizationId: string;
  workspaceId: string;
}

/** Signs somebody up and tells where they are at home. */
export async function newOwner(url: string): Promise<Person & { email: string } & Home> {
  const person = new Person(url);
  const email = newEmail();
  dataOf(await person.signUp(email));
  const { viewer } = await person.query<{
    viewer: { organizations: { id: string; workspaces: { edges: { node: { id: string } }[] } }[] };
  }>('{ viewer { organizations { id workspaces { edges { node { id } } } } } }');
  const organization = viewer.organizations[0];
  const workspaceId = organization?.workspaces.edges[0]?.node.id ?? '';
  return Object.assign(person, { email, organizationId: organization?.id ?? '', workspaceId });
}
