import { leastSeed } from '@coterie/lookalike';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

/** What is known of a seed before anything is grown from it. */
export interface SeedQuality {
  members: number;
  /** Those with an e-mail address or a telephone number. */
  identified: number;
  /** Those who agreed to ads. */
  consentedToAds: number;
  /** Those who did something in the last 30 and 90 days. */
  activeIn30Days: number;
  activeIn90Days: number;
  /** Those of whom no attribute is known. */
  withoutAttributes: number;
  /** Those who have a value. */
  withValue: number;
}

/** Meta takes a seed of so many that it can match, and recommends so many. */
const metaLeast = 100;
const metaRecommended = 1_000;

/** Looks at seed lists, by their ids. */
export async function qualitiesOf(
  tx: WorkspaceTransaction,
  ids: readonly string[],
  now: Date,
): Promise<Map<string, SeedQuality>> {
  const rows = await tx.query<SeedQuality & { id: string }>(
    `select m.seed_list_id as id, count(*)::int as members, count(m.value)::int as "withValue",
       count(*) filter (where exists (select from contact_identities i
         where i.ordinal = m.ordinal and i.kind in ('email', 'phone')))::int as identified,
       count(*) filter (where exists (select from consents c
         where c.ordinal = m.ordinal and c.channel = 'ads' and c.state = 'granted'))::int as "consentedToAds",
       count(*) filter (where exists (select from events e where e.ordinal = m.ordinal
         and e.occurred_at between $2::timestamptz - interval '30 days' and $2))::int as "activeIn30Days",
       count(*) filter (where exists (select from events e where e.ordinal = m.ordinal
         and e.occurred_at between $2::timestamptz - interval '90 days' and $2))::int as "activeIn90Days",
       count(*) filter (where not exists (select from contact_attributes a
         where a.ordinal = m.ordinal))::int as "withoutAttributes"
     from seed_list_members m where m.seed_list_id = any($1::uuid[]) group by m.seed_list_id`,
    [ids, now.toISOString()],
  );
  return new Map(rows.map(({ id, ...quality }) => [id, quality]));
}

/** A list that nobody is on. */
export const noQuality: SeedQuality = {
  members: 0,
  identified: 0,
  consentedToAds: 0,
  activeIn30Days: 0,
  activeIn90Days: 0,
  withoutAttributes: 0,
  withValue: 0,
};

/** What to mind about a seed, in words; nothing where it is good. */
export function remarksOn(quality: SeedQuality): string[] {
  const { members, identified, consentedToAds, activeIn90Days, withoutAttributes } = quality;
  const remarks: string[] = [];
  if (members < leastSeed)
    remarks.push(
      `It has ${members} contacts: a lookalike needs at least ${leastSeed}, better some hundreds.`,
    );
  if (members === 0) return remarks;
  const matched = Math.min(identified, consentedToAds);
  if (matched < metaLeast)
    remarks.push(
      `At most ${matched} can be handed to Meta, which asks for ${metaLeast} and recommends ${metaRecommended}.`,
    );
  if (activeIn90Days < members / 2)
    remarks.push(
      `Only ${activeIn90Days} of ${members} did anything in the last 90 days: they may not be what you want more of now.`,
    );
  if (withoutAttributes > members / 2)
    remarks.push(
      `Of ${withoutAttributes} of ${members} no attribute is known: there is little to compare others with.`,
    );
  return remarks;
}
