import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

/** Where a contact can stand besides rules. */
export const membershipKinds = ['list', 'seed_list', 'lookalike'] as const;

/** A contact's place on a list, on a seed list, or in a lookalike. */
export interface Membership {
  kind: (typeof membershipKinds)[number];
  /** The list, seed list or lookalike. */
  of: string;
  /** Since when, for a list; ISO 8601. */
  addedAt: string | null;
  /** The value on a seed list, the rank in a lookalike. */
  number: number | null;
  /** The ordinal of the contact that stood there first, if it came with a merge. */
  mergedFrom: number | null;
}

/** What tells a contact's memberships apart. */
export function membershipKey({ kind, of }: Membership): string {
  return `${kind} ${of}`;
}

/** Reads where contacts stand, by ordinal and key, in one statement. */
export async function membershipsOf(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Map<number, Map<string, Membership>>> {
  const byOrdinal = new Map<number, Map<string, Membership>>(ordinals.map((ordinal) => [ordinal, new Map()]));
  if (ordinals.length === 0) return byOrdinal;
  const rows = await tx.query<Membership & { ordinal: number; addedAt: Date | null }>(
    `select ordinal, 'list' as kind, segment_id as of, added_at as "addedAt", null::float8 as number,
            merged_from as "mergedFrom" from list_members where ordinal = any($1::int[])
     union all
     select ordinal, 'seed_list', seed_list_id, null, value, merged_from
     from seed_list_members where ordinal = any($1::int[])
     union all
     select ordinal, 'lookalike', lookalike_id, null, rank, merged_from
     from lookalike_ranks where ordinal = any($1::int[])`,
    [ordinals],
  );
  for (const { ordinal, addedAt, ...row } of rows) {
    const membership: Membership = { ...row, addedAt: addedAt?.toISOString() ?? null };
    byOrdinal.get(ordinal)!.set(membershipKey(membership), membership);
  }
  return byOrdinal;
}

/** A membership of a contact. */
export type HeldMembership = Membership & { ordinal: number };

/** How each kind is stored. What it belongs to may be gone since the membership was read. */
const tables: Record<Membership['kind'], { name: string; of: string; parent: string; columns: string }> = {
  list: {
    name: 'list_members',
    of: 'segment_id',
    parent: 'segments',
    columns: 'added_at',
  },
  seed_list: { name: 'seed_list_members', of: 'seed_list_id', parent: 'seed_lists', columns: 'value' },
  lookalike: { name: 'lookalike_ranks', of: 'lookalike_id', parent: 'lookalikes', columns: 'rank' },
};

/** The tables of all kinds. */
export const membershipTables = membershipKinds.map((kind) => tables[kind].name);

/**
 * Stores memberships: at most one statement a kind. Those of lists that are gone are left out, and one that the contact
 * was given of its own meanwhile stays.
 */
export async function saveMemberships(
  tx: WorkspaceTransaction,
  memberships: readonly HeldMembership[],
): Promise<void> {
  for (const kind of membershipKinds) {
    const some = memberships.filter((membership) => membership.kind === kind);
    if (some.length === 0) continue;
    const { name, of, parent, columns } = tables[kind];
    await tx.query(
      `insert into ${name} (workspace_id, ${of}, ordinal, ${columns}, merged_from)
       select $1, new.of, new.ordinal, ${kind === 'list' ? 'new.added_at' : 'new.number'}, new.merged_from
       from unnest($2::uuid[], $3::int[], $4::timestamptz[], $5::float8[], $6::int[])
         as new (of, ordinal, added_at, number, merged_from)
       join ${parent} as parent on parent.id = new.of
       on conflict (workspace_id, ${of}, ordinal) do update set
         ${columns} = excluded.${columns}, merged_from = excluded.merged_from
       where ${name}.merged_from is not null`,
      [
        tx.workspaceId,
        some.map((membership) => membership.of),
        some.map((membership) => membership.ordinal),
        some.map((membership) => membership.addedAt),
        some.map((membership) => membership.number),
        some.map((membership) => membership.mergedFrom),
      ],
    );
  }
}

/** Removes memberships of a contact: at most one statement a kind. */
export async function removeMemberships(
  tx: WorkspaceTransaction,
  ordinal: number,
  memberships: readonly Membership[],
): Promise<void> {
  for (const kind of membershipKinds) {
    const some = memberships.filter((membership) => membership.kind === kind);
    if (some.length === 0) continue;
    const { name, of } = tables[kind];
    await tx.query(`delete from ${name} where ordinal = $1 and ${of} = any($2::uuid[])`, [
      ordinal,
      some.map((membership) => membership.of),
    ]);
  }
}

/** The names of lists, seed lists and lookalikes, by id. */
export async function membershipNames(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const parents = membershipKinds.map((kind) => tables[kind].parent);
  const rows = await tx.query<{ id: string; name: string }>(
    parents.map((parent) => `select id, name from ${parent} where id = any($1::uuid[])`).join(' union all '),
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
