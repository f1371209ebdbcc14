import type { ExplainMembershipQuery } from '@coterie/client';
import { formatDay, formatMoment, formatQuantity } from '../ui/format.js';
import { nameOfIdentity } from './show-value.js';

type Evidence = ExplainMembershipQuery['explainMembership']['nodes'][number]['evidence'][number];
type Shown = {
  [Kind in Evidence['__typename']]: (evidence: Extract<Evidence, { __typename: Kind }>) => string[];
};

const show: Shown = {
  AttributeEvidence: ({ key, values, since }) => [
    values.length === 0
      ? `${key} is not known`
      : `${key}: ${values.join(', ')}${since ? `, since ${formatDay(since)}` : ''}`,
  ],
  ConsentEvidence: ({ channel, state, recordedAt, consentSource }) => [
    recordedAt
      ? `${channel}: ${state} on ${formatDay(recordedAt)}${consentSource ? `, ${consentSource}` : ''}`
      : `${channel}: never asked`,
  ],
  EventEvidence: ({ total, latest }) => [
    total === 0
      ? 'No such event'
      : `${formatQuantity(total, 'event')}${total > latest.length ? ', the latest:' : ':'}`,
    ...latest.map(
      ({ name, target, occurredAt }) =>
        `${name}${target ? ` on ${target}` : ''}, ${formatMoment(occurredAt)}`,
    ),
  ],
  IdentityEvidence: ({ identityKind, identityValues }) => [
    identityValues.length === 0
      ? `${nameOfIdentity(identityKind)}: none`
      : `${nameOfIdentity(identityKind)}: ${identityValues.join(', ')}`,
  ],
  ListEvidence: ({ addedAt }) => [addedAt ? `On the list since ${formatDay(addedAt)}` : 'Not on the list'],
  LookalikeEvidence: ({ rank, ranked }) => [
    rank ? `Number ${rank} of ${ranked}` : `Not among the ${ranked} ranked`,
  ],
  SignalEvidence: ({ signals }) =>
    signals.length === 0
      ? ['Nobody says so']
      : signals.map(
          ({ ofCompany, source, value, observedAt }) =>
            `${source}${ofCompany ? ' (of the company)' : ''}${value === null || value === undefined ? '' : `: ${value}`}, ${formatDay(observedAt)}`,
        ),
  PeopleEvidence: ({ matching, people }) => [
    people === 0
      ? 'Belongs to no company'
      : `It holds for ${matching} of the ${formatQuantity(people, 'contact')} at the company`,
  ],
};

/** What a condition goes by, in lines for people. */
export function showEvidence(evidence: Evidence): string[] {
  return (show[evidence.__typename] as (evidence: Evidence) => string[])(evidence);
}
