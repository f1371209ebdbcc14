import { eventSpan, fold, type SignalCondition } from '@coterie/rules';
import { withinSpan, writeComparison, type Operand } from './comparison.sql.js';
import { ofContact, type LeafScope } from './leaf.js';

const said: Operand = {
  text: 's.text',
  folded: 's.folded',
  number: 's.number',
  flag: 'null::boolean',
  instant: 'null::timestamptz',
  present: 'true',
};

/** What a third party says: one signal of the contact, or of its company, that is all of what is asked for. */
export function signalLeaf(condition: SignalCondition, scope: LeafScope): string {
  const matching = matchesSignal(condition, scope);
  return `(
    exists (select 1 from contact_signals s where ${ofContact('s')} and ${matching})
    or exists (
      select 1 from company_signals s
      where s.workspace_id = c.workspace_id and s.company_id = c.company_id and ${matching}
    )
  )`;
}

/** Whether the signal `s` is one that is asked for. */
export function matchesSignal(condition: SignalCondition, scope: LeafScope): string {
  const { name, source, op, within } = condition;
  const { parameters, now, timeZone } = scope;
  const conditions = [`s.folded_name = ${parameters.add(fold(name), 'text')}`];
  if (source !== undefined) conditions.push(`s.folded_source = ${parameters.add(fold(source), 'text')}`);
  if (op !== undefined) conditions.push(writeComparison({ ...condition, op }, said, scope));
  if (within !== undefined) {
    conditions.push(withinSpan('s.observed_at', eventSpan({ last: within }, now, timeZone), scope));
  }
  return conditions.join(' and ');
}
