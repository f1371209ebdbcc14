import type { ImportState, ImportSummaryFragment } from '@coterie/client';

type Colour = 'neutral' | 'info' | 'success' | 'error';

/** How the states of an import are called and shown; one that is missing here does not compile. */
export const importStates: Record<ImportState, { label: string; color: Colour }> = {
  queued: { label: 'Waiting', color: 'neutral' },
  running: { label: 'Running', color: 'info' },
  succeeded: { label: 'Done', color: 'success' },
  failed: { label: 'Failed', color: 'error' },
  cancelled: { label: 'Called off', color: 'neutral' },
};

/** Whether more is to come. */
export function isUnderWay({ state }: Pick<ImportSummaryFragment, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** How much of the file was read, from 0 to 100; undefined while its length is not known. */
export function percentOf({ progress }: Pick<ImportSummaryFragment, 'progress'>): number | undefined {
  if (!progress.rowsTotal) return undefined;
  return Math.min(100, Math.round((progress.rowsRead / progress.rowsTotal) * 100));
}
