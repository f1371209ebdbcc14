import type {
  AdPlatform,
  AudienceIdentifier,
  AudienceSyncCause,
  AudienceSyncSchedule,
  AudienceSyncStatus,
} from '@coterie/client';

/** How people call what may leave about somebody; an identifier that is missing here does not compile. */
export const identifierNames: Record<AudienceIdentifier, string> = {
  EMAIL: 'E-mail addresses',
  PHONE: 'Phone numbers',
  EXTERNAL_ID: 'External id',
  MOBILE_AD_ID: 'Mobile advertising ids',
  NAME: 'Name',
  LOCATION: 'Place',
  BIRTHDAY: 'Year of birth',
  GENDER: 'Gender',
  JOB: 'Job title and company',
  DOMAIN: 'Website domain',
  EMAIL_DOMAIN: 'E-mail domain',
  LINKEDIN_URL: 'LinkedIn page',
  STOCK_SYMBOL: 'Stock symbol',
};

/** How people call the platforms. */
export const platformNames: Record<AdPlatform, string> = {
  META: 'Meta',
  GOOGLE: 'Google',
  LINKEDIN: 'LinkedIn',
  TIKTOK: 'TikTok',
  X: 'X',
  MICROSOFT: 'Microsoft',
};

/** Why a sync began. */
export const causeNames: Record<AudienceSyncCause, string> = {
  MANUAL: 'Somebody asked for it',
  SCHEDULE: 'By its schedule',
  CHANGE: 'The segment changed',
  WITHDRAWAL: 'Somebody may not be sent any more',
  EMPTYING: 'Emptying',
};

/** What became of a sync. */
export const syncStates: Record<
  AudienceSyncStatus,
  { label: string; color: 'success' | 'info' | 'warning' | 'error' | 'neutral' }
> = {
  RUNNING: { label: 'Under way', color: 'info' },
  WAITING: { label: 'Waiting', color: 'warning' },
  SUCCEEDED: { label: 'Done', color: 'success' },
  FAILED: { label: 'Failed', color: 'error' },
  CANCELLED: { label: 'Called off', color: 'neutral' },
};

/** When an audience is brought up to date. */
export const scheduleChoices: { value: AudienceSyncSchedule; label: string; description: string }[] = [
  {
    value: 'ON_CHANGE',
    label: 'As the segment changes',
    description: 'A minute apart at least',
  },
  { value: 'HOURLY', label: 'Every hour', description: 'The first time at once' },
  { value: 'DAILY', label: 'Every day', description: 'At an hour of your choice' },
  { value: 'MANUAL', label: 'Only when you ask', description: 'With “Sync now” on its page' },
];

/** The hours of a day, for people: 09:00. */
export const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: hour,
  label: `${String(hour).padStart(2, '0')}:00`,
}));

/** Whether a sync has not ended. */
export function isUnderWay(sync: { status: AudienceSyncStatus } | null | undefined): boolean {
  return sync?.status === 'RUNNING' || sync?.status === 'WAITING';
}

/** Where an audience stands with its destination, in a word or two. */
export function standingOf(audience: {
  archivedAt?: string | null;
  destinationId?: string | null;
  pausedAt?: string | null;
  lastSync?: { status: AudienceSyncStatus } | null;
}): { label: string; color: 'success' | 'info' | 'warning' | 'error' | 'neutral' } {
  if (!audience.destinationId) return { label: 'Download only', color: 'neutral' };
  if (isUnderWay(audience.lastSync)) return { label: 'Syncing', color: 'info' };
  if (audience.pausedAt) return { label: 'Paused', color: 'warning' };
  if (!audience.lastSync) return { label: 'Not sent yet', color: 'neutral' };
  return audience.lastSync.status === 'SUCCEEDED'
    ? { label: 'Up to date', color: 'success' }
    : syncStates[audience.lastSync.status];
}
