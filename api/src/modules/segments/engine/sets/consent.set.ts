import type { ConsentCondition, IdentityKind } from '@coterie/rules';
import { select, type Moment, type SetPlan } from './set-plan.js';

/** Who said so about a channel; `unknown` is everybody of whom nothing is recorded. */
export function consentSet({ channel, state }: ConsentCondition, moment: Moment): SetPlan {
  if (state === 'unknown') {
    return {
      without: select(
        moment,
        ({ parameters }) =>
          `select k.ordinal from consents k where k.channel = ${parameters.add(channel, 'text')}`,
      ),
    };
  }
  return select(
    moment,
    ({ parameters }) =>
      `select k.ordinal from consents k
       where k.channel = ${parameters.add(channel, 'text')} and k.state = ${parameters.add(state, 'text')}`,
  );
}

/** Who has an identity of this kind. */
export function identifiedSet(kind: IdentityKind, moment: Moment): SetPlan {
  return select(
    moment,
    ({ parameters }) =>
      `select i.ordinal from contact_identities i where i.kind = ${parameters.add(kind, 'text')}`,
  );
}
