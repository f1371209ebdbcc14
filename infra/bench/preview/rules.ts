import { dateSpan, eventSpan, parse, type Rule, type Span, type Window } from '@coterie/rules';
import { ids } from './made-up.js';

/** A rule in both languages: what people would ask, and the best that we know to write for DuckDB. */
export interface BenchRule {
  name: string;
  rule: Rule;
  /** A statement over the tables that `duckdb.ts` loads, with one row of the count. @param now to the minute. */
  duckdb(now: Date): string;
}

/** When events occurred, as a condition on `occurred_at`; ever until now without a window. */
function within(now: Date, window?: Window): string {
  return inSpan('occurred_at', eventSpan(window, now, 'UTC'));
}

function inSpan(column: string, { from, to }: Span): string {
  const bounds = [from && `${column} >= ${instant(from)}`, to && `${column} < ${instant(to)}`];
  return bounds.filter(Boolean).join(' and ');
}

/** A day of 24 hours before now, to the minute. */
function daysAgo(now: Date, days: number): string {
  return instant(eventSpan({ last: `${days}d` }, now, 'UTC').from as Date);
}

function instant(at: Date): string {
  return `timestamp '${at.toISOString().replace('T', ' ').replace('Z', '')}'`;
}

/** The ordinals of those who did something, once for each time. */
function who(now: Date, condition: string, window?: Window): string {
  return `select ordinal from events where ${condition} and ${within(now, window)}`;
}

function rule(name: string, text: string, duckdb: (now: Date) => string): BenchRule {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problems[0]?.message}`);
  return { name, rule: parsed.rule, duckdb };
}

/** A rule of every kind, nested as those are that people make. */
export const rules: readonly BenchRule[] = [
  rule(
    'interested, no demo yet',
    `event "page_viewed" on "/pricing" in last 30 days
     and not event "demo_requested"
     and lifecycle_stage in ("lead", "opportunity")
     and consent ads granted`,
    (now) => `
      select count(*) from contacts
      semi join (${who(now, `name = 'page_viewed' and target = '/pricing'`, { last: '30d' })}) using (ordinal)
      anti join (${who(now, `name = 'demo_requested'`)}) using (ordinal)
      where lifecycle_stage in ('lead', 'opportunity') and ads = 'granted'`,
  ),
  rule(
    'attributes',
    `job_title contains "operations"
     and (country in ("DE", "AT", "CH") or lead_score between 70 and 90)
     and total_spent exists
     and not (plan is "free" or newsletter is true)`,
    () => `
      select count(*) from contacts
      where contains(job_title, 'operations') and (country in ('de', 'at', 'ch') or lead_score between 70 and 90)
        and total_spent is not null and plan is distinct from 'free' and newsletter is distinct from true`,
  ),
  rule(
    'company and identities',
    `company.industry in ("Software", "Banking")
     and company.employee_count >= 1000
     and (consent email granted or consent ads granted)
     and identified by email`,
    () => `
      select count(*) from contacts
      semi join (
        select company from companies where industry in ('software', 'banking') and employee_count >= 1000
      ) using (company)
      where (email = 'granted' or ads = 'granted') and has_email`,
  ),
  rule(
    'list, lookalike and sample',
    `(list "${ids.list}" or lookalike "${ids.lookalike}" top 10%)
     and not sample 10% salt "hold-out"
     and identified by phone`,
    () => `
      select count(*) from contacts
      where has_phone
        and (ordinal in (select ordinal from listed)
          or ordinal in (select ordinal from ranked where rank <= (select ceil(count(*) * 10 / 100) from ranked)))
        and ('0x' || left(md5('hold-out:' || id), 8))::uinteger::double / 4294967296 * 100 >= 10`,
  ),
  rule(
    'signal',
    `signal "crm software" from "bombora" >= 60 in last 60 days
     and not lifecycle_stage is "customer"
     and not tags includes any of ("press", "student")`,
    (now) => `
      with signal as (
        select ordinal, company from signals
        where name = 'crm software' and source = 'bombora' and number >= 60 and ${within(now, { last: '60d' })}
      )
      select count(*) from contacts
      anti join (select ordinal from tags where tag in ('press', 'student')) using (ordinal)
      where (ordinal in (select ordinal from signal where ordinal is not null)
          or coalesce(company in (select company from signal where company is not null), false))
        and lifecycle_stage is distinct from 'customer'`,
  ),
  rule(
    'segment in a segment',
    `segment "${ids.segment}" and not event "support_requested" in last 14 days`,
    (now) => `
      select count(*) from contacts
      semi join (
        select ordinal from (${who(now, `name = 'page_viewed'`, { last: '90d' })}) group by ordinal having count(*) >= 3
      ) using (ordinal)
      anti join (${who(now, `name = 'support_requested'`, { last: '14d' })}) using (ordinal)
      where lifecycle_stage in ('lead', 'opportunity') and lead_score >= 50`,
  ),
  rule(
    'how often',
    `event "page_viewed" at least 3 times in last 30 days
     and event "email_clicked" at most 1 times in last 90 days`,
    (now) => `
      select count(*) from (
        ${who(now, `name = 'page_viewed'`, { last: '30d' })} group by ordinal having count(*) >= 3
      ) anti join (
        ${who(now, `name = 'email_clicked'`, { last: '90d' })} group by ordinal having count(*) > 1
      ) using (ordinal)`,
  ),
  rule(
    'properties',
    `event "added_to_cart" where (plan is "pro" and amount > 250) in last 60 days
     and not event "purchased" in last 60 days`,
    (now) => `
      select count(distinct ordinal)
      from (${who(now, `name = 'added_to_cart' and plan = 'pro' and amount > 250`, { last: '60d' })})
      anti join (${who(now, `name = 'purchased'`, { last: '60d' })}) using (ordinal)`,
  ),
  rule(
    'sum',
    `event "purchased" with sum of amount >= 500 in last 90 days
     or (total_spent >= 20000 and last_seen_at within last 7 days)`,
    (now) => `
      select count(*) from contacts
      where ordinal in (
          ${who(now, `name = 'purchased'`, { last: '90d' })} group by ordinal having sum(amount) >= 500
        )
        or (total_spent >= 20000 and ${inSpan('last_seen_at', dateSpan('within_last', '7d', now, 'UTC'))})`,
  ),
  rule(
    'first time',
    `(event "webinar_attended" in last 30 days for the first time
       or event "trial_started" in last 30 days for the first time)
     and not plan is "enterprise"`,
    (now) => `
      select count(*) from contacts
      semi join (
        select ordinal from events where name in ('webinar_attended', 'trial_started') and ${within(now)}
        group by ordinal, name having min(occurred_at) >= ${daysAgo(now, 30)}
      ) using (ordinal)
      where plan is distinct from 'enterprise'`,
  ),
  rule(
    'sequence',
    `sequence (event "email_clicked", event "page_viewed" on "/pricing") within 7 days
     and not all of (lifecycle_stage is "customer", plan is "enterprise")`,
    (now) => `
      select count(*) from contacts
      semi join (
        select a.ordinal from (select ordinal, occurred_at from events where name = 'email_clicked' and ${within(now)}) a
        join (
          select ordinal, occurred_at from events where name = 'page_viewed' and target = '/pricing' and ${within(now)}
        ) b on a.ordinal = b.ordinal and b.occurred_at > a.occurred_at
          and b.occurred_at <= a.occurred_at + interval 7 days
      ) using (ordinal)
      where (lifecycle_stage = 'customer' and plan = 'enterprise') is not true`,
  ),
  rule(
    'colleagues',
    `any of company people (event "demo_requested" in last 90 days)
     and not any of company people (lifecycle_stage is "customer")
     and consent email granted`,
    (now) => `
      select count(*) from contacts
      semi join (
        select company from contacts
        semi join (${who(now, `name = 'demo_requested'`, { last: '90d' })}) using (ordinal)
        where company is not null
      ) using (company)
      anti join (
        select company from contacts where lifecycle_stage = 'customer' and company is not null
      ) using (company)
      where email = 'granted'`,
  ),
];
