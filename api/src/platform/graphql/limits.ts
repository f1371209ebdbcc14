import { createRequire } from 'node:module';
import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server';
import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases';
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth';
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives';
import { GraphQLError, type GraphQLSchema, type ValidationContext } from 'graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';
import type { RequestContext } from '../context.js';
import { Failure } from '../errors.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { asGraphqlError, refusalOf } from './errors.js';
import { variablePlaces } from './variable-places.js';

// As CommonJS: its module form brings a second copy of graphql, which does not know the schema's types.
const { getComplexity } = createRequire(import.meta.url)(
  'graphql-query-complexity',
) as typeof import('graphql-query-complexity');

/** What fields cost that make PostgreSQL look at the whole workspace: declared as their `complexity`. */
export const costs = {
  /** Asked once, at the root. */
  preview: 500,
  readiness: 500,
  ruleChange: 1_000,
  explanation: 200,
  /** For each of the segments that are laid over each other: they share the sets of one moment. */
  overlap: 250,
  /** Asked of many: those of a page can be remembered, or are found together. */
  count: 25,
} as const;

/** What one request may ask for. README names these numbers. */
export const limits = {
  /** Fields, each counted as often as the pages around it can repeat it. */
  cost: 10_000,
  depth: 15,
  aliases: 30,
  directives: 20,
  tokens: 10_000,
} as const;

type Limits = Pick<ApolloServerOptions<RequestContext>, 'parseOptions' | 'validationRules' | 'plugins'>;

/** What keeps a single request small: settings of the server. */
export function createLimits(schema: GraphQLSchema, rateLimits: RateLimits): Required<Limits> {
  return {
    parseOptions: { maxTokens: limits.tokens },
    validationRules: [
      maxAliasesRule({ n: limits.aliases, allowList: [], ...refusing(`${limits.aliases} aliases`) }),
      maxDepthRule({ n: limits.depth, ...refusing(`${limits.depth} levels`) }),
      maxDirectivesRule({ n: limits.directives, ...refusing(`${limits.directives} directives`) }),
    ],
    plugins: [costLimit(schema, rateLimits)],
  };
}

/** The rules' own refusal would end validation with an error that Apollo takes for a defect. */
function refusing(most: string) {
  const report = (context: ValidationContext | null): void =>
    context?.reportError(tooComplex(`A query may have at most ${most}.`));
  return { propagateOnRejection: false, onReject: [report] };
}

function tooComplex(message: string): GraphQLError {
  return asGraphqlError(new Failure('TOO_COMPLEX', message));
}

/**
 * A field costs one, or what it declares, and what is below it as often as its page is long. What depends on arguments
 * is declared as a function of them.
 */
const estimate: ComplexityEstimator = (asked) => {
  const { field, args, childComplexity } = asked;
  const declared = field.extensions['complexity'];
  const page = (args as { first?: unknown }).first;
  const own = Number((typeof declared === 'function' ? declared(asked) : declared) ?? 1);
  return own + childComplexity * (typeof page === 'number' && page > 1 ? page : 1);
};

function costLimit(schema: GraphQLSchema, rateLimits: RateLimits): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ request, document, operationName, contextValue }) {
          const cost = costOf({
            schema,
            query: document,
            variables: request.variables ?? {},
            operationName: operationName ?? undefined,
            estimators: [estimate],
            // Fragments are walked as often as they are spread, so a short query could keep us counting for long.
            maxQueryNodes: limits.cost,
          });
          if (cost > limits.cost) {
            throw tooComplex(
              `This query costs ${cost}; at most ${limits.cost} is allowed. Ask for fewer fields or shorter pages.`,
            );
          }
          await rateLimits.countCost(contextValue, cost).catch((error: unknown) => {
            throw error instanceof Failure ? asGraphqlError(error) : error;
          });
        },
      };
    },
  };
}

/** Counting coerces the variables, before Apollo does: a bad one is met here. */
function costOf(question: Parameters<typeof getComplexity>[0]): number {
  try {
    return getComplexity(question);
  } catch (error) {
    throw error instanceof GraphQLError
      ? asGraphqlError(refusalOf(error, 'INVALID_INPUT', variablePlaces(question.query)), error.nodes)
      : error;
  }
}
