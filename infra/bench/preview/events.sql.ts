import { eventsPerContact, ids, oneOf, pick, uuidOf, type Extent } from './made-up.js';

/** How long the past is that events lie in. */
const days = 180;

/** Of 200 events, how many have each name. */
const names = [
  ['page_viewed', 100],
  ['email_opened', 24],
  ['logged_in', 20],
  ['email_clicked', 12],
  ['form_submitted', 8],
  ['purchased', 8],
  ['added_to_cart', 8],
  ['document_downloaded', 6],
  ['webinar_attended', 5],
  ['support_requested', 4],
  ['demo_requested', 3],
  ['trial_started', 2],
] as const;

/** Of 200 page views, how many are of each page; the rest are spread over 45 articles. */
const pages = [
  ['/', 50],
  ['/features', 20],
  ['/pricing', 10],
  ['/login', 20],
  ['/docs', 10],
] as const;

/**
 * Writes the events in the order in which they happened, as they would have come in: an index that begins with the time
 * grows at its end then.
 */
export function eventStatements({ contacts, now }: Extent): string[] {
  const count = contacts * eventsPerContact;
  const start = `timestamptz '${now}' - interval '${days} days'`;
  const article = `'/blog/article-' || ${pick('i', 3, 45)}`;
  return [
    `select ensure_event_partition(${start} + month * interval '1 month') from generate_series(0, ${Math.ceil(days / 30)}) month`,
    `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, target, folded_target, properties, source, message_id, received_at)
     select '${ids.workspace}', at, ${uuidOf('event', 'i')}, ${pick('i', 1, contacts)}, name, name, target, target,
       case when name in ('purchased', 'added_to_cart')
         then jsonb_build_object('plan', plan, 'amount', ${pick('i', 5, 50_000)} / 100.0)
         else jsonb_build_object('plan', plan) end,
       'api', 'made-up-' || i, at
     from generate_series(0, ${count - 1}::bigint) i,
       lateral (select ${oneOf('i', 2, names)} as name, ${start} + i * (interval '${days} days' / ${count}::float8) as at,
         ${oneOf('i', 6, [
           ['free', 120],
           ['pro', 60],
           ['enterprise', 20],
         ])} as plan) as e,
       lateral (select case when name = 'page_viewed' then coalesce(${oneOf('i', 4, pages)}, ${article}) end as target) as t`,
  ];
}
