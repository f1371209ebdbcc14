import type { Channel } from '@coterie/rules';

/** One field of a form: how it is called there, and what it says of the contact. */
export interface FormField {
  name: string;
  /** The key of an attribute of contacts; `email` and `phone` are identities. */
  attribute: string;
  required: boolean;
}

/** A consent that the form asks for. */
export interface FormConsent {
  channel: Channel;
  /** What the visitor agrees to, word for word: it is kept as the proof. */
  text: string;
  /** The box that must be ticked; null where sending the form is the consent. */
  field: string | null;
}

/** The mail that asks whether it was really them. */
export interface DoubleOptIn {
  subject: string;
  /** Holds `{link}` once. */
  text: string;
  /** How long the link works. */
  validHours: number;
}

/** What somebody decides about a form. */
export interface FormDefinition {
  name: string;
  fields: readonly FormField[];
  consents: readonly FormConsent[];
  doubleOptIn: DoubleOptIn | null;
  /** A field that people do not see and robots fill in; null for none. */
  honeypot: string | null;
  /** Nobody fills the form in faster; 0 where it is not measured. */
  minimumSeconds: number;
  /** Where a browser goes that has sent the form without a script; null for a page of ours. */
  redirectUrl: string | null;
}

/** A form of a workspace. */
export interface Form extends FormDefinition {
  id: string;
  /** Signs the tokens and links of this form, and of no other. */
  secret: Buffer;
  /** `user:<id>` or `key:<id>`. */
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}

/** What is wrong with the name of a field; undefined if nothing is. */
export const fieldPattern = /^[\p{L}\p{N}][\p{L}\p{N} _.:[\]-]{0,99}$/u;

/** Fields with a meaning of their own; those of a form never begin with an underscore. */
export const reservedFields = { token: '_token', page: '_page', anonymousId: '_anonymous_id' } as const;
