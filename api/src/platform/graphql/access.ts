import 'reflect-metadata';
import {
  defaultFieldResolver,
  getNamedType,
  isAbstractType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { actorOf, type RequestContext, type Role, type Scope } from '../context.js';
import { Failure } from '../errors.js';
import { performOperation, type Operation } from '../operation.js';

/** Who may use an operation. */
export type AccessRule =
  /** Everybody, signed in or not. */
  | { kind: 'public' }
  /** Whoever was led to the object: for fields that only say what the object already holds. */
  | { kind: 'parent' }
  /** A signed-in person; never an API key. */
  | { kind: 'member' }
  /** A member of the organization with at least this role in all of it; never an API key. */
  | { kind: 'organization'; role: Role }
  /** A member with at least this role in the workspace, or a key of it: with this scope, with any, or none at all. */
  | { kind: 'workspace'; role: Role; scope: Scope | 'any' | 'none' };

/** What the operation is about: ids as the caller gave them, unchecked. */
export interface AccessTarget {
  workspaceId: string | undefined;
  organizationId: string | undefined;
}

/**
 * Decides whether the viewer may do it. Returns the context to go on with: for a workspace rule, a WorkspaceContext.
 * Throws a Failure otherwise; a foreign id and a random one fail alike.
 */
export type Authorise = (
  context: RequestContext,
  rule: AccessRule,
  target: AccessTarget,
) => Promise<RequestContext>;

/** Declares who may use an operation: every root field and every field of Workspace and Organization needs it. */
export function Access(rule: AccessRule): MethodDecorator & PropertyDecorator {
  return Extensions({ access: rule }) as MethodDecorator & PropertyDecorator;
}

/** Declares the scope that an API key needs to see objects of this type; `null` for types that hold no customer data. */
export function Readable(scope: Scope | null): ClassDecorator {
  return Extensions({ readScope: scope }) as ClassDecorator;
}

const guardedTypes = ['Query', 'Mutation', 'Subscription', 'Workspace', 'Organization'];
const rootTypes = ['Query', 'Mutation', 'Subscription'];

/**
 * Puts the one authorisation mechanism in front of the schema's resolvers.
 * Throws when an operation declares no access or a type no read scope: such a schema must not start.
 */
export function enforceAccess(schema: GraphQLSchema, authorise: Authorise): void {
  const types = Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );
  const undeclared = types.flatMap(undeclaredAccess);
  if (undeclared.length > 0) {
    throw new Error(
      `These declare no access (@Access) or no read scope (@Readable): ${undeclared.join(', ')}`,
    );
  }
  for (const type of types) {
    for (const field of Object.values(type.getFields())) {
      checkReadScopes(schema, field);
      if (guardedTypes.includes(type.name)) authoriseField(type, field, authorise);
    }
  }
}

function undeclaredAccess(type: GraphQLObjectType): string[] {
  const fields = guardedTypes.includes(type.name) ? Object.values(type.getFields()) : [];
  const open = fields.filter((field) => !accessOf(field)).map((field) => `${type.name}.${field.name}`);
  const unscoped = !rootTypes.includes(type.name) && !('readScope' in type.extensions);
  return unscoped ? [...open, type.name] : open;
}

function accessOf(field: { extensions: Record<string, unknown> }): AccessRule | undefined {
  return field.extensions['access'] as AccessRule | undefined;
}

/**
 * A key that was led to an object by another capability still needs the scope that guards the object; where objects of
 * several types can be, the scopes of all of them.
 */
function checkReadScopes(schema: GraphQLSchema, field: GraphQLField<unknown, RequestContext>): void {
  const type = getNamedType(field.type);
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const needed = types.flatMap(
    ({ extensions }) => (extensions['readScope'] as Scope | null | undefined) ?? [],
  );
  if (needed.length === 0) return;
  // Of a subscription already when it begins: the first event may be long in coming.
  for (const slot of slotsOf(field)) {
    const inner = field[slot] ?? defaultFieldResolver;
    field[slot] = (source, args, context, info) => {
      const { viewer } = context;
      const lacking = viewer.kind === 'key' && needed.find((scope) => !viewer.scopes.includes(scope));
      if (lacking) throw missingScope(lacking);
      return inner(source, args, context, info);
    };
  }
}

/** What a field does, of a subscription also how it begins. */
function slotsOf(field: GraphQLField<unknown, RequestContext>): readonly ('subscribe' | 'resolve')[] {
  return field.subscribe ? ['subscribe', 'resolve'] : ['resolve'];
}

/** The failure of a key that lacks a scope. */
export function missingScope(scope: Scope): Failure {
  return new Failure('FORBIDDEN', `This API key lacks the scope ${scope}.`);
}

interface Identified {
  id?: string;
}

function authoriseField(
  type: GraphQLObjectType,
  field: GraphQLField<unknown, RequestContext>,
  authorise: Authorise,
): void {
  const rule = accessOf(field);
  if (!rule || rule.kind === 'parent') return;
  // A subscription is authorised when it begins, and again for each event: rights may be taken away meanwhile.
  for (const slot of slotsOf(field)) {
    const inner = field[slot] ?? defaultFieldResolver;
    field[slot] = async (source: unknown, args: Record<string, unknown>, context, info) => {
      const target = targetOf(type.name, source as Identified | undefined, args, field.name);
      const call = async (): Promise<unknown> =>
        inner(source, args, await authorise(context, rule, target), info);
      return type.name === 'Mutation'
        ? performOperation(operationOf(field.name, args, context), call)
        : call();
    };
  }
}

/** What a mutation is entered as in the audit log. */
function operationOf(name: string, args: Record<string, unknown>, context: RequestContext): Operation {
  const input = (args['input'] ?? {}) as Record<string, unknown>;
  const given = [args['id'], input['id'], args['userId'], input['key']];
  const subjectId = given.find((id): id is string => typeof id === 'string') ?? null;
  const fields = Object.keys(input).filter((field) => input[field] !== undefined && !addressing.has(field));
  const { requestId, idempotency } = context;
  return { name, requestId, actor: actorOf(context), subjectId, fields, idempotency };
}

/** Fields of inputs that say what is meant, not what becomes of it. */
const addressing = new Set(['id', 'key', 'expectedVersion']);

function targetOf(
  typeName: string,
  source: Identified | undefined,
  args: Record<string, unknown>,
  fieldName: string,
): AccessTarget {
  if (typeName === 'Workspace') return { workspaceId: source?.id, organizationId: undefined };
  if (typeName === 'Organization') return { workspaceId: undefined, organizationId: source?.id };
  const own = (name: string): string | undefined =>
    (args[`${name}Id`] ?? (fieldName === name ? args['id'] : undefined)) as string | undefined;
  return { workspaceId: own('workspace'), organizationId: own('organization') };
}
