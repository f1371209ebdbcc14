import type { DataSource } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { UsageCount, UsageMetric } from '../../platform/usage.js';

/** Stands for people and jobs, which have no key: a primary key holds no null. */
const noKey = '00000000-0000-0000-0000-000000000000';

/** Adds to what is stored, in one statement. */
export async function addCounts(tx: WorkspaceTransaction, counts: readonly UsageCount[]): Promise<void> {
  // In one order always, so that two processes never wait for each other.
  const sorted = counts.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  await tx.query(
    `insert into usage_counts as stored (workspace_id, day, metric, key_id, amount)
     select $1, * from unnest($2::date[], $3::text[], $4::uuid[], $5::bigint[])
     on conflict (workspace_id, day, metric, key_id) do update set amount = stored.amount + excluded.amount`,
    [
      tx.workspaceId,
      sorted.map(({ day }) => day),
      sorted.map(({ metric }) => metric),
      sorted.map(({ keyId }) => keyId ?? noKey),
      sorted.map(({ amount }) => amount),
    ],
  );
}

function keyOf({ day, metric, keyId }: UsageCount): string {
  return `${day} ${metric} ${keyId}`;
}

/** What was used in a range of days, both included. */
export async function listCounts(
  tx: WorkspaceTransaction,
  { since, until }: { since: string; until: string },
): Promise<UsageCount[]> {
  const rows = await tx.query<{ day: string; metric: UsageMetric; key_id: string; amount: string }>(
    `select day::text, metric, key_id, amount from usage_counts where day between $1 and $2
     order by day, metric, key_id`,
    [since, until],
  );
  return rows.map(({ day, metric, key_id, amount }) => ({
    day,
    metric,
    keyId: key_id === noKey ? null : key_id,
    amount: Number(amount),
  }));
}

/** A quota, and how much of it this month has used. */
export interface QuotaRow {
  metric: UsageMetric;
  monthly: number;
  used: number;
}

/** The quotas of the workspace. @param month its first day. */
export async function listQuotas(tx: WorkspaceTransaction, month: string): Promise<QuotaRow[]> {
  const rows = await tx.query<{ metric: UsageMetric; monthly: string; used: string }>(
    `select q.metric, q.monthly, coalesce(sum(c.amount), 0) as used
     from usage_quotas q
     left join usage_counts c on c.workspace_id = q.workspace_id and c.metric = q.metric
       and c.day >= $1::date and c.day < $1::date + interval '1 month'
     group by q.metric, q.monthly order by q.metric`,
    [month],
  );
  return rows.map(({ metric, monthly, used }) => ({ metric, monthly: Number(monthly), used: Number(used) }));
}

/** Sets a quota, or lifts it. */
export async function writeQuota(
  tx: WorkspaceTransaction,
  metric: UsageMetric,
  monthly: number | null,
): Promise<void> {
  if (monthly === null) {
    await tx.query('delete from usage_quotas where metric = $1', [metric]);
    return;
  }
  await tx.query(
    `insert into usage_quotas (workspace_id, metric, monthly) values ($1, $2, $3)
     on conflict (workspace_id, metric) do update set monthly = excluded.monthly`,
    [tx.workspaceId, metric, monthly],
  );
}

/** The names of the workspace's keys. */
export async function keyNames(tx: WorkspaceTransaction): Promise<Map<string, string>> {
  const rows = await tx.query<{ id: string; name: string }>('select id, name from api_keys');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** A workspace of an organization. */
export interface OwnedWorkspace {
  id: string;
  name: string;
}

/** The workspaces of an organization by name, archived ones included: what they used was used. */
export function listOwnedWorkspaces(
  directory: DataSource,
  organizationId: string,
): Promise<OwnedWorkspace[]> {
  return directory.query('select id, name from workspaces where organization_id = $1 order by name, id', [
    organizationId,
  ]);
}
