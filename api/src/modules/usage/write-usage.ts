import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { outsideOperation } from '../../platform/operation.js';
import type { UsageMeter } from '../../platform/usage.js';
import { addCounts } from './usage.repository.js';

/** How often what was counted is written, in milliseconds. */
export const usageEvery = 5000;

/**
 * Writes what was counted, one statement a workspace. What cannot be written is counted on.
 * @param onWritten hears of each workspace of which more is stored now.
 */
export async function writeUsage(
  meter: UsageMeter,
  withWorkspace: WithWorkspace,
  onWritten: (workspaceId: string) => void,
): Promise<void> {
  const failures: unknown[] = [];
  for (const [workspaceId, counts] of meter.take()) {
    try {
      await outsideOperation(() => withWorkspace(workspaceId, (tx) => addCounts(tx, counts)));
      onWritten(workspaceId);
    } catch (error) {
      meter.putBack(workspaceId, counts);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'What was used could not be written.');
}
