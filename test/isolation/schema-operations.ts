import {
  getNullableType,
  GraphQLID,
  GraphQLNonNull,
  GraphQLString,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { AccessRule } from '../../api/src/platform/graphql/access.js';
import type { Tenant } from './tenants.js';

/** Something that a caller asks for: a root field that takes an id, or a guarded field of Workspace or Organization. */
export interface Operation {
  /** `Mutation.archiveSegment`, `Workspace.contact`. */
  name: string;
  kind: 'query' | 'mutation' | 'subscription';
  /** The root field that leads to it, for fields of Workspace and Organization. */
  holder: 'workspace' | 'organization' | undefined;
  field: GraphQLField<unknown, unknown>;
  access: AccessRule;
}

/** The arguments of an operation as JSON; `of` is the id of the workspace or organization whose field it is. */
export type Arguments = Record<string, unknown>;

/** A place in the arguments, such as `input.contactIds.0`. */
export type Path = readonly string[];

/** Every operation of the schema that takes an id. What is added to the schema is here by itself. */
export function operationsOf(schema: GraphQLSchema): Operation[] {
  const roots = (['query', 'mutation', 'subscription'] as const).flatMap((kind) =>
    fieldsOf(schema[`get${capital(kind)}Type`]())
      .filter((field) => field.args.some(({ type }) => pathsTo(type, isId).length > 0))
      .map((field) => toOperation(capital(kind), kind, undefined, field)),
  );
  const held = (['workspace', 'organization'] as const).flatMap((holder) =>
    fieldsOf(schema.getType(capital(holder)) as GraphQLObjectType)
      .filter((field) => accessOf(field).kind !== 'parent')
      .map((field) => toOperation(capital(holder), 'query', holder, field)),
  );
  return [...roots, ...held];
}

function toOperation(
  type: string,
  kind: Operation['kind'],
  holder: Operation['holder'],
  field: GraphQLField<unknown, unknown>,
): Operation {
  return { name: `${type}.${field.name}`, kind, holder, field, access: accessOf(field) };
}

function accessOf(field: GraphQLField<unknown, unknown>): AccessRule {
  return field.extensions['access'] as AccessRule;
}

function fieldsOf(type: GraphQLObjectType | null | undefined): GraphQLField<unknown, unknown>[] {
  return Object.values(type?.getFields() ?? {});
}

function capital<Word extends string>(word: Word): Capitalize<Word> {
  return (word.charAt(0).toUpperCase() + word.slice(1)) as Capitalize<Word>;
}

/** The types of an operation's arguments, `of` included. */
export function argumentTypes({ field, holder }: Operation): Record<string, GraphQLInputType> {
  const own = Object.fromEntries(field.args.map(({ name, type }) => [name, type]));
  if (!holder) return own;
  return { of: holder === 'organization' ? new GraphQLNonNull(GraphQLID) : GraphQLID, ...own };
}

/** The argument that says which workspace it is about. */
export function workspaceArgument({ name, holder, field }: Operation): string | undefined {
  if (holder === 'workspace') return 'of';
  if (name === 'Query.workspace') return 'id';
  return field.args.find((argument) => argument.name === 'workspaceId')?.name;
}

/** The arguments that a control gives, with the workspace and the organization of its tenant; pages are short. */
export function withScope(operation: Operation, tenant: Tenant, control: Arguments): Arguments {
  const { holder, field } = operation;
  const scope: Arguments = holder ? { of: tenant[`${holder}Id`] } : {};
  for (const name of ['workspaceId', 'organizationId'] as const) {
    if (field.args.some((argument) => argument.name === name)) scope[name] = tenant[name];
  }
  if (field.args.some(({ name }) => name === 'first')) scope['first'] = 2;
  return { ...scope, ...control };
}

/** Where an id can stand in the arguments. */
export function idPaths(operation: Operation): Path[] {
  return argumentPaths(operation, isId);
}

/** Where a cursor can stand. */
export function cursorPaths(operation: Operation): Path[] {
  return argumentPaths(operation, (type, name) => type === GraphQLString && /^(after|before)$/.test(name));
}

/** Where a rule can stand, as a tree or as text. */
export function rulePaths(operation: Operation): Path[] {
  return argumentPaths(
    operation,
    (_type, name, parent) => parent?.name === 'RuleSourceInput' && name in ruleForms,
  );
}

const ruleForms = { tree: true, text: true };

type Leaf = (type: GraphQLInputType, name: string, parent?: { name: string }) => boolean;

const isId: Leaf = (type) => type === GraphQLID;

function argumentPaths(operation: Operation, leaf: Leaf): Path[] {
  return Object.entries(argumentTypes(operation)).flatMap(([name, type]) => pathsTo(type, leaf, [name]));
}

/** Types that contain themselves, such as rules, are entered once: what lies deeper is of the same kinds. */
function pathsTo(
  type: GraphQLInputType,
  leaf: Leaf,
  path: Path = [],
  inside: readonly { name: string }[] = [],
): Path[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return pathsTo(nullable.ofType, leaf, [...path, '0'], inside);
  const name = path.findLast((step) => !/^\d+$/.test(step)) ?? '';
  if (leaf(nullable, name, inside.at(-1))) return [path];
  if (!isInputObjectType(nullable) || inside.includes(nullable)) return [];
  return Object.values(nullable.getFields()).flatMap((field) =>
    pathsTo(field.type, leaf, [...path, field.name], [...inside, nullable]),
  );
}

/** Where two calls differ: what of the arguments belongs to the tenant. */
export function differences(one: unknown, other: unknown, path: Path = []): Path[] {
  if (typeof one !== 'object' || one === null) return one === other ? [] : [path];
  return Object.entries(one).flatMap(([key, value]) =>
    differences(value, (other as Arguments | null)?.[key], [...path, key]),
  );
}

/** What stands at a place; undefined when there is nothing. */
export function valueAt(value: unknown, [head, ...rest]: Path): unknown {
  return head === undefined ? value : valueAt((value as Arguments | null | undefined)?.[head], rest);
}

/** JSON with a value put in its place. */
export function putIn(current: unknown, [head, ...rest]: Path, value: unknown): unknown {
  if (head === undefined) return value;
  const changed = putIn(valueAt(current, [head]), rest, value);
  if (Array.isArray(current)) return current.with(Number(head), changed);
  return { ...(current as object), [head]: changed };
}

/** The arguments with a value put in its place; whatever the types ask for around it is made up. */
export function putArgument(operation: Operation, args: Arguments, path: Path, value: unknown): Arguments {
  const [head = '', ...rest] = path;
  const type = argumentTypes(operation)[head];
  return type ? { ...args, [head]: put(type, args[head], rest, value) } : args;
}

function put(type: GraphQLInputType, current: unknown, path: Path, value: unknown): unknown {
  const nullable = getNullableType(type);
  const [head, ...rest] = path;
  if (head === undefined) return value;
  if (isListType(nullable)) {
    const [first, ...others] = (current as unknown[] | undefined) ?? [];
    return [put(nullable.ofType, first, rest, value), ...others];
  }
  // Inside JSON, whose fields have no types.
  if (!isInputObjectType(nullable)) return putIn(current, path, value);
  const fields = nullable.getFields();
  const stays = nullable.isOneOf ? {} : ((current as Arguments | undefined) ?? {});
  const inner = put(fields[head]!.type, (current as Arguments | undefined)?.[head], rest, value);
  return { ...requiredFields(nullable), ...stays, [head]: inner };
}

function requiredFields(type: GraphQLInputType): Arguments {
  if (!isInputObjectType(type)) return {};
  const required = Object.values(type.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, madeUp(field.type)]));
}

const scalars: Record<string, unknown> = { Int: 1, Float: 5, Boolean: true, ID: 'none', JSONObject: {} };

/** Any value of a type. */
function madeUp(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  // Types that contain themselves do so in lists.
  if (isListType(nullable))
    return isInputObjectType(getNullableType(nullable.ofType)) ? [] : [madeUp(nullable.ofType)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (!isInputObjectType(nullable)) return scalars[nullable.name] ?? 'made up';
  if (!nullable.isOneOf) return requiredFields(nullable);
  const first = Object.values(nullable.getFields())[0]!;
  return { [first.name]: madeUp(first.type) };
}

/** Whether a call may leave the argument out. */
export function isOptional({ holder, field }: Operation, name: string): boolean {
  if (name === 'of') return holder === 'workspace';
  const argument = field.args.find((one) => one.name === name);
  return argument !== undefined && !isRequiredArgument(argument);
}

/** A value of a type as it is written in a document. */
export function literal(value: unknown, type: GraphQLInputType): string {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) {
    const item = isListType(nullable) ? nullable.ofType : nullable;
    return `[${value.map((one) => literal(one, item)).join(', ')}]`;
  }
  if (isEnumType(nullable)) return String(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const fields = isInputObjectType(nullable) ? nullable.getFields() : {};
  const inner = Object.entries(value).map(
    ([name, one]) => `${name}: ${literal(one, fields[name]?.type ?? nullable)}`,
  );
  return `{${inner.join(', ')}}`;
}
