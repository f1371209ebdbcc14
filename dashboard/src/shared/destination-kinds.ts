import type { DestinationKind } from '@coterie/client';

/** How people call the kinds of destinations, and what one of each does; a kind that is missing does not compile. */
export const destinationKinds: Record<DestinationKind, { label: string; icon: string; does: string }> = {
  META: { label: 'Meta', icon: 'i-lucide-megaphone', does: 'Custom audiences on Facebook and Instagram' },
  GOOGLE: { label: 'Google', icon: 'i-lucide-megaphone', does: 'Customer Match lists of Google Ads' },
  LINKEDIN: {
    label: 'LinkedIn',
    icon: 'i-lucide-megaphone',
    does: 'Matched audiences of people or companies',
  },
  TIKTOK: { label: 'TikTok', icon: 'i-lucide-megaphone', does: 'Custom audiences on TikTok' },
  X: { label: 'X', icon: 'i-lucide-megaphone', does: 'Custom audiences on X' },
  MICROSOFT: {
    label: 'Microsoft',
    icon: 'i-lucide-megaphone',
    does: 'Customer lists of Microsoft Advertising',
  },
  FILE: {
    label: 'Files',
    icon: 'i-lucide-file-spreadsheet',
    does: 'CSV files on this server, or in a bucket',
  },
  WEBHOOK: { label: 'Webhook', icon: 'i-lucide-webhook', does: 'Tells an address of yours what happens' },
  SMTP: { label: 'Mail server', icon: 'i-lucide-mail', does: 'Sends the e-mail of automations by SMTP' },
};

/** What can be seen of a destination at a glance. */
interface Standing {
  disabledAt?: string | null;
  testedAt?: string | null;
  trouble?: string | null;
}

/** Whether a destination can be counted on, in a word or two. */
export function standingOf({ disabledAt, testedAt, trouble }: Standing): {
  label: string;
  color: 'neutral' | 'success' | 'error';
} {
  if (disabledAt) return { label: 'Out of use', color: 'neutral' };
  if (trouble) return { label: 'Needs attention', color: 'error' };
  return testedAt ? { label: 'Works', color: 'success' } : { label: 'Not tested', color: 'neutral' };
}
