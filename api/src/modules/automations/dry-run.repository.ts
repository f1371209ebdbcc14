import type { Channel } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { consentingContacts, suppressedContacts } from '../consent/index.js';
import type { Automation } from './automation.js';

/** The contacts that would have set an automation off since then and still are there, each once. */
export async function setOffSince(
  tx: WorkspaceTransaction,
  { segmentId, trigger, guards }: Automation,
  since: Date,
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select distinct c.id from segment_transitions as t
     join contacts as c on c.ordinal = coalesce(
       (select m.holder from contact_merges as m where m.loser_ordinal = t.ordinal and m.undone_at is null limit 1), t.ordinal)
     where t.segment_id = $1 and t.entered = $2 and t.at >= $3 and ($4 or not t.by_definition)`,
    [segmentId, trigger === 'enter', since, guards.byDefinition],
  );
  return rows.map(({ id }) => id);
}

/** How many of these contacts can be reached on all of the channels, and what keeps the others. */
export async function standingsOf(
  tx: WorkspaceTransaction,
  contactIds: readonly string[],
  channels: readonly Channel[],
  needsAddress: boolean,
): Promise<{ withoutConsent: number; suppressed: number; withoutAddress: number; reached: number }> {
  const every = (conditions: string[]): string => (conditions.length > 0 ? conditions.join(' and ') : 'true');
  const consents = every(channels.map((channel) => `ordinal in (${consentingContacts(channel)})`));
  const free = every(channels.map((channel) => `ordinal not in (${suppressedContacts(channel)})`));
  const [row] = await tx.query<{ standing: Record<string, number> | null }>(
    `select jsonb_object_agg(standing, count) as standing from (
       select case when not (${consents}) then 'withoutConsent' when not (${free}) then 'suppressed'
         when $2 and not exists (select from contact_identities as i where i.ordinal = c.ordinal and i.kind = 'email')
           then 'withoutAddress' else 'reached' end as standing, count(*)::int as count
       from contacts as c where c.id = any($1::uuid[]) group by 1) as counts`,
    [contactIds, needsAddress],
  );
  const of = (name: string): number => row?.standing?.[name] ?? 0;
  return {
    withoutConsent: of('withoutConsent'),
    suppressed: of('suppressed'),
    withoutAddress: of('withoutAddress'),
    reached: of('reached'),
  };
}
