import type { Parameters } from '../sql.js';

/**
 * What a leaf is compiled with. A leaf is a boolean expression over `c`, a row of the universe
 * (workspace_id, ordinal, id, company_id): true or false for every contact, never null.
 *
 * Sub-queries are joined to `c` by workspace as well: row-level security keeps tenants apart without it, but the
 * indexes begin with the workspace, and a database that is distributed by it needs to see the join.
 */
export interface LeafScope {
  parameters: Parameters;
  /** What is relative to now is relative to its minute. */
  now: Date;
  /** The workspace's time zone, an IANA name. */
  timeZone: string;
  /** The name of the common table with a segment's ordinals, by the segment's id. */
  segmentTable: ReadonlyMap<string, string>;
}

/** Joins a table with `workspace_id` and `ordinal` to the contact. */
export function ofContact(alias: string): string {
  return `${alias}.workspace_id = c.workspace_id and ${alias}.ordinal = c.ordinal`;
}
