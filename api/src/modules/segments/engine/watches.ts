import {
  anniversaryTurns,
  comingMinute,
  COMPANY_PREFIX,
  endBound,
  eventSpan,
  fold,
  kindOf,
  nextMinute,
  startBound,
  thisMinute,
  type Condition,
  type ConditionKind,
  type EventCondition,
  type EventPattern,
  type Kinds,
  type MovingBound,
} from '@coterie/rules';
import { isOfCompany } from './leaves/attribute.sql.js';
import { matchesPattern } from './leaves/event.sql.js';
import { ofContact } from './leaves/leaf.js';
import type { Moment, SetScope } from './sets/selection.js';

/**
 * Instants that are stored about contacts, and when a condition may change because time passes them. What makes it
 * change for certain is left to the truth: no instant at which it does may be missing, and few others be there.
 */
export interface Watch {
  /** Writes the query of the instants: rows `ordinal`, `at`. */
  find: (scope: SetScope) => string;
  /** The minutes up to `until` at which the condition may change because of an instant; some may be past. */
  minutes: (at: Date, until: Date) => Date[];
}

type WatchesOf<K extends ConditionKind> = (body: Kinds[K], moment: Moment) => Watch[];

const none = (): Watch[] => [];

const watchers: { [K in ConditionKind]: WatchesOf<K> } = {
  attribute: watchAttribute,
  event: watchEvents,
  sequence: ({ steps }) =>
    steps.map((step) => ({ find: comingEvents(step), minutes: crossingsOf(comingMinute) })),
  signal: watchSignals,
  segment: none,
  list: none,
  lookalike: none,
  consent: none,
  identified: none,
  sample: none,
};

/** What to watch for a condition to change by the passing of time alone; nothing for one that cannot. */
export function watchesOf(condition: Condition, moment: Moment): Watch[] {
  return watchAs(kindOf(condition) as ConditionKind, condition, moment);
}

function watchAs<K extends ConditionKind>(kind: K, condition: Condition, moment: Moment): Watch[] {
  return watchers[kind]((condition as unknown as Record<K, Kinds[K]>)[kind], moment);
}

function crossingsOf(...bounds: MovingBound[]): Watch['minutes'] {
  return (at) => bounds.flatMap((bound) => bound.crossings(at));
}

function watchAttribute(condition: Kinds['attribute'], { now, timeZone }: Moment): Watch[] {
  const { op, value, heldFor } = condition;
  const duration = String(value);
  const isHeldBy = isOfCompany(condition) ? 'company_id' : 'ordinal';
  const table = isOfCompany(condition) ? 'company_attributes' : 'contact_attributes';
  const key = condition.key.slice(isOfCompany(condition) ? COMPANY_PREFIX.length : 0);
  const find =
    (column: 'instant' | 'since'): Watch['find'] =>
    ({ parameters, among }) =>
      `select c.ordinal, a.${column} from contacts c
       join ${table} a on a.workspace_id = c.workspace_id and a.${isHeldBy} = c.${isHeldBy}
       where ${among('c.ordinal')} and a.key = ${parameters.add(key, 'text')} and a.${column} is not null`;
  const watches: Watch[] = [];
  const watch = (column: 'instant' | 'since', minutes: Watch['minutes']) =>
    watches.push({ find: find(column), minutes });
  if (op === 'within_last') watch('instant', crossingsOf(startBound(duration, timeZone), comingMinute));
  if (op === 'within_next') watch('instant', crossingsOf(thisMinute, endBound(duration, timeZone)));
  if (op === 'anniversary_within') {
    watch('instant', (at, until) => anniversaryTurns(at, duration, timeZone, { from: now, to: until }));
  }
  if (heldFor) {
    const held = startBound('atLeast' in heldFor ? heldFor.atLeast : heldFor.lessThan, timeZone);
    // A value counts as held when the bound reaches its instant, not when it lies after it.
    watch('since', (at) => [...held.crossings(at), ...held.crossings(new Date(at.getTime() - 1))]);
  }
  return watches;
}

function watchEvents(condition: EventCondition, { timeZone }: Moment): Watch[] {
  const { window } = condition;
  if (window && 'between' in window) return [];
  const find = comingEvents(condition);
  if (!window || 'since' in window) return [{ find, minutes: crossingsOf(comingMinute) }];
  const start = startBound(window.last, timeZone);
  const watches: Watch[] = [
    { find, minutes: crossingsOf(comingMinute, start) },
    { find: eventsInWindow(condition), minutes: crossingsOf(start) },
  ];
  if (condition.first) watches.push({ find: firstEvent(condition), minutes: crossingsOf(start) });
  return watches;
}

/** Events whose time is still to come: they will be let in. */
function comingEvents(pattern: EventPattern): Watch['find'] {
  return (scope) => {
    const from = scope.parameters.addInstant(nextMinute(scope.now));
    return `select e.ordinal, e.occurred_at from events e
      where ${scope.among('e.ordinal')} and ${matchesPattern('e', pattern, scope)} and e.occurred_at >= ${from}`;
  };
}

/** Milliseconds that a window which starts months ago can go back to what it has left: months differ by three days. */
const goesBack = 5 * 86_400_000;

/**
 * Events that a window of a length will let go of. Whether there are `n` depends on the n-th latest alone, and on those
 * that are still to come.
 */
function eventsInWindow(condition: EventCondition): Watch['find'] {
  const { count = { atLeast: 1 }, sum, window } = condition;
  const [times] = Object.values(count) as [number];
  return (scope) => {
    const { parameters, now, timeZone } = scope;
    const from = eventSpan(window, now, timeZone).from as Date;
    const latest = sum ? '' : `order by e.occurred_at desc limit ${parameters.add(times + 1, 'bigint')}`;
    return `select c.ordinal, i.occurred_at from contacts c cross join lateral (
        select e.occurred_at from events e
        where ${ofContact('e')} and ${matchesPattern('e', condition, scope)}
          and e.occurred_at >= ${parameters.addInstant(new Date(from.getTime() - goesBack))}
          and e.occurred_at < ${parameters.addInstant(nextMinute(now))}
        ${latest}
      ) i
      where ${scope.among('c.ordinal')}`;
  };
}

/** The one event that others before the window would have to be before. */
function firstEvent(pattern: EventPattern): Watch['find'] {
  return (scope) =>
    `select e.ordinal, min(e.occurred_at) from events e
     where ${scope.among('e.ordinal')} and ${matchesPattern('e', pattern, scope)} group by e.ordinal`;
}

function watchSignals({ name, source, within }: Kinds['signal'], { timeZone }: Moment): Watch[] {
  if (within === undefined) return [];
  const find: Watch['find'] = ({ parameters, among }) => {
    const named = `s.folded_name = ${parameters.add(fold(name), 'text')}`;
    const said =
      source === undefined ? named : `${named} and s.folded_source = ${parameters.add(fold(source), 'text')}`;
    return `select s.ordinal, s.observed_at from contact_signals s where ${among('s.ordinal')} and ${said}
      union all
      select c.ordinal, s.observed_at from company_signals s
      join contacts c on c.workspace_id = s.workspace_id and c.company_id = s.company_id
      where ${among('c.ordinal')} and ${said}`;
  };
  return [{ find, minutes: crossingsOf(startBound(within, timeZone), comingMinute) }];
}
