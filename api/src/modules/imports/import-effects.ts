import type { AttributeValue } from '../attributes/index.js';
import type { HeldConsent } from '../consent/index.js';

/** What there was in a place before an import wrote there, and what it wrote; each kind has its own shape. */
interface Written<Kind extends string, State, Stamp = State> {
  ordinal: number;
  kind: Kind;
  /** Of the attribute; kind and value of the identity; the channel; empty otherwise. */
  key: string;
  before: State | null;
  written: Stamp;
}

/** A value and since when it holds. */
export interface ValueState {
  value: AttributeValue | null;
  since: string;
  mergedFrom: number | null;
}

export type ConsentState = Pick<HeldConsent, 'state' | 'source' | 'proof' | 'mergedFrom'> & {
  recordedAt: string;
  outweighs: string | null;
};

/** One thing that an import did to a contact. */
export type ImportEffect =
  /** It made the contact; `updatedAt` is when it last changed it. */
  | Written<'created', never, { updatedAt: string }>
  | Written<'attribute', ValueState>
  | Written<'identity', never, object>
  | Written<'company', { id: string | null }>
  | Written<'consent', ConsentState>;

/** For so many days an import can be undone. */
export const undoDays = 30;

/** How far undoing an import has come. */
export interface UndoProgress {
  /** Contacts that it made, and that are gone again. */
  contactsDeleted: number;
  /** Contacts that it made, and that are more than that by now. */
  contactsKept: number;
  /** Values, identities, companies and consents of other contacts that are as they were. */
  changesUndone: number;
  /** Those that have changed since, and stay. */
  changesKept: number;
}

/** Nothing is undone yet. */
export const nothingUndone: UndoProgress = {
  contactsDeleted: 0,
  contactsKept: 0,
  changesUndone: 0,
  changesKept: 0,
};
