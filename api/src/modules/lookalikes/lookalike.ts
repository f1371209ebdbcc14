import type { HoldOut, LeftOut, SizeExpectation, Trait } from '@coterie/lookalike';

/** When a lookalike is grown anew by itself. */
export const trainingSchedules = ['manual', 'daily', 'weekly', 'monthly'] as const;
export type TrainingSchedule = (typeof trainingSchedules)[number];

/** How growing it stands. */
export type LookalikeStatus = 'queued' | 'training' | 'ready' | 'failed' | 'cancelled';

/** The best so many percent are ranked; the rest are as good as chance. */
export const mostPercent = 20;

/** A trait that is typical of the seed. */
export interface TypicalTrait {
  trait: Trait;
  /** Shares of the seed and of the others who have it. */
  inSeed: number;
  inPool: number;
  /** How many times as common it is among the seed; null where nobody else has it. */
  lift: number | null;
  /** By how much it raises the score of seed members who have it. */
  weight: number;
}

/** What came of growing it. */
export interface TrainingReport {
  warnings: string[];
  leftOut: readonly LeftOut[];
  /** Those that lift most first. */
  traits: TypicalTrait[];
  sizes: SizeExpectation[];
  holdOut: HoldOut;
  /** What reasons of contacts name by their place. */
  reasons: Trait[];
  /** The share of the best tenth before that is not among the best tenth any more; null for the first time. */
  drift: number | null;
}

/** A lookalike: the contacts most like a seed list. */
export interface Lookalike {
  id: string;
  name: string;
  seedListId: string;
  /** Whose members are not ranked, as customers of a campaign for new ones. */
  excludedSegmentId: string | null;
  weighted: boolean;
  /** Columns that the model does not see, beside those that define the seed. */
  leftOut: readonly string[];
  schedule: TrainingSchedule;
  status: LookalikeStatus;
  /** From 0 to 1. */
  progress: number;
  /** Counts how often it was asked to be grown: one that was asked for anew writes nothing more. */
  training: number;
  trouble: string | null;
  poolSize: number | null;
  seedSize: number | null;
  report: TrainingReport | null;
  trainedAt: Date | null;
  nextTrainingAt: Date | null;
  createdBy: string;
  createdAt: Date;
  archivedAt: Date | null;
}

const day = 86_400_000;
const waits: Record<TrainingSchedule, number | null> = {
  manual: null,
  daily: day,
  weekly: 7 * day,
  monthly: 30 * day,
};

/** When it is due for the next time; null where it is not by itself. */
export function nextTraining(schedule: TrainingSchedule, after: Date): Date | null {
  const wait = waits[schedule];
  return wait === null ? null : new Date(after.getTime() + wait);
}
