import type { ConsentCondition, IdentityKind } from '@coterie/rules';
import { listsWhere } from './lists.js';
import { select, type SetPlan, type SetScope } from './selection.js';

/** Who said so about a channel; `unknown` is everybody of whom nothing is recorded. */
export function consentSet({ channel, state }: ConsentCondition): SetPlan {
  const recorded = ({ parameters, among }: SetScope): string =>
    `select k.ordinal from consents k where ${among('k.ordinal')} and k.channel = ${parameters.add(channel, 'text')}`;
  const facets = [`consent:${channel}`];
  if (state === 'unknown') {
    const fromLists = listsWhere(`consent:${channel}`, false, () => 'a.place = 0');
    return { without: select({ of: ['consent', channel], facets, find: recorded, fromLists }) };
  }
  return select({
    of: ['consent', channel, state],
    facets,
    find: (scope) => `${recorded(scope)} and k.state = ${scope.parameters.add(state, 'text')}`,
    fromLists: listsWhere(
      `consent:${channel}`,
      true,
      ({ parameters }) => `a.folded = ${parameters.add(state, 'text')}`,
    ),
  });
}

/** Who has an identity of this kind. */
export function identifiedSet(kind: IdentityKind): SetPlan {
  return select({
    of: ['identified', kind],
    facets: [`identity:${kind}`],
    find: ({ parameters, among }) =>
      `select i.ordinal from contact_identities i
       where ${among('i.ordinal')} and i.kind = ${parameters.add(kind, 'text')}`,
    fromLists: listsWhere(`identity:${kind}`, false, () => 'a.place = 0'),
  });
}
