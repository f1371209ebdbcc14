import type { GlanceFragment } from '@coterie/client';
import { formatQuantity, formatShare, humanize } from '../../ui/format.js';
import { tightestQuota } from './glance-sort.js';

/** Something that needs somebody, and where to mend it. */
export interface Attention {
  key: string;
  icon: string;
  color: 'error' | 'warning' | 'info';
  /** Where there is little room. */
  short: string;
  title: string;
  text: string;
  to: string;
}

/** What in a workspace needs somebody, the worst first. What fails to sync to destinations belongs here as well. */
export function attentionOf(glance: GlanceFragment, workspaceId: string): Attention[] {
  const base = `/w/${workspaceId}`;
  const { failedImports, segmentsWithError, identityConflicts, quarantinedEvents, importsUnderWay } = glance;
  const found: Attention[] = [];
  if (failedImports > 0)
    found.push({
      key: 'imports',
      icon: 'i-lucide-circle-alert',
      color: 'error',
      short: `${formatQuantity(failedImports, 'import')} failed`,
      title: `${formatQuantity(failedImports, 'import')} failed this week`,
      text: 'The file could not be read to its end. Mend it and import it again.',
      to: `${base}/imports`,
    });
  if (segmentsWithError > 0)
    found.push({
      key: 'segments',
      icon: 'i-lucide-circle-alert',
      color: 'error',
      short: `${formatQuantity(segmentsWithError, 'segment')} stuck`,
      title: `${formatQuantity(segmentsWithError, 'segment')} cannot be answered`,
      text: 'A rule names something that is not there any more. Its members do not move until it is mended.',
      to: `${base}/segments`,
    });
  const quota = tightestQuota(glance);
  if (quota && quota.share >= 0.8)
    found.push({
      key: 'quota',
      icon: 'i-lucide-gauge',
      color: quota.share >= 1 ? 'error' : 'warning',
      short: `${humanize(quota.metric.toLowerCase())} ${formatShare(quota.share)}`,
      title: `${formatShare(quota.share)} of the quota of ${quota.metric.toLowerCase().replace('_', ' ')} is used`,
      text: quota.share >= 1 ? 'No more is taken until the month ends.' : 'It begins anew with the month.',
      to: `${base}/usage`,
    });
  if (quarantinedEvents > 0)
    found.push({
      key: 'quarantine',
      icon: 'i-lucide-shield-alert',
      color: 'warning',
      short: `${formatQuantity(quarantinedEvents, 'event')} held back`,
      title: `${formatQuantity(quarantinedEvents, 'event')} could not be taken`,
      text: 'They are kept with the reason, and can be taken again once it is mended.',
      to: `${base}/data/quarantine`,
    });
  if (identityConflicts > 0)
    found.push({
      key: 'conflicts',
      icon: 'i-lucide-users',
      color: 'warning',
      short: `${formatQuantity(identityConflicts, 'identity conflict')}`,
      title: `${formatQuantity(identityConflicts, 'identity conflict')} to decide`,
      text: 'Two people claim the same address or number. Merge them, or say that they share it.',
      to: `${base}/data/conflicts`,
    });
  if (importsUnderWay > 0)
    found.push({
      key: 'running',
      icon: 'i-lucide-loader',
      color: 'info',
      short: `${formatQuantity(importsUnderWay, 'import')} running`,
      title: `${formatQuantity(importsUnderWay, 'import')} under way`,
      text: 'You can leave and come back.',
      to: `${base}/imports`,
    });
  return found;
}
