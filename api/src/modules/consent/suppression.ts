import type { Channel } from '@coterie/rules';

/** What a suppression can name; devices cannot be, they are never contacted. */
export const suppressibleKinds = ['external_id', 'email', 'phone'] as const;
export type SuppressibleKind = (typeof suppressibleKinds)[number];

/** An identity that must not be contacted on a channel, whoever it belongs to. It outlives the contact. */
export interface Suppression {
  channel: Channel;
  kind: SuppressibleKind;
  /** Normalised, as identities are. */
  value: string;
  reason: string;
  createdAt: Date;
}
