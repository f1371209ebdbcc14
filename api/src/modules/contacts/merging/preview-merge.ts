import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Problem } from '../../../platform/errors.js';
import { sameValue, type HeldValues } from '../../attributes/index.js';
import { standing, type HeldConsent } from '../../consent/index.js';
import type { HeldIdentity, Person } from '../person.js';
import { countEvents } from './count-events.repository.js';
import { loadPair, type Pair } from './merge-by-hand.js';
import { membershipNames, type Membership } from './membership.repository.js';

/** Which of two contacts something comes from. */
export type MergeSide = 'winner' | 'loser' | 'both';

/** Why a value stands after a merge. */
export type MergeChoice = 'only_winner' | 'only_loser' | 'same' | 'winner_stays';

/** What a merge by hand would come to; nothing is stored. */
export interface MergePreview {
  winnerOrdinal: number;
  loserOrdinal: number;
  identities: (HeldIdentity & { from: MergeSide })[];
  attributes: {
    /** As the merged contact would hold them. */
    held: HeldValues;
    choices: Map<string, MergeChoice>;
    /** What the loser holds: where the winner's value stays, this one is not shown any more. */
    loser: HeldValues;
  };
  consents: (HeldConsent & { from: MergeSide })[];
  companyId: string | null;
  companyFrom: MergeSide | null;
  events: { winner: number; loser: number };
  memberships: (Membership & { name: string; from: MergeSide })[];
  /** What speaks against it. */
  warnings: Problem[];
}

/**
 * Shows what merging two contacts would come to. To be run in a snapshot. Throws as mergeByHand does.
 */
export async function previewMerge(tx: WorkspaceTransaction, pair: Pair): Promise<MergePreview> {
  const { winner, loser } = await loadPair(tx, pair, { lock: false });
  const ordinals = [winner.ordinal!, loser.ordinal!] as const;
  const events = await countEvents(tx, ordinals);
  return {
    winnerOrdinal: ordinals[0],
    loserOrdinal: ordinals[1],
    identities: identitiesOf(winner, loser),
    attributes: attributesOf(winner, loser),
    consents: consentsOf(winner, loser),
    companyId: winner.companyId ?? loser.companyId,
    companyFrom: sideOf(winner.companyId !== null, loser.companyId !== null && winner.companyId === null),
    events: { winner: events.get(ordinals[0]) ?? 0, loser: events.get(ordinals[1]) ?? 0 },
    memberships: await joinMemberships(tx, winner, loser),
    warnings: warningsOf(winner, loser),
  };
}

function identitiesOf(winner: Person, loser: Person): MergePreview['identities'] {
  return [
    ...winner.identities.map((identity) => ({ ...identity, from: 'winner' as const })),
    ...loser.identities.map((identity) => ({ ...identity, from: 'loser' as const })),
  ];
}

function attributesOf(winner: Person, loser: Person): MergePreview['attributes'] {
  const held = new Map([...loser.held, ...winner.held]);
  const choices = new Map([...held.keys()].sort().map((key) => [key, choiceOf(key, winner, loser)]));
  return { held, choices, loser: loser.held };
}

function choiceOf(key: string, winner: Person, loser: Person): MergeChoice {
  const [own, other] = [winner.held.get(key), loser.held.get(key)];
  if (!own) return 'only_loser';
  if (!other) return 'only_winner';
  return sameValue(own.value, other.value) ? 'same' : 'winner_stays';
}

function consentsOf(winner: Person, loser: Person): MergePreview['consents'] {
  const [own, others] = [winner.consents.held, loser.consents.held];
  return [...new Set([...own.keys(), ...others.keys()])].sort().map((channel) => {
    const [one, other] = [own.get(channel), others.get(channel)];
    const stands = one && other ? standing(one, other) : (one ?? other)!;
    return { ...stands, from: stands === one ? 'winner' : 'loser' };
  });
}

async function joinMemberships(
  tx: WorkspaceTransaction,
  winner: Person,
  loser: Person,
): Promise<MergePreview['memberships']> {
  const joined = new Map([...loser.memberships, ...winner.memberships]);
  const names = await membershipNames(
    tx,
    [...joined.values()].map((membership) => membership.of),
  );
  return [...joined].map(([key, membership]) => ({
    ...membership,
    name: names.get(membership.of) ?? '',
    from: sideOf(winner.memberships.has(key), loser.memberships.has(key))!,
  }));
}

function sideOf(winner: boolean, loser: boolean): MergeSide | null {
  if (winner && loser) return 'both';
  if (winner) return 'winner';
  return loser ? 'loser' : null;
}

/** Two ids in the customer's own systems mostly mean two people; whoever merges by hand may know better. */
function warningsOf(winner: Person, loser: Person): Problem[] {
  if (!winner.has('external_id') || !loser.has('external_id')) return [];
  const message = 'Both contacts have an external id. The merged contact will be known by both.';
  return [{ code: 'IDENTITY_CONFLICT', path: 'loserId', message }];
}
