import type { GraphqlAnswer } from '../support/workspaces.js';

/** An answer of `/graphql`, with what HTTP says of it. */
export interface HttpAnswer extends GraphqlAnswer {
  status: number;
  headers: Headers;
}

/** How a request differs from an ordinary one. */
export interface PostOptions {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
}

/**
 * Sends something to `/graphql`: an object as JSON, anything else as it is.
 * Fails unless the answer has GraphQL's shape, a request id, and no word of what is inside.
 */
export async function post(
  url: string,
  body: unknown,
  { method = 'POST', path = '/graphql', headers = {} }: PostOptions = {},
): Promise<HttpAnswer> {
  const raw = typeof body === 'string' || body === undefined || Buffer.isBuffer(body);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: (raw ? body : JSON.stringify(body)) as BodyInit | undefined,
  });
  const text = await response.text();
  refuseInsights(text);
  const answer = JSON.parse(text) as GraphqlAnswer;
  for (const { extensions } of answer.errors ?? []) {
    if (extensions.requestId !== response.headers.get('x-request-id'))
      throw new Error(`An error carries a wrong request id: ${text}`);
  }
  return { ...answer, status: response.status, headers: response.headers };
}

/** What only somebody who looks inside may see: stacks, files, statements, tables. */
const insights =
  /node_modules|\.[jt]s:\d+|\n\s+at |stacktrace|\bselect .* from\b|insert into|violates|relation |workspace_id|pg_/i;

function refuseInsights(text: string): void {
  const found = insights.exec(text);
  if (found) throw new Error(`An answer shows what is inside ("${found[0]}"): ${text.slice(0, 1000)}`);
}

/** The code and the path of an answer's first error. */
export function errorOf({ errors }: GraphqlAnswer): { code: string; path?: string } | undefined {
  const [first] = errors ?? [];
  return first && { code: first.extensions.code, path: first.extensions.path };
}
