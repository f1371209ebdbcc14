import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../context.js';
import { Failure } from '../errors.js';
import { statusOf } from '../http/server.js';
import type { Module, Services } from '../module.js';
import { extensionsOf, formatError } from './errors.js';
import { createLimits } from './limits.js';
import { buildCoterieSchema } from './schema.js';

/** Serves GraphQL at `/graphql`. Fails when an operation of any module declares no access. */
export async function addGraphql(
  server: FastifyInstance,
  services: Services,
  modules: Module[],
): Promise<void> {
  const schema = await buildCoterieSchema(
    modules.flatMap((module) => module.resolvers ?? []),
    services.authorise,
  );
  const { validationRules, plugins } = createLimits(schema);
  const apollo = new ApolloServer<RequestContext>({
    schema,
    validationRules,
    // Some of these know Apollo by its CommonJS types, which TypeScript takes for others.
    plugins: [
      ...plugins,
      nameRequest,
      fastifyApolloDrainPlugin(server),
      ApolloServerPluginLandingPageDisabled(),
    ] as unknown as ApolloServerPlugin<RequestContext>[],
    introspection: true,
    csrfPrevention: true,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    formatError: (formatted, error) => formatError(formatted, error, services.log),
  });
  await apollo.start();
  const contexts = new WeakMap<FastifyRequest, RequestContext>();
  const handle = fastifyApolloHandler(apollo, {
    // Made by the hook below, before Apollo: it would turn a bad key into a failure of its own.
    context: async (request) => contexts.get(request as FastifyRequest) as RequestContext,
  });
  server.route({
    url: '/graphql',
    method: ['GET', 'POST', 'OPTIONS'],
    preHandler: async (request, reply) => {
      try {
        contexts.set(request, await services.contextOf(request));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        return refuse(error, request, reply);
      }
    },
    handler: handle as never,
  });
}

/** Errors carry the id under which the log knows the request. */
const nameRequest: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didEncounterErrors({ errors, contextValue }) {
        for (const error of errors) error.extensions['requestId'] = contextValue.requestId;
      },
    };
  },
};

function refuse(failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .status(statusOf[failure.code])
    .send({ errors: [{ message: failure.message, extensions: extensionsOf(failure, request.id) }] });
}
