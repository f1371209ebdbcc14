import { Max, Min } from 'class-validator';
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { Scope } from '../context.js';
import { Failure } from '../errors.js';
import { isId } from '../ids.js';
import { isStorable } from '../storable.js';
import { Readable } from './access.js';

/** Items on one page at most. */
export const largestPage = 100;

/** What every connection takes. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: 20, description: 'How many items, from 1 to 100.' })
  @Min(1)
  @Max(largestPage)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last item seen; the page begins after it.',
  })
  after?: string | null;
}

/** Where a page ends. */
@ObjectType({ description: 'Where a page of a connection ends.' })
@Readable(null)
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are items after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are items before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first item of this page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last item of this page.' })
  endCursor!: string | null;
}

/** One page, as use cases return it. */
export interface Page<Node> {
  edges: { node: Node; cursor: string }[];
  pageInfo: PageInfo;
}

/** Makes the connection and edge types of a node, per the Relay specification. */
export function connectionOf<Node extends object>(
  node: ClassType<Node>,
  name: string,
  scope: Scope | null,
): ClassType<Page<Node>> {
  @ObjectType(`${name}Edge`, { description: `One ${name} on a page.` })
  @Readable(scope)
  class Edge {
    @Field(() => node, { description: 'The item itself.' })
    node!: Node;

    @Field(() => String, { description: 'Pass it as `after` to go on from here.' })
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of ${name} items.` })
  @Readable(scope)
  class Connection {
    @Field(() => [Edge], { description: 'The items with their cursors.' })
    edges!: Edge[];

    @Field(() => PageInfo, { description: 'Where this page ends.' })
    pageInfo!: PageInfo;
  }
  return Connection;
}

/**
 * Cuts a page from rows of which one more than `first` was asked for.
 * @param keyOf the sort key of a row, as JSON values: what {@link readCursor} gives back.
 */
export function toPage<Row, Node>(
  rows: Row[],
  { first, after }: PageArgs,
  keyOf: (row: Row) => unknown[],
  toNode: (row: Row) => Node,
): Page<Node> {
  const edges = rows.slice(0, first).map((row) => ({ node: toNode(row), cursor: writeCursor(keyOf(row)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The cursor of a sort key, given as JSON values: what {@link readCursor} reads. */
export function writeCursor(key: unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** What the parts of a sort key can be, as they stand in a cursor, and how one that is none of ours is told. */
const partChecks = {
  text: (part: unknown) => typeof part === 'string' && isStorable(part),
  id: (part: unknown) => typeof part === 'string' && isId(part),
  /** As PostgreSQL prints it, in full precision, or as ISO 8601 has it. */
  instant: (part: unknown) => typeof part === 'string' && isPrintedInstant(part),
  /** Not negative, as large as PostgreSQL's `integer` goes. */
  integer: (part: unknown) => Number.isInteger(part) && Number(part) >= 0 && Number(part) < 2 ** 31,
  /** Not negative, as large as a number can be exact. */
  count: (part: unknown) => Number.isSafeInteger(part) && Number(part) >= 0,
} as const;
type Part = keyof typeof partChecks;
type PartsOf<Parts extends readonly Part[]> = {
  -readonly [Index in keyof Parts]: Parts[Index] extends 'integer' | 'count' ? number : string;
};

/**
 * Reads the sort key out of a cursor; undefined when there is none.
 * @param parts what the key is made of: anything else would reach PostgreSQL, which would refuse it as no key at all.
 * Throws INVALID_CURSOR when the cursor is not one of this connection's.
 */
export function readCursor<const Parts extends readonly Part[]>(
  after: string | null | undefined,
  ...parts: Parts
): PartsOf<Parts> | undefined {
  if (after == null) return undefined;
  const key = parse(after);
  const fits =
    Array.isArray(key) &&
    key.length === parts.length &&
    parts.every((part, index) => partChecks[part](key[index]));
  if (!fits) throw invalidCursor();
  return key as unknown as PartsOf<Parts>;
}

/** The failure of a cursor that no page of the connection ended with. */
export function invalidCursor(): Failure {
  return new Failure('INVALID_CURSOR', 'This is not a cursor of this connection.', { path: 'after' });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

const instantShape =
  /^(?!0000)(\d{4}-\d\d-\d\d)[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4])(?::[0-5]\d)?)$/;

function isPrintedInstant(text: string): boolean {
  const date = instantShape.exec(text)?.[1];
  if (date === undefined) return false;
  const midnight = new Date(`${date}T00:00:00Z`);
  // A 30 February is read as a day of March, or not at all.
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}
