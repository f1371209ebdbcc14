import { day } from '../../platform/clock.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { listQuotas } from '../usage/index.js';
import { failedDays, glanceDays, type Glance, type GlanceDay } from './glance.js';

/** More than these are counted as these: whoever looks at a glance wants to know that there is something to do. */
export const mostCounted = 1_000;

type GlanceRow = Omit<Glance, 'days' | 'quotas'> & {
  made: { day: string; amount: number }[] | null;
  events: { day: string; amount: number }[] | null;
};

/**
 * Reads how a workspace stands, in two statements. Contacts are counted by the ordinals that were taken less those that
 * are vacant, so a million of them take no longer than ten.
 */
export async function readGlance(tx: WorkspaceTransaction, now: Date): Promise<Glance> {
  const days = lastDays(now);
  const failedSince = new Date(now.getTime() - failedDays * day).toISOString();
  const [row] = await tx.query<GlanceRow>(
    `select
       coalesce((select next_ordinal from contact_ordinals), 0)
         - (select count(*)::int from vacant_ordinals) as contacts,
       (select json_agg(made) from (
          select (created_at at time zone 'UTC')::date as day, count(*)::int as amount
          from contacts where created_at >= $1::date at time zone 'UTC' group by 1) as made) as made,
       (select json_agg(came) from (
          select day, sum(amount)::bigint as amount from usage_counts
          where metric = 'events' and day >= $1::date group by 1) as came) as events,
       (select count(*)::int from segments where archived_at is null) as segments,
       (select count(*)::int from segment_memberships m join segments s on s.id = m.segment_id
        where m.error is not null and s.archived_at is null) as "segmentsWithError",
       (select count(*)::int from jobs where kind = 'import' and created_at >= $2
          and state in ('queued', 'running')) as "importsUnderWay",
       (select count(*)::int from jobs where kind = 'import' and created_at >= $2
          and state = 'failed') as "failedImports",
       (select count(*)::int from (select from quarantined_events limit $3) as q) as "quarantinedEvents",
       (select count(*)::int from (select from identity_conflicts where dismissed_at is null limit $3) as c)
         as "identityConflicts"`,
    [days[0], failedSince, mostCounted],
  );
  const { made, events, ...counts } = row!;
  const quotas = await listQuotas(tx, `${now.toISOString().slice(0, 7)}-01`);
  return { ...counts, days: fill(days, made ?? [], events ?? []), quotas };
}

function lastDays(now: Date): string[] {
  return Array.from({ length: glanceDays }, (_, index) =>
    new Date(now.getTime() - (glanceDays - 1 - index) * day).toISOString().slice(0, 10),
  );
}

/** A day on which nothing came has no row. */
function fill(
  days: readonly string[],
  made: readonly { day: string; amount: number }[],
  events: readonly { day: string; amount: number }[],
): GlanceDay[] {
  const contactsOf = new Map(made.map(({ day: on, amount }) => [on, amount]));
  const eventsOf = new Map(events.map(({ day: on, amount }) => [on, Number(amount)]));
  return days.map((on) => ({ day: on, contacts: contactsOf.get(on) ?? 0, events: eventsOf.get(on) ?? 0 }));
}
