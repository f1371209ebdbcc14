/** Where a delivery is: on its way, taken, or given up. */
export const deliveryStatuses = ['pending', 'delivered', 'dead'] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** Something that a webhook is told. */
export interface Delivery {
  /** Also the `webhook-id`, each time that it is sent. */
  id: string;
  destinationId: string;
  type: string;
  data: object;
  occurredAt: Date;
  status: DeliveryStatus;
  /** How often it was sent, since it was made or last replayed. */
  attempts: number;
  /** When it is sent next; null unless it is pending. */
  nextAttemptAt: Date | null;
  /** What the last attempt came to: HTTP's status, what went wrong in words, and a short piece of the answer. */
  lastStatus: number | null;
  lastTrouble: string | null;
  lastAnswer: string | null;
  createdAt: Date;
  /** Since when it is delivered or given up. */
  settledAt: Date | null;
}

/** The job that sends what is due of one destination. */
export const deliverTask = 'deliver-webhooks';

const [second, minute] = [1000, 60_000];
const hour = 60 * minute;

/** How long after each failed attempt the next one follows, as Standard Webhooks recommends: over three days in all. */
export const retryDelays = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const;

/** The longest that a webhook may ask to be left alone. */
const longestWait = 24 * hour;

/**
 * When a delivery is sent again after so many attempts; undefined when it is given up. A little later than the plan says,
 * differently each time: what has failed together does not come back together.
 */
export function nextAttempt(attempts: number, now: Date, retryAfter = 0): Date | undefined {
  const delay = retryDelays[attempts - 1];
  if (delay === undefined) return undefined;
  const planned = delay * (1 + Math.random() / 10);
  return new Date(now.getTime() + Math.max(planned, Math.min(retryAfter, longestWait)));
}

/** Nothing but failures for so long, and the webhook is taken out of use. */
export const hopelessAfter = 5 * 24 * hour;
