import { performance } from 'node:perf_hooks';
import type { ApolloServerPlugin } from '@apollo/server';
import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { RequestContext } from '../context.js';
import type { Metrics } from '../metrics/metrics.js';

/** Times operations by the first field of the schema that they ask for. Names that clients give them are theirs. */
export function measureOperations(metrics: Metrics): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      const started = performance.now();
      let name = 'none';
      return {
        async didResolveOperation({ operation }) {
          name = operation ? nameOf(operation) : name;
        },
        async willSendResponse({ response }) {
          const { body } = response;
          const errors = body.kind === 'single' ? body.singleResult.errors : undefined;
          const result = (errors?.[0]?.extensions?.['code'] as string | undefined) ?? 'OK';
          metrics.countOperation(name, result, (performance.now() - started) / 1000);
        },
      };
    },
  };
}

function nameOf({ operation, selectionSet }: OperationDefinitionNode): string {
  const type = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[operation];
  const field = firstField(selectionSet);
  return field ? `${type}.${field}` : type;
}

function firstField({ selections: [first] }: SelectionSetNode): string | undefined {
  if (first?.kind === Kind.INLINE_FRAGMENT) return firstField(first.selectionSet);
  return first?.kind === Kind.FIELD ? first.name.value : undefined;
}
