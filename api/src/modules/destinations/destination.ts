import type { ZodObject, ZodType } from 'zod';
import type { Services } from '../../platform/module.js';

/** Where audiences, mail and calls go. */
export const destinationKinds = [
  'meta',
  'google',
  'linkedin',
  'tiktok',
  'x',
  'microsoft',
  'webhook',
  'smtp',
  'file',
] as const;
export type DestinationKind = (typeof destinationKinds)[number];

/** A place that a workspace has set up. Its credentials are sealed, and never leave the server again. */
export interface Destination {
  id: string;
  name: string;
  kind: DestinationKind;
  /** What is no secret: account ids, a base address, a host, a folder. Checked by the kind's own schema. */
  settings: Readonly<Record<string, unknown>>;
  /** `user:<id>` or `key:<id>`. */
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  /** When somebody switched it off, or it did so itself because it was told that it is gone; null while it is in use. */
  disabledAt: Date | null;
  /** Why, in words. */
  disabledBecause: string | null;
}

/** What reaches other servers, and only those that may be reached. */
export type Outside = Pick<Services, 'network' | 'ask'>;

/** What a connector works with: opened for one run, forgotten after it. */
export interface Connection {
  settings: Readonly<Record<string, unknown>>;
  credentials: Readonly<Record<string, string>>;
  /** The way to other servers: the only one there is for an address that somebody has entered. */
  outside: Outside;
  /** The workspace's own folder on this machine; absent where the installation has none for files. */
  folder?: string | undefined;
  signal: AbortSignal;
}

/** Who is on the list: people, or companies. */
export type MemberKind = 'contacts' | 'companies';

/**
 * What a platform is told of one person or company, normalised and hashed as it wants that: of each field (`Field` or
 * `CompanyIdentifier` of ad-formats) the values, the primary one first.
 */
export type MemberValues = Readonly<Record<string, readonly string[]>>;

/** An audience as a platform is asked to make it. */
export interface AudienceWanted {
  /** Ours: by it the platform's own is found again when the answer to the first request was lost. */
  id: string;
  name: string;
  kind: MemberKind;
}

/** Some members that come or go. */
export interface AudienceBatch {
  /** One run of a sync: the same when it is taken up again. */
  session: string;
  /** From 1 within the run, without gaps. One that is sent again has the number that it had. */
  sequence: number;
  /** Whether the run ends with it, and how many members all its batches have. */
  isLast: boolean;
  total: number;
  action: 'add' | 'remove';
  members: readonly MemberValues[];
}

/** What became of a batch. */
export interface BatchOutcome {
  /** Those that the platform did not take, by their place in the batch. Never any when it only counts them. */
  rejected: readonly { index: number; why: string }[];
  /** How many it did not take without saying which. */
  rejectedUnnamed: number;
}

/**
 * A connector to what keeps audiences. All calls may be made again: whatever was half done when the process died is asked
 * for again with the same arguments, and the platform ends up with the same. Failures are thrown as
 * {@link DestinationFailure}; a connector itself never waits for longer than one answer takes and never tries again.
 */
export interface AudienceConnector {
  /** Members in one batch at most, and batches in a minute (0: the platform states no limit). */
  readonly limits: { batch: number; batchesPerMinute: number };
  readonly kinds: readonly MemberKind[];
  /**
   * Whether a member is removed by all that was said of it. Others find people by each value, so they are not told what
   * somebody who stays is found by as well.
   */
  readonly removesWholeRows?: boolean;
  /**
   * Makes the audience, or finds the one that was made for the same id.
   * @returns the platform's id of it, and when it takes members for the first time.
   */
  open(connection: Connection, audience: AudienceWanted): Promise<{ remoteId: string; readyAt?: Date }>;
  send(
    connection: Connection,
    audience: AudienceWanted & { remoteId: string },
    batch: AudienceBatch,
  ): Promise<BatchOutcome>;
}

/** What is known of a kind of destination: a folder each, listed in `kinds.ts`. */
export interface DestinationType {
  readonly kind: DestinationKind;
  /** As people call it. */
  readonly label: string;
  /** What its settings and its credentials must be like; messages of problems are for people. */
  readonly settings: ZodType<Readonly<Record<string, unknown>>>;
  /** Settings that say where things are kept: they stay while something is kept there. */
  readonly places?: readonly string[];
  readonly credentials: ZodObject & ZodType<Readonly<Record<string, string | undefined>>>;
  /** Credentials that we make when none are given; shown once, to who sets the destination up. */
  readonly generate?: () => Readonly<Record<string, string>>;
  /**
   * Looks whether settings and credentials work, without changing anything that others see. Throws
   * {@link DestinationFailure}, which says what is wrong.
   */
  test(connection: Connection): Promise<void>;
  /** Of those that keep audiences. */
  readonly audiences?: AudienceConnector;
}

/** What kind of trouble it is, which says what to do about it. */
export type DestinationTrouble =
  /** Theirs or the network's, and over by itself: wait (as long as it says) and ask again. */
  | 'busy'
  /** The credentials do not work (any more): nothing goes until somebody enters others. */
  | 'credentials'
  /** They do not take what we send: trying again would not help. */
  | 'refused'
  /** The audience, or the address, is not there any more. */
  | 'gone';

/** Why a destination did not do what it was asked. The message is for people and holds no secret and no personal data. */
export class DestinationFailure extends Error {
  override name = 'DestinationFailure';

  constructor(
    readonly trouble: DestinationTrouble,
    message: string,
    options: {
      /** Milliseconds after which it may be asked again; of `busy` only. */
      retryAfter?: number;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }

  readonly retryAfter: number | undefined;
}
