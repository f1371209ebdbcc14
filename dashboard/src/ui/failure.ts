import type { CombinedError } from '@urql/vue';

/** One thing that is wrong, as the API says it. */
export interface Problem {
  code: string;
  path: string;
  message: string;
}

/** What went wrong, in words for people: the API's own message, or that it could not be reached. */
export function messageOf(error: CombinedError): string {
  if (error.networkError && error.graphQLErrors.length === 0) {
    return 'Coterie does not answer. Check the connection and try again.';
  }
  return error.graphQLErrors.map(sentenceOf).join(' ');
}

function sentenceOf({ message, extensions }: CombinedError['graphQLErrors'][number]): string {
  if (extensions['code'] !== 'INTERNAL') return message;
  return `Something went wrong on our side. The log knows it as ${String(extensions['requestId'])}.`;
}

/** The stable code of what went wrong; undefined when the API could not be reached. */
export function codeOf(error: CombinedError | undefined): string | undefined {
  return error?.graphQLErrors[0]?.extensions['code'] as string | undefined;
}

/** Everything that is wrong with what was sent, each with its place. */
export function problemsOf(error: CombinedError | undefined): Problem[] {
  return (error?.graphQLErrors ?? []).flatMap(({ message, extensions }) => {
    const listed = extensions['problems'] as Problem[] | undefined;
    if (listed?.length) return listed;
    return [{ code: String(extensions['code']), path: String(extensions['path'] ?? ''), message }];
  });
}

/** Whether the session is missing or has ended. */
export function isSignedOut(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((failure) => failure.extensions['code'] === 'UNAUTHENTICATED') ?? false;
}
