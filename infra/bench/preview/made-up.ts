/** What the rules of the bench name in the workspace that it makes up. */
export const ids = {
  organization: '00000000-0000-4000-8000-000000000001',
  workspace: '00000000-0000-4000-8000-000000000002',
  list: '00000000-0000-4000-8000-000000000003',
  seedList: '00000000-0000-4000-8000-000000000004',
  lookalike: '00000000-0000-4000-8000-000000000005',
  segment: '00000000-0000-4000-8000-000000000006',
} as const;

/** The rule of the segment that another rule names. */
export const segmentRule =
  'lifecycle_stage in ("lead", "opportunity") and lead_score >= 50 and event "page_viewed" at least 3 times in last 90 days';

/** The size of a made-up workspace, and the moment that its past ends at. */
export interface Extent {
  contacts: number;
  /** An instant, as text. */
  now: string;
}

/** Events that each contact has on average. */
export const eventsPerContact = 10;

/** Contacts that work at each company on average; 60 of 100 work at one. */
export const contactsPerCompany = 6;

/**
 * A whole number from 0 to below `of`, the same for the same row each time.
 * @param row the number of the row, as SQL. @param salt different for each thing that is decided about it.
 */
export function pick(row: string, salt: number, of: number): string {
  return `((hashint8extended(${row}, ${salt}) & 9223372036854775807) % ${of})::int`;
}

/**
 * One of several texts, some more often than others.
 * @param shares of 200, each with its text; what is left over is null.
 */
export function oneOf(row: string, salt: number, shares: readonly (readonly [string, number])[]): string {
  const texts = shares.flatMap(([text, share]) => Array<string>(share).fill(text));
  return `('{${texts.map((text) => `"${text}"`).join(',')}}'::text[])[1 + ${pick(row, salt, 200)}]`;
}

/** A UUID that stands for a row, with the marks of version 4. */
export function uuidOf(table: string, row: string): string {
  return `overlay(overlay(md5('${table} ' || ${row}) placing '4' from 13) placing '8' from 17)::uuid`;
}
