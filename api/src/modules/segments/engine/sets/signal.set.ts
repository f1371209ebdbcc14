import { eventSpan, fold, type SignalCondition } from '@coterie/rules';
import { matchesSignal } from '../leaves/signal.sql.js';
import { withinSpan } from '../leaves/comparison.sql.js';
import { select, type Edge, type Moment, type SetPlan, type SetScope } from './selection.js';

/** Those of whom, or of whose company, a third party says so. */
export function signalSet(condition: SignalCondition, { timeZone }: Moment): SetPlan {
  return select({
    of: ['signal', condition, timeZone],
    facets: [`signal:${fold(condition.name)}`],
    edges: edgesOf(condition),
    find: (scope) => ofContactsAndCompanies(matchesSignal(condition, scope), scope),
  });
}

function ofContactsAndCompanies(matching: string, { among }: SetScope): string {
  return `select s.ordinal from contact_signals s where ${among('s.ordinal')} and ${matching}
    union all
    select c.ordinal from company_signals s
    join contacts c on c.workspace_id = s.workspace_id and c.company_id = s.company_id
    where ${among('c.ordinal')} and ${matching}`;
}

function edgesOf({ name, within }: SignalCondition): Edge[] {
  if (within === undefined) return [];
  const crossed: Edge['crossed'] = (span, scope) => {
    const named = `s.folded_name = ${scope.parameters.add(fold(name), 'text')}`;
    return ofContactsAndCompanies(`${named} and ${withinSpan('s.observed_at', span, scope)}`, scope);
  };
  return (['from', 'to'] as const).map((end) => ({
    at: ({ now, timeZone }) => eventSpan({ last: within }, now, timeZone)[end] as Date,
    crossed,
  }));
}
