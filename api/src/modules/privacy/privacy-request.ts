import type { Identity } from '../consent/index.js';

/** What people can ask of the data about them. */
export const requestKinds = ['access', 'erasure'] as const;
export type RequestKind = (typeof requestKinds)[number];

/** Where a request stands. */
export const requestStates = ['pending', 'running', 'done', 'failed'] as const;
export type RequestState = (typeof requestStates)[number];

/** Days within which a request has to be answered: a month by Art. 12 (3) GDPR, and 30 days are never more. */
export const answerDays = 30;

/** Whom a request is about. Personal data: forgotten with the person. */
export interface Subject {
  /** Of the contact that was named; null when only an identity is known. */
  contactId: string | null;
  /** What the person is known by, as far as it has been found out. */
  identities: Pick<Identity, 'kind' | 'value'>[];
  /** Since when nothing of the person is taken, by the database's clock. */
  refusedSince?: string;
  /** Which answers to idempotent requests is its own, in hex: it is not forgotten with the others. */
  answerKey?: string | null;
}

/** Where the file of a request is found. */
export function filePathOf(id: string): string {
  return `/v1/privacy-requests/${id}/file.ndjson`;
}

/** How many there were of each kind of thing. */
export type Receipt = Record<string, number>;

/** Something that a person has asked for, through whoever looks after the workspace. */
export interface PrivacyRequest {
  id: string;
  kind: RequestKind;
  state: RequestState;
  subject: Subject | null;
  requestedBy: string;
  requestedAt: Date;
  dueAt: Date;
  completedAt: Date | null;
  receipt: Receipt;
  error: { code: string; message: string; path: string } | null;
  liftedBy: string | null;
  liftedAt: Date | null;
  /** Until when its file is kept; null when there is none. */
  fileExpiresAt: Date | null;
}
