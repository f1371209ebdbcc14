import type { IncomingHttpHeaders } from 'node:http';
import { Failure } from '../../platform/errors.js';

/** Senders whose webhooks are understood. */
export const providerIds = ['sendgrid', 'mailgun', 'postmark', 'ses'] as const;
export type ProviderId = (typeof providerIds)[number];

/** What somebody did with a mail, or what became of it. */
export const engagementKinds = ['delivered', 'open', 'click', 'bounce', 'complaint', 'unsubscribe'] as const;
export type EngagementKind = (typeof engagementKinds)[number];

/** One thing that a sender reports of one address. */
export interface Engagement {
  kind: EngagementKind;
  /** The address as the sender writes it. */
  email: string;
  /** The provider's own id of it: however often it is reported, it happened once. */
  eventId: string;
  /** Undefined where the sender does not say when. */
  occurredAt: Date | undefined;
  campaign: string | undefined;
  /** Of a click: what was clicked. */
  url: string | undefined;
  /** Of a bounce: whether the address does not exist or takes no mail for good, so that none may be sent there again. */
  isHard: boolean;
  /** Whether a machine did it, such as a mail programme that loads pictures in advance. */
  byMachine: boolean;
}

/** A call of a webhook. */
export interface WebhookCall {
  body: Buffer;
  headers: IncomingHttpHeaders;
  now: Date;
}

/** What a source verifies calls by; which of them there are depends on the provider. */
export interface SourceCredentials {
  secret: string | null;
  topicArn: string | null;
}

/** What shows that a call is the sender's. */
export interface Proof {
  /** Where the signature does not cover the body: a token that may come with one body only. */
  token?: string;
}

/** A sender: how its calls are verified and read. It knows neither tables nor contacts. */
export interface EmailProvider {
  id: ProviderId;
  /** What people call it. */
  label: string;
  /** Whether its secret is given by who makes a source, made by us, or not needed. */
  secret: 'given' | 'generated' | 'none';
  /** Whether a source names the topic that its calls must be of. */
  hasTopic: boolean;
  /** Says in words what is wrong with credentials that somebody gives; undefined if nothing is. */
  faultOf(credentials: SourceCredentials): { field: 'secret' | 'topicArn'; message: string } | undefined;
  /** Throws {@link refusal} when the call does not show that it is the sender's. */
  verify(call: WebhookCall, credentials: SourceCredentials): Promise<Proof>;
  /** Answers a verified call that only asks whether we want to be called. @returns whether it was one. */
  confirm?(call: WebhookCall): Promise<boolean>;
  /** Reads a verified call. What is none of {@link engagementKinds} is left out. Throws BAD_REQUEST when it is no such call. */
  read(call: WebhookCall): Engagement[];
}

/** Why a call is not taken: shown to the caller, and to those who look after the source. */
export function refusal(reason: string): Failure {
  return new Failure('UNAUTHENTICATED', reason);
}
