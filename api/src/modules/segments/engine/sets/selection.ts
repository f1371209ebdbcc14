import { createHash } from 'node:crypto';
import type { Span } from '@coterie/rules';
import type { Bitmap } from '@coterie/bitmap';
import type { ListRow } from '../read-postings.js';
import { Parameters, type Statement } from '../sql.js';

/** What is relative to now is relative to its minute; the zone is the workspace's, an IANA name. */
export interface Moment {
  now: Date;
  timeZone: string;
}

/** What a statement is compiled with: its own parameters. */
export interface SetScope extends Moment {
  parameters: Parameters;
  segmentTable: ReadonlyMap<string, string>;
  /** Whether the ordinal in this column is one that is asked about, as SQL. */
  among(column: string): string;
}

/**
 * A set of contacts that is found by one statement, which reads an index from one place on instead of asking about each
 * contact as the truth does: what the engine keeps, and brings forward by itself.
 */
export interface Selection {
  /** Equal for what is found alike, whatever the time; 32 characters. */
  key: string;
  /** The facets of the change feed that may change whether a contact is in it; `*` always may. */
  facets: readonly string[];
  /** Facets of no contact after which all of it may be different. */
  anew: readonly string[];
  /** How it depends on the time; empty when it does not. */
  edges: readonly Edge[];
  /** Whether a contact is in it regardless of the others. */
  isLocal: boolean;
  /** Whether it takes more to tell of a row whether it is meant than to read it. */
  isHeavy: boolean;
  /** Writes the query of its ordinals: one column, in any order, each as often as it likes. */
  find: (scope: SetScope) => string;
  /** By how often an ordinal is given, whether it is in the set; without, all that are given are. */
  holds?: (times: number) => boolean;
  /** How it is found from posting lists, where there are some. */
  fromLists?: FromLists;
}

/**
 * How a set is found from posting lists. It is right about whoever has not changed since they were made: so beside them it
 * may read what is there now, such as the events of days that a window has only a part of.
 */
export interface FromLists {
  /** The facets whose lists are read. */
  bases: readonly string[];
  /** Whether a list of each value is needed. */
  needsValues: boolean;
  /** Writes the query of the rows; undefined where lists are of no use. */
  find: (scope: SetScope) => string | undefined;
  /** What the rows come to. @param end all ordinals are below. */
  conclude: (rows: readonly ListRow[], moment: Moment, end: number) => Bitmap | Promise<Bitmap>;
}

/** A bound that moves with the time: at two moments at which all edges are the same, so is the set. */
export interface Edge {
  at: (moment: Moment) => Date;
  /** Writes the query of those with something in the span; without it, all of the set may differ once the edge has moved. */
  crossed?: (span: Span, scope: SetScope) => string;
}

/** How the contacts that a condition holds for are put together. */
export type SetPlan =
  | { found: Selection }
  /** Everybody but these. */
  | { without: SetPlan }
  /** Whoever is in all of them. */
  | { each: readonly SetPlan[] };

/** What is to be said of a selection; its `key` is made of what tells it from others of its kind. */
export interface SelectionParts {
  /** What is found, down to every value: anything that JSON can hold. */
  of: readonly unknown[];
  facets?: readonly string[];
  anew?: readonly string[];
  edges?: readonly Edge[];
  isLocal?: boolean;
  isHeavy?: boolean;
  find: Selection['find'];
  holds?: Selection['holds'];
  fromLists?: FromLists | undefined;
}

/** A plan of one selection. */
export function select(parts: SelectionParts): SetPlan {
  const { of, facets = [], anew = [], edges = [], isLocal = true, isHeavy = false, find } = parts;
  const { holds, fromLists } = parts;
  const key = createHash('sha256').update(JSON.stringify(of)).digest('base64url').slice(0, 32);
  const selection = { key, facets, anew, edges, isLocal, isHeavy, find };
  return { found: { ...selection, ...(holds && { holds }), ...(fromLists && { fromLists }) } };
}

/** What a statement over everybody is compiled with. */
export function scopeOf(moment: Moment): SetScope {
  return { ...moment, parameters: new Parameters(), segmentTable: new Map(), among: () => 'true' };
}

/**
 * Compiles a query of ordinals. About a few contacts, it is asked for each of them: whatever PostgreSQL believes of the
 * table, it then looks each up in an index that begins with the contact, which costs as much as there are of them. Given
 * all in one array it may go through everybody between the first and the last.
 * @param among the contacts that are asked about; all unless given.
 */
export function compile(write: (scope: SetScope) => string, moment: Moment, among?: Uint32Array): Statement {
  const scope = scopeOf(moment);
  const { parameters } = scope;
  if (!among) return { text: write(scope), values: parameters.values };
  const asked = parameters.add(`{${among.join(',')}}`, 'integer[]');
  const found = write({ ...scope, among: (column) => `${column} = one.asked` });
  const text = `select found.* from unnest(${asked}) as one (asked), lateral (${found} offset 0) as found`;
  return { text, values: parameters.values };
}
