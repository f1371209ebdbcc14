import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import { newId } from '../../../platform/ids.js';
import type { Services } from '../../../platform/module.js';
import type { Destination } from '../destination.js';
import { requireDestination } from '../destination.repository.js';
import { testEventType } from '../webhook/index.js';
import { webhookSettings } from '../webhook/settings.js';
import { deliverTask } from './delivery.js';
import { insertDeliveries } from './delivery.repository.js';

/** Something that a webhook is to be told. */
export interface DeliveryWanted {
  /** Of who tells: what has been told under this key is not told again. At most 200 characters. */
  key: string;
  /** Such as `contact.entered`: what the webhook can choose by. */
  type: string;
  data: object;
  /** Whom it is about, if anybody: an erasure of theirs deletes it. */
  contactId?: string | null;
  /** When it happened; now unless given. */
  occurredAt?: Date;
}

/** What became of what was to be told. */
export interface Enqueued {
  key: string;
  /** Of the delivery, and the `webhook-id`; null when the webhook does not want to be told of this type. */
  id: string | null;
  /** Whether it was not known before. */
  isNew: boolean;
}

/** Bytes of a message at most, and messages in one call. */
const longestData = 256 * 1024;
export const mostDeliveries = 1000;

type Needs = Pick<Services, 'enqueue' | 'clock'>;

/**
 * Tells a webhook something, in the transaction of who has something to tell: when that commits, nothing is lost any more,
 * however often processes die. Of a webhook that is out of use it becomes a dead letter at once, to be replayed. Order is
 * not promised. Throws NOT_FOUND, INVALID_INPUT for a destination that is no webhook, TOO_LARGE.
 * @returns what became of each, in the given order.
 */
export async function enqueueDeliveries(
  tx: WorkspaceTransaction,
  { enqueue, clock }: Needs,
  destinationId: string,
  wanted: readonly DeliveryWanted[],
): Promise<Enqueued[]> {
  if (wanted.length > mostDeliveries)
    throw new Failure('TOO_LARGE', `At most ${mostDeliveries} deliveries can be made at once.`);
  const destination = await requireDestination(tx, destinationId, 'destinationId', 'for key share');
  const wants = filterOf(destination);
  const now = clock.now();
  const told = wanted.filter(({ type }) => wants(type)).map((one) => prepared(one, now));
  const trouble = destination.disabledAt ? (destination.disabledBecause ?? 'It is out of use.') : null;
  const made =
    told.length > 0
      ? await insertDeliveries(tx, destinationId, told, { trouble, now })
      : new Map<string, never>();
  const results = wanted.map(({ key }) => {
    const known = made.get(key);
    return { key, id: known?.id ?? null, isNew: known?.isNew ?? false };
  });
  if (!trouble && results.some(({ isNew }) => isNew)) await wakeDeliveries(tx, { enqueue }, destinationId);
  return results;
}

/** The same for one. */
export async function enqueueDelivery(
  tx: WorkspaceTransaction,
  services: Needs,
  { destinationId, ...wanted }: DeliveryWanted & { destinationId: string },
): Promise<Enqueued> {
  const [result] = await enqueueDeliveries(tx, services, destinationId, [wanted]);
  return result!;
}

function filterOf({ name, kind, settings }: Destination): (type: string) => boolean {
  if (kind !== 'webhook')
    throw new Failure('INVALID_INPUT', `${name} is no webhook.`, { path: 'destinationId' });
  const { eventTypes } = webhookSettings.parse(settings);
  return (type) => eventTypes.length === 0 || type === testEventType || eventTypes.includes(type);
}

function prepared({ key, type, data, contactId = null, occurredAt }: DeliveryWanted, now: Date) {
  if (Buffer.byteLength(JSON.stringify(data)) > longestData)
    throw new Failure('TOO_LARGE', `A webhook can be told at most ${longestData / 1024} KB at once.`);
  if (key.length === 0 || key.length > 200) throw new Error('A key of a delivery has 1 to 200 characters.');
  return { id: newId(), key, type, data, contactId, occurredAt: occurredAt ?? now };
}

/** One job at a time for each webhook: others go on while one is slow. */
const queueOf = (destinationId: string): string => `webhook:${destinationId}`;

/** Sees to it that what is due of a webhook is sent now. */
export async function wakeDeliveries(
  tx: WorkspaceTransaction,
  { enqueue }: Pick<Services, 'enqueue'>,
  destinationId: string,
): Promise<void> {
  const payload = { workspaceId: tx.workspaceId, destinationId };
  await enqueue(tx.manager, deliverTask, payload, {
    key: `webhook-now:${destinationId}`,
    queue: queueOf(destinationId),
  });
}

/** The same for later. It has a key of its own: it must never put off what somebody wants now. */
export async function wakeDeliveriesAt(
  tx: WorkspaceTransaction,
  { enqueue }: Pick<Services, 'enqueue'>,
  destinationId: string,
  runAt: Date,
): Promise<void> {
  const payload = { workspaceId: tx.workspaceId, destinationId };
  await enqueue(tx.manager, deliverTask, payload, {
    key: `webhook-later:${destinationId}`,
    queue: queueOf(destinationId),
    runAt,
  });
}
