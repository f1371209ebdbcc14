import { createRequire } from 'node:module';
import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import { GraphQLError, Kind, visit, type DocumentNode, type GraphQLSchema } from 'graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import type { RequestContext } from '../context.js';
import { Failure } from '../errors.js';

// As CommonJS: its module form brings a second copy of graphql, which does not know the schema's types.
const { getComplexity } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity');

/** What one request may ask for. README names these numbers. */
export const limits = {
  /** Fields, each counted as often as the pages around it can repeat it. */
  cost: 10_000,
  depth: 15,
  aliases: 30,
  directives: 20,
  tokens: 15_000,
  /** Items of a bulk mutation. */
  bulk: 1000,
} as const;

/** The validation rules and plugins that keep a single request small. */
export function createLimits(schema: GraphQLSchema) {
  const protection = new ApolloArmor({
    maxAliases: { n: limits.aliases, allowList: [], onReject: [tooComplex] },
    maxDepth: { n: limits.depth, onReject: [tooComplex] },
    maxDirectives: { n: limits.directives, onReject: [tooComplex] },
    maxTokens: { n: limits.tokens },
    costLimit: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  }).protect();
  return {
    validationRules: protection.validationRules,
    plugins: [...protection.plugins, costLimit(schema), cleanText],
  };
}

function tooComplex(_context: unknown, error: GraphQLError): void {
  throw new GraphQLError(error.message, { extensions: { code: 'TOO_COMPLEX' } });
}

/** A field costs one, and what is below it as often as its page is long. */
const estimate: ComplexityEstimator = ({ args, childComplexity }) => {
  const page = (args as { first?: unknown }).first;
  return 1 + childComplexity * (typeof page === 'number' && page > 1 ? page : 1);
};

function costLimit(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ request, document, operationName }) {
          const cost = getComplexity({
            schema,
            query: document,
            variables: request.variables ?? {},
            operationName: operationName ?? undefined,
            estimators: [estimate],
          });
          if (cost > limits.cost) {
            throw new GraphQLError(
              `This query costs ${cost}; at most ${limits.cost} is allowed. Ask for fewer fields or shorter pages.`,
              { extensions: { code: 'TOO_COMPLEX' } },
            );
          }
        },
      };
    },
  };
}

/** PostgreSQL stores neither NUL nor half a surrogate pair: refused here, once, for every operation. */
const cleanText: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async didResolveOperation({ request, document }) {
        const path = uncleanVariable(request.variables ?? {}, '') ?? uncleanLiteral(document);
        if (path === undefined) return;
        throw asGraphqlError(
          new Failure('INVALID_INPUT', 'A text holds a NUL character or half of a surrogate pair.', { path }),
        );
      },
    };
  },
};

function asGraphqlError(failure: Failure): GraphQLError {
  return new GraphQLError(failure.message, { originalError: failure });
}

function isUnclean(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

function uncleanVariable(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isUnclean(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const place = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    const found = isUnclean(key) ? place.replaceAll('\0', '') : uncleanVariable(item, place);
    if (found !== undefined) return found;
  }
  return undefined;
}

function uncleanLiteral(document: DocumentNode): string | undefined {
  const names: string[] = [];
  let found: string | undefined;
  const named = {
    enter: (node: { name: { value: string } }) => void names.push(node.name.value),
    leave: () => void names.pop(),
  };
  visit(document, {
    [Kind.ARGUMENT]: named,
    [Kind.OBJECT_FIELD]: named,
    [Kind.STRING]: (node) => {
      if (isUnclean(node.value)) found ??= names.join('.');
    },
  });
  return found;
}
