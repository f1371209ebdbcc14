import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Role, Scope, WorkspaceContext } from '../context.js';
import { Failure } from '../errors.js';
import type { Services } from '../module.js';

/** Reads the query string of a route. Throws INVALID_INPUT with the parameter that is wrong. */
export function readQuery<Query>(shape: z.ZodType<Query>, query: unknown): Query {
  const parsed = shape.safeParse(query);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure('INVALID_INPUT', issue?.message ?? 'The query string is not understood.', {
    path: issue?.path.join('.'),
  });
}

/** What a route asks of who calls it: of a member the role, of a key all of the scopes. */
export interface RouteAccess {
  role: Role;
  scopes: readonly [Scope, ...Scope[]];
}

/** Lets a request into a workspace, by the one authorisation. @param workspaceId as it was given; a key needs none. */
export async function allowInto(
  { contextOf, authorise }: Pick<Services, 'contextOf' | 'authorise'>,
  request: FastifyRequest,
  workspaceId: string | undefined,
  { role, scopes }: RouteAccess,
): Promise<WorkspaceContext> {
  let context = await contextOf(request);
  for (const scope of scopes) {
    const target = { workspaceId, organizationId: undefined };
    context = await authorise(context, { kind: 'workspace', role, scope }, target);
  }
  return context as WorkspaceContext;
}
