import type { Things } from './laboratory.js';
import type { Random } from './random.js';

/**
 * Conditions of every kind, on what the writers write, with windows short enough for the clock to cross their edges.
 * Rules are put together from them, so that they share sets.
 */
export function conditionsOf({ list, inner, outer, lookalike }: Things): string[] {
  return [
    'job_title is "Ops Manager"',
    'job_title is not "ops manager"',
    'job_title in ("Ops Manager", "CEO")',
    'job_title contains "o"',
    'job_title not contains "e"',
    'job_title starts with "c"',
    'job_title is "CEO" case sensitive',
    'job_title exists',
    'job_title is "ceo" held for at least 2 hours',
    'score exists held for less than 30 minutes',
    'score > 30',
    'score between 20 and 60',
    'score not exists',
    'trial is true',
    'tags includes any of ("a", "b")',
    'tags includes all of ("a", "b")',
    'renewal within last 3 hours',
    'renewal within next 2 days',
    'renewal within next 1 months',
    'renewal before "2026-03-20"',
    'renewal anniversary within 10 days',
    'company.industry is "Software"',
    'company.industry is not "Software"',
    'company.employee_count >= 100',
    'event "page_viewed" in last 15 minutes',
    'event "page_viewed" on "/pricing" in last 2 hours',
    'event "Page_Viewed" at least 2 times in last 1 days',
    'event "page_viewed" at most 1 times in last 3 hours',
    'event "page_viewed" exactly 1 times',
    'event "purchased" where (amount > 50 and plan is "pro") in last 1 months',
    'event "purchased" with sum of amount >= 100 in last 6 hours',
    'event "purchased" with average of amount < 40',
    'event "page_viewed" in last 1 hours for the first time',
    'event "demo_requested" exactly 0 times',
    'event "demo_requested" since "2026-03-20"',
    'event "purchased" between "2026-03-19" and "2026-03-20T12:00:00Z"',
    'sequence (event "page_viewed", event "demo_requested") within 2 hours',
    'sequence (event "page_viewed" on "/pricing", event "purchased", event "page_viewed") within 2 days',
    'signal "crm software"',
    'signal "crm software" from "bombora" >= 50 in last 5 hours',
    `segment "${inner}"`,
    `segment "${outer}"`,
    `list "${list}"`,
    `lookalike "${lookalike}" top 20%`,
    'consent ads granted',
    'consent email withdrawn',
    'consent email unknown',
    'identified by email',
    'identified by phone',
    'sample 30% salt "x"',
    'any of company people (score > 50)',
    'all of company people (not event "demo_requested")',
    'none of company people (consent ads withdrawn)',
    'all of ()',
  ];
}

/** All conditions as one rule: a preview of it tells how many each of them holds for. */
export function everyCondition(conditions: readonly string[]): string {
  return conditions.map((condition) => `(${condition})`).join(' or ');
}

/** A rule of one to five conditions, nested as rules are. */
export function drawRule(random: Random, conditions: readonly string[], depth = 0): string {
  const kind = depth >= 3 ? 0 : random.below(6);
  if (kind <= 1) return random.pick(conditions);
  if (kind === 2) return `not (${drawRule(random, conditions, depth + 1)})`;
  const parts = Array.from(
    { length: 2 + random.below(2) },
    () => `(${drawRule(random, conditions, depth + 1)})`,
  );
  return parts.join(kind === 3 ? ' or ' : ' and ');
}
