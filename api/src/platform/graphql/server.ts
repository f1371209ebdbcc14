import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import fastifyWebsocket from '@fastify/websocket';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import type { RequestContext } from '../context.js';
import { failureOfRequest } from '../http/server.js';
import type { Module, Services } from '../module.js';
import { currentRequest } from '../request.js';
import { cleanText } from './clean-text.js';
import { explainBreakdown, extensionsOf, formatError } from './errors.js';
import { createLimits } from './limits.js';
import { measureOperations } from './measure.js';
import { buildCoterieSchema } from './schema.js';
import { serveSubscriptions } from './subscriptions.js';

/** Bytes of a message over WebSocket: a subscription has no bulk. */
const largestMessage = 256 * 1024;

/** Serves GraphQL at `/graphql`, subscriptions over WebSocket. Fails when an operation of any module declares no access. */
export async function addGraphql(
  server: FastifyInstance,
  services: Services,
  modules: Module[],
): Promise<void> {
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  const { apollo, schema, plugins, ...limits } = await createApollo(services, modules);
  const handle = fastifyApolloHandler(apollo, { context: async () => running() });
  await server.register(async (scope) => {
    scope.setErrorHandler(refuse);
    scope.addHook('onClose', () => apollo.stop());
    await scope.register(fastifyWebsocket, { options: { maxPayload: largestMessage } });
    const route = {
      url: '/graphql',
      exposeHeadRoute: false,
      // Each mutation is an operation of its own.
      config: { audited: false as const },
      // Before the body is read, and before Apollo, which would turn a bad key into a failure of its own.
      onRequest: async (request: FastifyRequest) =>
        void contexts.set(request, await services.contextOf(request)),
      handler: (request: FastifyRequest, reply: FastifyReply) =>
        currentRequest.run(contexts.get(request) as RequestContext, () => handle.call(scope, request, reply)),
    };
    scope.route({ ...route, method: ['POST', 'OPTIONS'] });
    scope.route({
      ...route,
      method: 'GET',
      wsHandler: serveSubscriptions({ services, schema, ...limits, checks: [cleanText, ...plugins] }),
    });
  });
}

/** The server for queries and mutations, and what it shares with subscriptions. */
type GraphqlParts = ReturnType<typeof createLimits> & {
  apollo: ApolloServer<RequestContext>;
  schema: GraphQLSchema;
};

async function createApollo(
  { authorise, log, rateLimits, metrics }: Services,
  modules: Module[],
): Promise<GraphqlParts> {
  const resolvers = modules.flatMap((module) => module.resolvers ?? []);
  const schema = await buildCoterieSchema(resolvers, authorise);
  const { plugins, ...limits } = createLimits(schema, rateLimits);
  const apollo = new ApolloServer<RequestContext>({
    schema,
    ...limits,
    // Apollo's own plugin has other types than the rest: its CommonJS ones.
    plugins: [
      measureOperations(metrics),
      cleanText,
      ...plugins,
      ...modules.flatMap(({ graphqlPlugins }) => graphqlPlugins ?? []),
      explainBreakdown,
      ApolloServerPluginLandingPageDisabled() as ApolloServerPlugin,
    ],
    logger: log,
    introspection: true,
    csrfPrevention: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    // Apollo's hooks for errors do not say which request they belong to.
    formatError: (formatted, error) => formatError(formatted, error, { log, requestId: running().requestId }),
  });
  await apollo.start();
  return { apollo, schema, plugins, ...limits };
}

function running(): RequestContext {
  const context = currentRequest.getStore();
  if (!context) throw new Error('GraphQL runs outside of a request.');
  return context;
}

/** Answers what fails before Apollo has the request (a bad key, broken JSON, too much of it) in GraphQL's own shape. */
function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureOfRequest(error, request, reply);
  const { message } = failure;
  return reply.send({ errors: [{ message, extensions: extensionsOf(failure, request.id) }] });
}
