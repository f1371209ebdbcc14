/** Why an audience is brought up to date. */
export const syncCauses = ['manual', 'schedule', 'change', 'withdrawal', 'emptying'] as const;
export type SyncCause = (typeof syncCauses)[number];

/** How it is going. */
export const syncStatuses = ['running', 'waiting', 'succeeded', 'failed', 'cancelled'] as const;
export type SyncStatus = (typeof syncStatuses)[number];

/** What is being done. */
export const syncPhases = ['planning', 'sending', 'done'] as const;
export type SyncPhase = (typeof syncPhases)[number];

/** What became of the members of the segment when a run was planned. */
export interface PlanCounts {
  members: number;
  withoutConsent: number;
  suppressed: number;
  eligible: number;
  withoutIdentifier: number;
  refused: number;
  duplicates: number;
  /** Who is held as they are. */
  unchanged: number;
}

/** One run: what was to be done, and how far it has come. */
export interface AudienceSync {
  id: string;
  audienceId: string;
  destinationId: string;
  cause: SyncCause;
  createdBy: string;
  status: SyncStatus;
  phase: SyncPhase;
  startedAt: Date;
  finishedAt: Date | null;
  /** Of one that waits: when it goes on. */
  resumeAt: Date | null;
  /** Times that the destination was busy since something went through. */
  attempts: number;
  /** What went wrong last, in words. */
  trouble: string | null;
  /** What the platform is told that its batches belong together by. */
  session: string;
  /** The latest batch. */
  sequence: number;
  /** What that batch does while its outcome is not known. */
  openAction: 'add' | 'remove' | null;
  openIsLast: boolean | null;
  /** Members of all its batches. */
  total: number | null;
  /** Null where nothing was planned: a run that only removes. */
  plan: PlanCounts | null;
  toAdd: number;
  toRemove: number;
  added: number;
  removed: number;
  rejected: number;
}

/** Whether a run finds out who is to be there; the others only remove whom they are told to. */
export function plans({ cause }: Pick<AudienceSync, 'cause'>): boolean {
  return cause !== 'withdrawal' && cause !== 'emptying';
}
