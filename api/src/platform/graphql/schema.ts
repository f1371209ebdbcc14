import 'reflect-metadata';
import { GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import { buildSchema, type NonEmptyArray, type PubSub } from 'type-graphql';
import { enforceAccess, type Authorise } from './access.js';
import { checkArguments } from './check-arguments.js';

type ResolverClass = new (...dependencies: never[]) => object;

/**
 * Builds the schema from resolver instances (their dependencies are already inside) and puts the authorisation in front.
 * Throws when an operation declares no access.
 */
export async function buildCoterieSchema(resolvers: object[], authorise: Authorise): Promise<GraphQLSchema> {
  const instances = new Map(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const schema = await buildSchema({
    resolvers: [...instances.keys()] as unknown as NonEmptyArray<ResolverClass>,
    container: { get: (resolver: object) => instances.get(resolver as never) },
    validateFn: checkArguments,
    pubSub: noTopics,
  });
  markOneOfInputs(schema);
  enforceAccess(schema, authorise);
  return schema;
}

/** type-graphql asks for topics even where every subscription has a source of its own, as all of ours do. */
const noTopics: PubSub = { publish: refuseTopic, subscribe: refuseTopic };

function refuseTopic(topic: string): never {
  throw new Error(`There are no topics to publish to or to hear, so no "${topic}" either.`);
}

/** type-graphql prints `@oneOf` but does not tell graphql-js, which then would neither check nor introspect it. */
function markOneOfInputs(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (type instanceof GraphQLInputObjectType && type.extensions['oneOf'] === true) type.isOneOf = true;
  }
}
