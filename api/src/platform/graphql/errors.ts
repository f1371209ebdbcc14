import { unwrapResolverError } from '@apollo/server/errors';
import { ValidationError } from 'class-validator';
import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { ArgumentValidationError } from 'type-graphql';
import { outageFailure } from '../database/outage.js';
import { Failure, type FailureCode, type Problem } from '../errors.js';

/** What Apollo says of requests that it could not even begin to execute. */
const codesOfApollo: Record<string, FailureCode> = {
  GRAPHQL_PARSE_FAILED: 'BAD_REQUEST',
  GRAPHQL_VALIDATION_FAILED: 'BAD_REQUEST',
  BAD_USER_INPUT: 'INVALID_INPUT',
  BAD_REQUEST: 'BAD_REQUEST',
  OPERATION_RESOLUTION_FAILURE: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_FOUND: 'BAD_REQUEST',
  PERSISTED_QUERY_NOT_SUPPORTED: 'BAD_REQUEST',
};

/**
 * Gives every error one shape: `extensions: {code, path, problems, requestId, retryAfter}`. What is not an expected
 * failure is logged with its cause and shown as INTERNAL.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  const failure = toFailure(formatted, unwrapResolverError(error));
  const requestId = String(formatted.extensions?.['requestId'] ?? '');
  if (failure.code === 'INTERNAL' || failure.code === 'UNAVAILABLE')
    log.error({ err: failure.cause, requestId, path: formatted.path }, 'operation failed');
  return {
    message: failure.message,
    ...(formatted.locations ? { locations: formatted.locations } : {}),
    ...(formatted.path ? { path: formatted.path } : {}),
    extensions: extensionsOf(failure, requestId),
  };
}

/** What a client reads of a failure. */
export function extensionsOf(
  { code, path, problems, retryAfter }: Failure,
  requestId: string,
): Record<string, unknown> {
  return {
    code,
    path,
    requestId,
    ...(problems.length > 0 ? { problems } : {}),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function toFailure(formatted: GraphQLFormattedError, error: unknown): Failure {
  const failure = error instanceof Failure ? error : outageFailure(error);
  if (failure) return failure;
  // A plugin's failure comes wrapped, and Apollo unwraps only what a resolver threw.
  if (error instanceof GraphQLError && error.originalError instanceof Failure) return error.originalError;
  if (error instanceof ArgumentValidationError) {
    return invalid(
      (error.extensions.validationErrors ?? []).flatMap((problem) => problemsOf(problem, 'input')),
    );
  }
  const code = codesOfApollo[String(formatted.extensions?.['code'])];
  if (code) return new Failure(code, formatted.message, { path: pathInMessage(formatted.message) });
  const own = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  if (own === 'TOO_COMPLEX') return new Failure('TOO_COMPLEX', formatted.message);
  // The cost of a query is computed before Apollo reads its variables, and meets a bad one first.
  if (error instanceof GraphQLError && error.nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION) {
    return new Failure('INVALID_INPUT', formatted.message, { path: pathInMessage(formatted.message) });
  }
  return new Failure('INTERNAL', 'Something went wrong on our side. The request id finds it in the log.', {
    cause: error,
  });
}

function invalid(problems: Problem[]): Failure {
  const [first] = problems;
  return new Failure('INVALID_INPUT', first?.message ?? 'The input is not valid.', {
    path: first?.path ?? 'input',
    problems,
  });
}

function problemsOf(error: ValidationError, parent: string): Problem[] {
  const path = /^\d+$/.test(error.property) ? `${parent}[${error.property}]` : `${parent}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((message) => ({
    code: 'INVALID_INPUT',
    path,
    message,
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => problemsOf(child, path))];
}

/** graphql-js names the place of a bad variable only in words: `Variable "$input" got invalid value … at "input.name"`. */
function pathInMessage(message: string): string {
  return /at "([^"]+)"/.exec(message)?.[1] ?? /Variable "\$(\w+)"/.exec(message)?.[1] ?? '';
}
