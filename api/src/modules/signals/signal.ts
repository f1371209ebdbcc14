import { day } from '../../platform/clock.js';

/** What a third party says of a contact or of a company, as it is handed in. */
export interface SignalInput {
  /** Whom it is about: a contact by one of its identities, or a company. Made when unknown. */
  contact?: { externalId?: string | null; email?: string | null; phone?: string | null } | null;
  company?: { externalId?: string | null; domain?: string | null; name?: string | null } | null;
  /** A topic, such as `crm software`, or a field, such as `industry`: 1 to 200 characters. */
  name: string;
  /** Who says it, such as `bombora`: 1 to 200 characters. */
  source: string;
  /** A score, or a text of at most 500 characters; null where there is no more to say than the name. */
  value?: unknown;
  /** When it was so; now unless given. */
  observedAt?: Date | null;
}

/** A signal that can be stored. */
export interface PreparedSignal {
  name: string;
  foldedName: string;
  source: string;
  foldedSource: string;
  text: string | null;
  folded: string | null;
  number: number | null;
  observedAt: Date;
}

/** A signal as it is stored. */
export interface Signal {
  id: string;
  name: string;
  source: string;
  value: string | number | null;
  observedAt: Date;
  receivedAt: Date;
}

/** Limits of a signal. */
export const signalLimits = {
  name: 200,
  source: 200,
  text: 500,
  /** In one call. */
  signals: 1000,
  /** Older than this is a broken clock. */
  earliest: new Date('2000-01-01T00:00:00Z'),
  /** Clocks run ahead a little; further than this is an error, in milliseconds. */
  ahead: day,
} as const;
