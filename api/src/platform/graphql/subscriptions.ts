import type { ApolloServerPlugin } from '@apollo/server';
import type { WebsocketHandler } from '@fastify/websocket';
import {
  createSourceEventStream,
  execute,
  getOperationAST,
  GraphQLError,
  locatedError,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type ValidationRule,
} from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { makeHandler, type Extra } from 'graphql-ws/use/@fastify/websocket';
import type { RequestContext } from '../context.js';
import { Failure } from '../errors.js';
import type { Services } from '../module.js';
import { asGraphqlError, formatError } from './errors.js';

/** Subscriptions that one connection may have at a time. */
export const mostSubscriptions = 20;

/** What serving subscriptions takes. */
export interface SubscriptionOptions {
  services: Pick<Services, 'contextOf' | 'viewerOfKey' | 'log'>;
  schema: GraphQLSchema;
  /** What holds for every operation: how long it may be, and what else it must keep to. */
  parseOptions: { maxTokens?: number | undefined };
  validationRules: readonly ValidationRule[];
  checks: readonly ApolloServerPlugin<RequestContext>[];
}

/** A connection: who is behind it is in the request, or in what the client said first. */
type Connection = Context<{ authorization?: unknown } | undefined, Extra>;

/** What is executed for each event, and who asks at that moment. */
interface Live extends ExecutionArgs {
  contextNow: () => Promise<RequestContext>;
}

/**
 * Serves subscriptions over WebSocket, in the protocol `graphql-transport-ws`. Queries and mutations come over HTTP.
 * Who asks is found out anew for each event, so that a key that is revoked, a session that has ended and a member who
 * was removed hear nothing more. An event that fails is the last one.
 */
export function serveSubscriptions(options: SubscriptionOptions): WebsocketHandler {
  const { services } = options;
  const format = ({ extra }: Connection, errors: readonly GraphQLError[]) =>
    errors.map((error) =>
      formatError(error.toJSON(), error, { log: services.log, requestId: extra.request.id }),
    );
  return makeHandler<{ authorization?: unknown } | undefined>({
    // What is refused here closes the connection: 4403.
    onConnect: (connection) =>
      contextNow(services, connection).then(
        () => true,
        (error: unknown) => (error instanceof Failure ? false : Promise.reject(error)),
      ),
    onSubscribe: (connection, _id, payload) => begin(options, connection, payload),
    subscribe: (args) => follow(args as Live),
    onError: (connection, _id, _payload, errors) => format(connection, errors),
    onNext: (connection, _id, _payload, _args, result) =>
      result.errors ? { ...result, errors: format(connection, result.errors) } : undefined,
  });
}

/** Who is behind a connection now. A browser cannot send a header with a WebSocket: a key may come as a parameter. */
async function contextNow(
  { contextOf, viewerOfKey }: SubscriptionOptions['services'],
  { extra, connectionParams }: Connection,
): Promise<RequestContext> {
  const context = await contextOf(extra.request);
  const given = connectionParams?.authorization;
  const key = typeof given === 'string' ? /^Bearer +(\S+)$/iu.exec(given)?.[1] : undefined;
  const viewer = key === undefined ? context.viewer : await viewerOfKey(key);
  // Loaders go by the signal: what was loaded for one event is not shown with the next.
  return { ...context, viewer, signal: new AbortController().signal };
}

async function begin(
  options: SubscriptionOptions,
  connection: Connection,
  payload: SubscribePayload,
): Promise<Live | readonly GraphQLError[]> {
  try {
    if (Object.keys(connection.subscriptions).length > mostSubscriptions) {
      throw new Failure('TOO_COMPLEX', `A connection may have ${mostSubscriptions} subscriptions at a time.`);
    }
    const { schema, parseOptions, validationRules } = options;
    const document = parseQuery(payload.query, parseOptions);
    const problems = validate(schema, document, [...specifiedRules, ...validationRules]);
    if (problems.length > 0)
      return problems.map((problem) => (problem.originalError ? problem : refusal(problem)));
    if (getOperationAST(document, payload.operationName)?.operation !== 'subscription') {
      throw new Failure('BAD_REQUEST', 'Only subscriptions come over WebSocket; send this over HTTP.');
    }
    const contextOfNow = (): Promise<RequestContext> => contextNow(options.services, connection);
    const live: Live = {
      schema,
      document,
      variableValues: payload.variables ?? {},
      operationName: payload.operationName,
      contextValue: await contextOfNow(),
      contextNow: contextOfNow,
    };
    await runChecks(options.checks, live);
    return live;
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    if (error instanceof Failure) return [asGraphqlError(error)];
    throw error;
  }
}

function parseQuery(query: string, options: SubscriptionOptions['parseOptions']): DocumentNode {
  try {
    return parse(query, options);
  } catch (error) {
    throw error instanceof GraphQLError ? refusal(error) : error;
  }
}

function refusal({ message, nodes }: GraphQLError): GraphQLError {
  return asGraphqlError(new Failure('BAD_REQUEST', message), nodes);
}

/** The same as for a query that comes over HTTP. */
async function runChecks(checks: SubscriptionOptions['checks'], live: Live): Promise<void> {
  const { document, contextValue, variableValues: variables, operationName } = live;
  const request = { variables, operationName };
  const moment = { request, document, operationName: operationName ?? null, contextValue } as never;
  for (const { requestDidStart } of checks) {
    const listener = await requestDidStart?.(moment);
    if (listener) await listener.didResolveOperation?.(moment);
  }
}

async function follow(live: Live): Promise<ExecutionResult | AsyncGenerator<ExecutionResult>> {
  const source = await createSourceEventStream(live);
  return Symbol.asyncIterator in source ? eventsOf(source, live) : source;
}

/** Ends with its source, and the source with it, even while that waits for something to happen. */
function eventsOf(source: AsyncIterable<unknown>, live: Live): AsyncGenerator<ExecutionResult, undefined> {
  const events = source[Symbol.asyncIterator]();
  const over = { done: true, value: undefined } as const;
  let isOver = false;
  const end = async (): Promise<typeof over> => {
    isOver = true;
    await events.return?.();
    return over;
  };
  return {
    async next() {
      if (isOver) return over;
      const result = await nextResult(events, live);
      if (result?.errors) await end();
      return result ? { done: false, value: result } : over;
    },
    return: end,
    async throw(error) {
      await end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
}

async function nextResult(events: AsyncIterator<unknown>, live: Live): Promise<ExecutionResult | undefined> {
  let event: IteratorResult<unknown>;
  try {
    event = await events.next();
  } catch (error) {
    return { errors: [locatedError(error, undefined)] };
  }
  if (event.done) return undefined;
  return execute({ ...live, rootValue: event.value, contextValue: await live.contextNow() });
}
