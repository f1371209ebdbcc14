import { createHash } from 'node:crypto';
import { HeaderMap, type ApolloServerPlugin, type GraphQLResponse } from '@apollo/server';
import {
  getArgumentValues,
  Kind,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { actorOf, type RequestContext } from '../../platform/context.js';
import { Failure, type FailureCode } from '../../platform/errors.js';
import { extensionsOf } from '../../platform/graphql/errors.js';
import type { AccessTarget } from '../../platform/graphql/access.js';
import { statusOf } from '../../platform/http/server.js';
import type { Services } from '../../platform/module.js';
import type { IdempotencyScope } from '../../platform/operation.js';
import {
  readKey,
  withoutScope,
  type Answer,
  type BegunRequest,
  type IdempotentRequests,
} from './idempotent-requests.js';
import { findScope } from './find-scope.js';

/** Codes of answers that are not kept: sent again, the request may succeed. */
const passing: readonly FailureCode[] = ['UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED', 'QUOTA_EXCEEDED'];

const contentType = 'application/json; charset=utf-8';

/** Honours `Idempotency-Key` on mutations: between the checks of the document and its execution. */
export function idempotentMutations(
  services: Pick<Services, 'authorise'>,
  requests: IdempotentRequests,
): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let begun: BegunRequest | undefined;
      let hash: Buffer;
      return {
        async responseForOperation({ request, operation, schema, contextValue }) {
          // Where a document does not say which of its operations is meant, there is none.
          if ((operation as typeof operation | undefined)?.operation !== 'mutation') return null;
          try {
            const key = readKey(request.http?.headers.get('idempotency-key'));
            if (key === undefined) return null;
            hash = hashOf(request);
            const targets = targetsOf(schema, operation, request.variables ?? {});
            const scope = await scopeOf(services, contextValue, targets);
            if (!scope) return null;
            const caller = actorOf(contextValue);
            const beginning = await requests.begin({ scope, caller, key }, async () => hash, hash);
            if ('again' in beginning) return replay(beginning.again);
            begun = beginning.begun;
            contextValue.idempotency = begun.mark;
            return null;
          } catch (error) {
            if (error instanceof Failure) return refusal(error, contextValue.requestId);
            throw error;
          }
        },
        async willSendResponse({ response }) {
          if (!begun || response.body.kind !== 'single') return;
          const { errors = [] } = response.body.singleResult;
          const codes = errors.map(({ extensions }) => extensions?.['code'] as FailureCode);
          const body = JSON.stringify(response.body.singleResult);
          const answer: Answer = { status: response.http.status ?? 200, contentType, body };
          if (codes.some((code) => passing.includes(code))) await begun.release(hash, answer);
          else await begun.keep(hash, answer);
        },
      };
    },
  };
}

function hashOf({
  query,
  operationName,
  variables,
}: {
  query?: string;
  operationName?: string;
  variables?: object;
}): Buffer {
  const parts = ['graphql', query, operationName ?? null, variables ?? {}];
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** What the fields of a mutation are about, as their arguments say. */
function targetsOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Record<string, unknown>,
): AccessTarget[] {
  const fields = schema.getMutationType()?.getFields() ?? {};
  return rootFields(operation.selectionSet).map((node) => {
    const field = fields[node.name.value];
    const args = field ? getArgumentValues(field, node, variables) : {};
    return {
      workspaceId: args['workspaceId'] as string | undefined,
      organizationId: args['organizationId'] as string | undefined,
    };
  });
}

function rootFields({ selections }: SelectionSetNode): FieldNode[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection];
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet);
    throw withoutScope();
  });
}

async function scopeOf(
  services: Pick<Services, 'authorise'>,
  context: RequestContext,
  targets: readonly AccessTarget[],
): Promise<IdempotencyScope | undefined> {
  const scopes = await Promise.all(targets.map((target) => findScope(services, context, target)));
  const [first] = scopes;
  if (scopes.some((scope) => scope?.id !== first?.id)) throw withoutScope();
  return first;
}

function replay({ status, body }: Answer): GraphQLResponse {
  return {
    http: { status, headers: new HeaderMap([['idempotency-replayed', 'true']]) },
    body: { kind: 'single', singleResult: JSON.parse(body) },
  };
}

function refusal(failure: Failure, requestId: string): GraphQLResponse {
  const { message, code, retryAfter } = failure;
  const headers = new HeaderMap(retryAfter === undefined ? [] : [['retry-after', String(retryAfter)]]);
  const error = { message, extensions: extensionsOf(failure, requestId) };
  return {
    http: { status: statusOf[code], headers },
    body: { kind: 'single', singleResult: { errors: [error] } },
  };
}
