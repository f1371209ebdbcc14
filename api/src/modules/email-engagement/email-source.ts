import type { ProviderId } from './email-provider.js';

/** A sender of a workspace's mail that reports what became of it. */
export interface EmailSource {
  id: string;
  name: string;
  provider: ProviderId;
  /** Sealed; null where calls are verified without one. */
  secret: Buffer | null;
  /** Of Amazon SES: the only topic whose messages are taken. */
  topicArn: string | null;
  /** `user:<id>` or `key:<id>`. */
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  /** When a call was taken and one was refused, to within ten seconds; null when none was yet. */
  lastReceivedAt: Date | null;
  lastRefusedAt: Date | null;
  /** Why the last one was refused. */
  lastRefusal: string | null;
}

/** What the secret of a source is sealed for. */
export function placeOfSecret(workspaceId: string, sourceId: string): string {
  return `email_source:${workspaceId}:${sourceId}`;
}
