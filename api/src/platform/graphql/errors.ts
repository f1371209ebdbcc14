import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';
import { Failure, type FailureCode } from '../errors.js';
import { failureOf, logOurs } from '../failure-of.js';
import { statusOf } from '../http/server.js';
import { atArgument, type VariablePlaces } from './variable-places.js';

/** What Apollo says of requests that it could not even begin to execute. */
const codesOfApollo: Partial<Record<string, FailureCode>> = {
  [ApolloServerErrorCode.GRAPHQL_PARSE_FAILED]: 'BAD_REQUEST',
  [ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED]: 'BAD_REQUEST',
  [ApolloServerErrorCode.BAD_USER_INPUT]: 'INVALID_INPUT',
  [ApolloServerErrorCode.BAD_REQUEST]: 'BAD_REQUEST',
  [ApolloServerErrorCode.OPERATION_RESOLUTION_FAILURE]: 'BAD_REQUEST',
  [ApolloServerErrorCode.PERSISTED_QUERY_NOT_SUPPORTED]: 'BAD_REQUEST',
};

/**
 * What graphql-js says when it gives up on a document that would take too long to parse, check or count: it has no code
 * for these.
 */
const tooComplex: [words: RegExp, message: string][] = [
  [/^Syntax Error: Document contains more th/, 'This query is too long: it has too many words.'],
  [/^Maximum call stack size exceeded$/, 'This query is nested too deeply.'],
  [/^Validation aborted\.$/, 'This query repeats the same fields too often.'],
  [/^Query exceeds the maximum allowed number of nodes\.$/, 'This query spreads its fragments too often.'],
];

/** Carries a failure through places that know only GraphQL's errors; {@link formatError} finds it again. */
export function asGraphqlError(failure: Failure, nodes?: GraphQLError['nodes']): GraphQLError {
  const { code, retryAfter } = failure;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  const http = { status: statusOf[code], headers };
  return new GraphQLError(failure.message, { nodes, originalError: failure, extensions: { http } });
}

/**
 * Gives every error one shape: `extensions: {code, path, problems, requestId, retryAfter}`. What is not an expected
 * failure is logged with its cause and shown as INTERNAL.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  { log, requestId }: { log: Logger; requestId: string },
): GraphQLFormattedError {
  const failure = toFailure(formatted, error);
  logOurs(log, failure, { requestId, path: formatted.path });
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
  const thrown = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (thrown instanceof Failure) return thrown;
  const code = codesOfApollo[String(formatted.extensions?.['code'])];
  return code ? refusalOf(formatted, code) : failureOf(thrown);
}

/** The failure that graphql-js or Apollo tell of in words only; `places` are those of the variables that it may name. */
export function refusalOf(
  { message }: { message: string },
  code: FailureCode,
  places: VariablePlaces = new Map(),
): Failure {
  const complexity = tooComplex.find(([words]) => words.test(message));
  if (complexity) return new Failure('TOO_COMPLEX', complexity[1]);
  return new Failure(code, message, { path: atArgument(places, pathInMessage(message)) });
}

/** Tells Apollo what became of a request that broke while it was checked; left alone, it would hide the cause. */
export const explainBreakdown: ApolloServerPlugin = {
  async unexpectedErrorProcessingRequest({ error }) {
    throw asGraphqlError(error instanceof RangeError ? refusalOf(error, 'TOO_COMPLEX') : failureOf(error));
  },
};

/**
 * graphql-js names the place of a bad variable only in words: `Variable "$input" got invalid value … at "input.name";`,
 * and a field that is missing or unknown there after it: `Field "email" of required type …`.
 */
function pathInMessage(message: string): string {
  const [, variable] = /^Variable "\$(\w+)"/.exec(message) ?? [];
  if (variable === undefined) return '';
  const [, at = variable] = / at "([^"]+)"; /.exec(message) ?? [];
  const [, field] = /; Field "(\w+)" (?:of required type|is not defined)/.exec(message) ?? [];
  return field === undefined ? at : `${at}.${field}`;
}
