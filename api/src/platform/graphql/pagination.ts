import { Max, Min } from 'class-validator';
import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import type { Scope } from '../context.js';
import { Failure } from '../errors.js';
import { isId } from '../ids.js';
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

function writeCursor(key: unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * Reads the sort key out of a cursor; undefined when there is none.
 * @param length how many parts the key has. Throws INVALID_CURSOR when the cursor is not one of this connection's.
 */
export function readCursor(
  after: string | null | undefined,
  length: number,
): (string | number | null)[] | undefined {
  if (after == null) return undefined;
  const key = parse(after);
  const fits =
    Array.isArray(key) &&
    key.length === length &&
    key.every((part) => part === null || typeof part === 'string' || Number.isFinite(part));
  if (!fits) throw invalidCursor();
  return key as (string | number | null)[];
}

/**
 * Reads the key out of a cursor of a connection that is sorted by an instant (as PostgreSQL prints it, in full precision)
 * and an id. Throws INVALID_CURSOR when it is not one of this connection's.
 */
export function readTimeCursor(after: string | null | undefined): [instant: string, id: string] | undefined {
  const key = readCursor(after, 2);
  if (!key) return undefined;
  const [instant, id] = key;
  if (
    typeof instant === 'string' &&
    !Number.isNaN(Date.parse(instant)) &&
    typeof id === 'string' &&
    isId(id)
  ) {
    return [instant, id];
  }
  throw invalidCursor();
}

/** Reads the key out of a cursor of a connection that is sorted by an id. Throws INVALID_CURSOR when it is not one. */
export function readIdCursor(after: string | null | undefined): string | undefined {
  const key = readCursor(after, 1);
  if (!key) return undefined;
  const [id] = key;
  if (typeof id === 'string' && isId(id)) return id;
  throw invalidCursor();
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
