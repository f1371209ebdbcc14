import type { UsageMetric } from '../../platform/usage.js';

/** Days that a glance goes back, today among them. */
export const glanceDays = 30;

/** For so many days a failed import is something to look at. */
export const failedDays = 7;

/** What came in on a day. */
export interface GlanceDay {
  /** In UTC, such as 2026-11-25. */
  day: string;
  contacts: number;
  events: number;
}

/** How a workspace stands, in numbers that cost no look at its contacts one by one. */
export interface Glance {
  contacts: number;
  /** One for each of the last {@link glanceDays}, the oldest first. */
  days: GlanceDay[];
  segments: number;
  segmentsWithError: number;
  importsUnderWay: number;
  failedImports: number;
  quarantinedEvents: number;
  identityConflicts: number;
  quotas: { metric: UsageMetric; monthly: number; used: number }[];
}
