import { createClient, fetchExchange, gql } from '@urql/vue';
import { parse, type OperationDefinitionNode } from 'graphql';
import { ref } from 'vue';

/** An answer, as text. */
export interface Answer {
  text: string;
  ms: number;
  bytes: number;
  ok: boolean;
}

/** Sends what is written as it is, by the session: the dashboard's own client would keep it, and ask for more than that. */
const client = createClient({
  url: '/graphql',
  exchanges: [fetchExchange],
  preferGetMethod: false,
  fetchOptions: { credentials: 'same-origin' },
});

/** Runs one query at a time, and keeps the latest answer. */
export function useRunner() {
  const running = ref(false);
  const answer = ref<Answer>();
  let cancel: (() => void) | undefined;

  function run(query: string, variables: string, operationName?: string): void {
    stop();
    const begun = performance.now();
    const show = (told: Pick<Answer, 'text' | 'ok'>): void => {
      running.value = false;
      answer.value = { ...told, ms: performance.now() - begun, bytes: told.text.length };
    };
    let asked: { document: ReturnType<typeof gql>; values: Record<string, unknown> };
    try {
      asked = { document: gql(only(query, operationName)), values: readVariables(variables) };
    } catch (error) {
      show({ text: error instanceof Error ? error.message : String(error), ok: false });
      return;
    }
    running.value = true;
    const isMutation = operationsIn(query, operationName).some(({ operation }) => operation === 'mutation');
    const source = isMutation
      ? client.mutation(asked.document, asked.values)
      : client.query(asked.document, asked.values);
    const { unsubscribe } = source.subscribe(({ data, error, extensions }) => {
      if (error?.networkError && error.graphQLErrors.length === 0) {
        show({ text: error.networkError.message, ok: false });
        return;
      }
      const told = {
        ...(error ? { errors: error.graphQLErrors } : {}),
        ...(data === undefined ? {} : { data: data as unknown }),
        ...(extensions ? { extensions } : {}),
      };
      show({ text: JSON.stringify(told, null, 2), ok: !error });
    });
    cancel = unsubscribe;
  }

  function stop(): void {
    cancel?.();
    cancel = undefined;
    running.value = false;
  }

  return { running, answer, run, stop };
}

function readVariables(text: string): Record<string, unknown> {
  try {
    return text.trim() === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  } catch (error) {
    throw new Error('The variables are not JSON.', { cause: error });
  }
}

/** The operation of that name with all fragments; the whole text where there is only one. */
function only(query: string, name: string | undefined): string {
  if (name === undefined) return query;
  const document = parse(query);
  return document.definitions
    .filter((each) => each.kind !== 'OperationDefinition' || each.name?.value === name)
    .map((each) => query.slice(each.loc?.start, each.loc?.end))
    .join('\n');
}

/** The operations of a text, or the one of a name; none when it cannot be read. */
function operationsIn(query: string, name?: string): OperationDefinitionNode[] {
  try {
    return parse(query).definitions.filter(
      (each): each is OperationDefinitionNode =>
        each.kind === 'OperationDefinition' && (name === undefined || each.name?.value === name),
    );
  } catch {
    return [];
  }
}

/** The names of the operations that a text holds. */
export function namesIn(query: string): string[] {
  return operationsIn(query).flatMap(({ name }) => name?.value ?? []);
}
