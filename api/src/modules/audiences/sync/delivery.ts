import { Temporal } from 'temporal-polyfill';

/** When an audience is brought up to date at its destination by itself. */
export const schedules = ['manual', 'on_change', 'hourly', 'daily'] as const;
export type SyncSchedule = (typeof schedules)[number];

/** Where an audience goes, and how far it has come there. */
export interface Delivery {
  audienceId: string;
  /** Null: it is for downloads only. */
  destinationId: string | null;
  schedule: SyncSchedule;
  /** In the workspace's time zone; of daily ones. */
  dailyHour: number | null;
  pausedAt: Date | null;
  /** The platform's own id of it, once it was made there. */
  remoteId: string | null;
  /** When it takes members for the first time. */
  remoteReadyAt: Date | null;
  nextSyncAt: Date | null;
  /** What the last plan was made at: the version of the workspace, and the transition of the segment. */
  plannedVersion: number | null;
  plannedSequence: number | null;
}

/** An audience that nobody has given a destination. */
export function noDelivery(audienceId: string): Delivery {
  return {
    audienceId,
    destinationId: null,
    schedule: 'manual',
    dailyHour: null,
    pausedAt: null,
    remoteId: null,
    remoteReadyAt: null,
    nextSyncAt: null,
    plannedVersion: null,
    plannedSequence: null,
  };
}

const hour = 3_600_000;

/** When an audience is due by its schedule for the next time after an instant; null where it does not go by the clock. */
export function dueAfter(
  { schedule, dailyHour }: Pick<Delivery, 'schedule' | 'dailyHour'>,
  after: Date,
  timeZone: string,
): Date | null {
  if (schedule === 'hourly') return new Date(after.getTime() + hour);
  if (schedule !== 'daily') return null;
  const local = Temporal.Instant.fromEpochMilliseconds(after.getTime()).toZonedDateTimeISO(timeZone);
  const onDay = (days: number): number =>
    // On the day on which the hour is left out, the one that takes its place.
    local
      .toPlainDate()
      .add({ days })
      .toZonedDateTime({ timeZone, plainTime: { hour: dailyHour ?? 0 } }).epochMilliseconds;
  const today = onDay(0);
  return new Date(today > after.getTime() ? today : onDay(1));
}
