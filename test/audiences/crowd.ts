import type { TestDatabase } from '../support/database.js';

/**
 * Makes contacts past the API, many at once: each with an e-mail address and consent for ads, on a static segment.
 * @param first the ordinal of the first, and the number in its address.
 */
export async function addCrowd(
  { owner }: TestDatabase,
  { workspaceId, segmentId, count, first = 0 }: Crowd,
): Promise<void> {
  const range = [first, first + count - 1];
  const statements = [
    `insert into contacts (workspace_id, id, ordinal)
     select $1, gen_random_uuid(), n from generate_series($2::int, $3::int) as n`,
    `insert into contact_identities (workspace_id, kind, value, raw, ordinal)
     select $1, 'email', 'p' || n || '@example.com', 'p' || n || '@example.com', n
     from generate_series($2::int, $3::int) as n`,
    `insert into consents (workspace_id, ordinal, channel, state, source, recorded_at)
     select $1, n, 'ads', 'granted', 'test', now() from generate_series($2::int, $3::int) as n`,
  ];
  for (const statement of statements) await owner.query(statement, [workspaceId, ...range]);
  await owner.query(
    `insert into list_members (workspace_id, segment_id, ordinal)
     select $1, $4, n from generate_series($2::int, $3::int) as n`,
    [workspaceId, ...range, segmentId],
  );
}

/** Who a crowd is made for. */
export interface Crowd {
  workspaceId: string;
  segmentId: string;
  count: number;
  first?: number;
}

/**
 * Gives each contact of the workspace a company of its own, past the API, whose texts take about 6 kB: a hundred of
 * them are a file of 600 kB.
 */
export async function giveLongCompanies({ owner }: TestDatabase, workspaceId: string): Promise<void> {
  await owner.query(
    `with made as (
       insert into companies (workspace_id, id, name)
       select $1, id, ordinal || repeat('정', 490) from contacts where workspace_id = $1
       returning id
     )
     insert into company_attributes (workspace_id, company_id, key, text, folded, since)
     select $1, made.id, key, repeat('정', 500), repeat('정', 500), now()
     from made, unnest(array['industry', 'city', 'state']) as key`,
    [workspaceId],
  );
  await owner.query('update contacts set company_id = id where workspace_id = $1', [workspaceId]);
}
