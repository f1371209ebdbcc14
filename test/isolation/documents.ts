import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { AccessRule } from '../../api/src/platform/graphql/access.js';
import { argumentTypes, literal, type Arguments, type Operation } from './schema-operations.js';

/** How a call is written down: what it means is the same in all of them. */
export interface Form {
  values: 'variables' | 'literals';
  wrap: 'plain' | 'alias' | 'fragment' | 'inline';
}

export const forms: readonly Form[] = (['variables', 'literals'] as const).flatMap((values) =>
  (['plain', 'alias', 'fragment', 'inline'] as const).map((wrap) => ({ values, wrap })),
);

/** How deep an answer is asked for at most: what is shown beyond it was shown before, by another way. */
export const deepest = 7;

/** What is asked of the answer. */
export interface Selecting {
  schema: GraphQLSchema;
  /** How many objects deep below the operation. */
  depth: number;
  /** Where the pages of connections on the way begin, by `Segment.members`. */
  cursors?: ReadonlyMap<string, string>;
}

/** A request's body. */
export interface Document {
  query: string;
  variables: Record<string, unknown>;
}

/**
 * Writes a call down.
 * @param beside another call of the same operation, asked for in the same request under another alias.
 */
export function documentFor(
  operation: Operation,
  args: Arguments,
  form: Form,
  selecting: Selecting,
  beside?: Arguments,
): Document {
  const types = argumentTypes(operation);
  const names = Object.keys(args);
  const asVariables = form.values === 'variables';
  const fragments: string[] = [];
  const write = (values: Arguments, alias: string, free: boolean): string => {
    const of = (name: string): string =>
      `${name === 'of' ? 'id' : name}: ${free ? `$${name}` : literal(values[name], types[name]!)}`;
    return callText(operation, { values, of, alias, form, fragments, selecting });
  };
  const calls = write(args, form.wrap === 'alias' ? 'probe: ' : '', asVariables);
  const others = beside ? write(beside, 'own: ', false) : '';
  const header = names.map((name) => `$${name}: ${types[name]!.toString()}`).join(', ');
  const body = wrapped(rootName(operation), `${others} ${calls}`, form, fragments);
  const query = `${operation.kind} Probe${asVariables && header ? `(${header})` : ''} { ${body} } ${fragments.join(' ')}`;
  return { query, variables: asVariables ? args : {} };
}

interface Writing {
  values: Arguments;
  of: (name: string) => string;
  alias: string;
  form: Form;
  fragments: string[];
  selecting: Selecting;
}

function callText({ holder, field }: Operation, writing: Writing): string {
  const { values, of, alias, form, fragments, selecting } = writing;
  const own = Object.keys(values).filter((name) => name !== 'of');
  const call = `${field.name}${parenthesised(own.map(of))} ${selection(getNamedType(field.type), selecting)}`;
  if (!holder) return alias + call;
  const held = wrapped(holder === 'workspace' ? 'Workspace' : 'Organization', call, form, fragments);
  return `${alias}${holder}${parenthesised('of' in values ? [of('of')] : [])} { ${held} }`;
}

function rootName({ kind, holder }: Operation): string {
  if (holder) return 'Query';
  return { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' }[kind];
}

function wrapped(type: string, body: string, { wrap }: Form, fragments: string[]): string {
  if (wrap === 'inline') return `... on ${type} @include(if: true) { ${body} }`;
  if (wrap !== 'fragment') return body;
  const name = `Part${fragments.length}`;
  fragments.push(`fragment ${name} on ${type} { ${body} }`);
  return `...${name}`;
}

function parenthesised(parts: string[]): string {
  return parts.length > 0 ? `(${parts.join(', ')})` : '';
}

/** Everything that a type shows without further questions, and what its objects show. */
function selection(
  type: GraphQLNamedType,
  selecting: Selecting,
  trail: readonly string[] = [],
  ambiguous: ReadonlySet<string> = new Set(),
): string {
  if (isLeafType(type)) return '';
  if (isAbstractType(type)) {
    const types = selecting.schema.getPossibleTypes(type);
    const parts = types.map(
      (one) => `... on ${one.name} ${selection(one, selecting, trail, sharedNames(types))}`,
    );
    return `{ __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(type)) throw new Error(`${type.name} is no type of an answer.`);
  const within = [...trail, type.name];
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const inner = getNamedType(field.type);
    if (!isShown(type, field)) return [];
    if (!isLeafType(inner) && (within.length > selecting.depth || within.includes(inner.name))) return [];
    const alias = ambiguous.has(field.name) ? `${type.name}_${field.name}: ` : '';
    return `${alias}${field.name}${pageOf(type, field, selecting)} ${selection(inner, selecting, within)}`;
  });
  return `{ __typename ${fields.join(' ')} }`;
}

/** Fields of one name may have different types in the types of a union, and then need names of their own. */
function sharedNames(types: readonly GraphQLObjectType[]): Set<string> {
  const names = types.flatMap((type) => Object.keys(type.getFields()));
  return new Set(names.filter((name, index) => names.indexOf(name) !== index));
}

/** Whether what is shown of an operation's result has pages of its own. */
export function hasPages({ field }: Operation, schema: GraphQLSchema): boolean {
  return selection(getNamedType(field.type), { schema, depth: deepest }).includes('(first: ');
}

type Field = ReturnType<GraphQLObjectType['getFields']>[string];

/** Not what needs arguments, and not what is an operation of its own. */
function isShown(type: GraphQLObjectType, field: Field): boolean {
  if (field.args.some(isRequiredArgument)) return false;
  if (type.name !== 'Workspace' && type.name !== 'Organization') return true;
  return (field.extensions['access'] as AccessRule).kind === 'parent';
}

function pageOf(type: GraphQLObjectType, field: Field, { cursors }: Selecting): string {
  if (!field.args.some(({ name }) => name === 'first')) return '';
  const cursor = cursors?.get(`${type.name}.${field.name}`);
  return cursor === undefined ? '(first: 2)' : `(first: 2, after: ${JSON.stringify(cursor)})`;
}

/** The last cursor of every connection in an answer, by `Segment.members`. */
export function cursorsIn(
  type: GraphQLNamedType,
  data: unknown,
  found = new Map<string, string>(),
): Map<string, string> {
  if (Array.isArray(data)) for (const item of data) cursorsIn(type, item, found);
  else if (isObjectType(type) && typeof data === 'object' && data !== null) {
    for (const [name, value] of Object.entries(data)) {
      const field = type.getFields()[name];
      if (!field || value === null) continue;
      const end = (value as { pageInfo?: { endCursor?: string } }).pageInfo?.endCursor;
      if (end) found.set(`${type.name}.${name}`, end);
      cursorsIn(getNamedType(field.type), value, found);
    }
  }
  return found;
}
