import type { LookalikeSchedule, LookalikeStatus } from '@coterie/client';

/** How growing stands, as a badge shows it. */
export const lookalikeStates: Record<
  LookalikeStatus,
  { label: string; color: 'success' | 'info' | 'error' | 'neutral' }
> = {
  QUEUED: { label: 'Waiting', color: 'info' },
  TRAINING: { label: 'Growing', color: 'info' },
  READY: { label: 'Ready', color: 'success' },
  FAILED: { label: 'Not grown', color: 'error' },
  CANCELLED: { label: 'Cancelled', color: 'neutral' },
};

/** When it is grown anew. */
export const schedules: { value: LookalikeSchedule; label: string }[] = [
  { value: 'MANUAL', label: 'When somebody asks' },
  { value: 'DAILY', label: 'Every day' },
  { value: 'WEEKLY', label: 'Every week' },
  { value: 'MONTHLY', label: 'Every month' },
];

/** Why something took no part. */
export const leftOutReasons: Record<string, string> = {
  definesSeed: 'made the seed, or was to be left out',
  sameForAll: 'the same for everybody',
  tooRare: 'had by too few',
};

/** Whether it is on its way. */
export function isGrowing(status: LookalikeStatus): boolean {
  return status === 'QUEUED' || status === 'TRAINING';
}
