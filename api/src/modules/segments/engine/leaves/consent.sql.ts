import type { ConsentCondition, IdentityKind } from '@coterie/rules';
import { ofContact, type LeafScope } from './leaf.js';

/** What a contact said about a channel; `unknown` is a contact of whom nothing is recorded. */
export function consentLeaf({ channel, state }: ConsentCondition, { parameters }: LeafScope): string {
  const recorded = `select 1 from consents k where ${ofContact('k')} and k.channel = ${parameters.add(channel, 'text')}`;
  if (state === 'unknown') return `not exists (${recorded})`;
  return `exists (${recorded} and k.state = ${parameters.add(state, 'text')})`;
}

/** Contacts with an identity of this kind. */
export function identifiedLeaf(kind: IdentityKind, { parameters }: LeafScope): string {
  return `exists (
    select 1 from contact_identities i where ${ofContact('i')} and i.kind = ${parameters.add(kind, 'text')}
  )`;
}
