import { createHash } from 'node:crypto';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { isStorable } from '../../platform/storable.js';
import {
  addSuppressions,
  normaliseIdentity,
  recordConsents,
  type ConsentRecord,
  type Identity,
} from '../consent/index.js';
import { lockContactsOf } from '../contacts/index.js';
import { claimUnseen, storeEvents, type EventInput, type PrepareEvents } from '../ingestion/index.js';
import type { UpsertSettings } from '../contacts/index.js';
import { contactsByEmail } from './contacts-by-email.repository.js';
import type { EmailProvider, Engagement, EngagementKind } from './email-provider.js';
import type { EmailSource } from './email-source.js';

/** What an engagement is recorded as. */
export const eventNames: Record<EngagementKind, string> = {
  delivered: 'email_delivered',
  open: 'email_open',
  click: 'email_click',
  bounce: 'email_bounce',
  complaint: 'email_complaint',
  unsubscribe: 'email_unsubscribe',
};

/** Who reports it, and when we hear of it. */
export interface Reporting {
  provider: EmailProvider;
  source: EmailSource;
  now: Date;
}

/** An engagement with a readable address, and the event that it is. */
export interface Reported {
  engagement: Engagement;
  identity: Identity;
  messageId: string;
  event: Awaited<ReturnType<PrepareEvents>>[number];
}

/** What became of what was reported. */
export interface Applied {
  stored: number;
  duplicates: number;
  /** Of addresses that nobody here has, or that cannot be taken. */
  left: number;
}

/** Makes engagements ready to be applied. What has no readable address is left out. */
export async function prepareEngagements(
  prepare: PrepareEvents,
  workspaceId: string,
  engagements: readonly Engagement[],
  { provider, now }: Reporting,
): Promise<Reported[]> {
  const readable = engagements.flatMap((engagement) => {
    const identity = normaliseIdentity('email', addressIn(engagement.email), null);
    return typeof identity === 'string' ? [] : [{ engagement, identity }];
  });
  const inputs = readable.map(({ engagement, identity }) =>
    toEvent(engagement, identity, { provider: provider.id, now }),
  );
  const events = await prepare(workspaceId, inputs, { source: provider.id, now });
  return readable.map((each, index) => ({
    ...each,
    messageId: inputs[index]!.messageId,
    event: events[index]!,
  }));
}

/** `Name <a@b.example>` means the address alone. */
function addressIn(text: string): string {
  return /<([^<>]+)>\s*$/u.exec(text)?.[1] ?? text;
}

const longestCampaign = 500;
const longestUrl = 2000;

/** A text of the sender's as it can be kept; undefined when it cannot. */
function keepable(text: string | undefined, longest: number): string | undefined {
  const kept = text?.trim().slice(0, longest).toWellFormed();
  return kept && isStorable(kept) ? kept : undefined;
}

function toEvent(
  { kind, eventId, occurredAt, campaign, url, isHard, byMachine }: Engagement,
  { raw }: Identity,
  { provider, now }: { provider: string; now: Date },
): EventInput & { messageId: string } {
  const link = keepable(url, longestUrl);
  return {
    email: raw,
    name: eventNames[kind],
    target: keepable(campaign, longestCampaign) ?? null,
    // A hash: ids of senders are of any length, and of any characters.
    messageId: `${provider}:${createHash('sha256').update(`${kind} ${eventId}`).digest('base64url')}`,
    // A clock that is ahead would put it into a future that no window reaches.
    occurredAt: occurredAt && occurredAt < now ? occurredAt : now,
    properties: {
      provider,
      ...(link === undefined ? {} : { url: link }),
      ...(kind === 'bounce' ? { bounce: isHard ? 'hard' : 'soft' } : {}),
      ...(byMachine ? { machine: true } : {}),
    },
  };
}

/**
 * Records what contacts did, withdraws the consent of who opted out or complained, and suppresses addresses that take no
 * mail or complained. An address that no contact has makes no contact; that it opted out, bounced or complained is kept
 * as a suppression of the address, so that it holds when the address comes later. Each report counts once.
 */
export async function applyEngagements(
  tx: WorkspaceTransaction,
  facts: Pick<UpsertSettings, 'timeZone' | 'defaultCountry'>,
  reported: readonly Reported[],
  reporting: Reporting,
): Promise<Applied> {
  const identities = reported.map(({ identity }) => identity);
  // Locked first, so that nobody who is found is deleted before their event is stored.
  await lockContactsOf(tx, identities, 'change');
  const ordinals = await contactsByEmail(
    tx,
    identities.map(({ value }) => value),
  );
  const known = reported.filter(({ identity }) => ordinals.has(identity.value));
  const unknown = reported.filter(({ identity }) => !ordinals.has(identity.value));
  const outcomes = await storeEvents(
    tx,
    { ...facts, now: reporting.now },
    known.map(({ event }) => event),
  );
  const news = known.filter((_, index) => outcomes[index]!.status !== 'duplicate');
  await withdrawConsents(tx, news, ordinals, reporting);
  const stops = unknown.filter(({ engagement }) => stopReason(engagement, false) !== undefined);
  const unseen = await claimUnseen(
    tx,
    stops.map(({ messageId }) => messageId),
    reporting.now,
  );
  await suppress(tx, news, true, reporting);
  await suppress(
    tx,
    stops.filter(({ messageId }) => unseen.has(messageId)),
    false,
    reporting,
  );
  const count = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
  return {
    stored: count('stored'),
    duplicates: count('duplicate'),
    left: unknown.length + count('refused'),
  };
}

async function withdrawConsents(
  tx: WorkspaceTransaction,
  reported: readonly Reported[],
  ordinals: ReadonlyMap<string, number>,
  { provider, source, now }: Reporting,
): Promise<void> {
  const records = reported.flatMap(({ engagement, identity }): ConsentRecord[] => {
    const { kind, occurredAt, campaign } = engagement;
    if (kind !== 'unsubscribe' && kind !== 'complaint') return [];
    const recordedAt = occurredAt && occurredAt < now ? occurredAt : now;
    const about = keepable(campaign, longestCampaign);
    const did = kind === 'unsubscribe' ? 'unsubscribed' : 'complained about spam';
    return [
      {
        ordinal: ordinals.get(identity.value)!,
        channel: 'email',
        state: 'withdrawn',
        source: `email: ${source.name}`,
        proof: `${provider.label} reported that ${identity.value} ${did} at ${recordedAt.toISOString()}${about === undefined ? '' : ` (${about})`}`,
        recordedAt,
        dated: true,
      },
    ];
  });
  await recordConsents(tx, records);
}

/** Why an address must get no mail any more, as its suppression says; undefined when it may. */
function stopReason({ kind, isHard }: Engagement, isContact: boolean): string | undefined {
  if (kind === 'complaint') return 'complained';
  if (kind === 'bounce' && isHard) return 'bounced';
  // Of a contact, its consent says so: it can be given again.
  return kind === 'unsubscribe' && !isContact ? 'unsubscribed' : undefined;
}

/** Values that one call to the consents may name. */
const atATime = 1000;

async function suppress(
  tx: WorkspaceTransaction,
  reported: readonly Reported[],
  isContact: boolean,
  { now }: Reporting,
): Promise<void> {
  const byReason = new Map<string, Set<string>>();
  for (const { engagement, identity } of reported) {
    const reason = stopReason(engagement, isContact);
    if (reason === undefined) continue;
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(identity.value));
  }
  for (const [reason, values] of byReason) {
    const all = [...values];
    for (let first = 0; first < all.length; first += atATime) {
      const change = { channels: ['email'] as const, kind: 'email' as const };
      const some = all.slice(first, first + atATime);
      await addSuppressions(tx, { ...change, values: some, reason }, { defaultCountry: null, now });
    }
  }
}
