import type { CombinedError } from '@urql/vue';

/** What went wrong, in words for people: the API's own message, or that it could not be reached. */
export function messageOf(error: CombinedError): string {
  if (error.networkError && error.graphQLErrors.length === 0) {
    return 'Coterie does not answer. Check the connection and try again.';
  }
  return error.graphQLErrors.map((failure) => failure.message).join(' ');
}

/** Whether the session is missing or has ended. */
export function isSignedOut(error: CombinedError | undefined): boolean {
  return error?.graphQLErrors.some((failure) => failure.extensions['code'] === 'UNAUTHENTICATED') ?? false;
}
