import { day } from '../../platform/clock.js';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId, newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { nothingUndone, undoDays } from './import-effects.js';
import { findImport, insertUndo, lockImport, type ImportRow } from './import.repository.js';

/** The name of the job that undoes an import. */
export const undoTask = 'undo-import';

/** Until when an import can be undone; null while it runs, for a dry run, and once it has been. */
export function undoableUntil({ state, input, finished_at, undo }: ImportRow): Date | null {
  const hasEnded = state === 'succeeded' || state === 'failed';
  if (!hasEnded || !finished_at || input.dryRun || !isOfContacts(input)) return null;
  if (undo && undo.state !== 'failed') return null;
  return new Date(finished_at.getTime() + undoDays * day);
}

/** Has an import undone. Throws NOT_FOUND, and CONFLICT where there is nothing to undo, or not any more. */
export async function undoImport(
  { withWorkspace, enqueue, clock }: Pick<Services, 'withWorkspace' | 'enqueue' | 'clock'>,
  context: WorkspaceContext,
  importId: string,
): Promise<ImportRow> {
  const workspaceId = context.workspace.id;
  return withWorkspace(workspaceId, async (tx) => {
    const job = isId(importId) ? await lockImport(tx, importId) : undefined;
    if (!job) throw notFound('import');
    const until = undoableUntil(job);
    if (!until) throw new Failure('CONFLICT', whyNot(job), { path: 'id' });
    if (until < clock.now()) {
      const message = `An import can be undone for ${undoDays} days.`;
      throw new Failure('CONFLICT', message, { path: 'id' });
    }
    const jobId = newId();
    await insertUndo(tx, {
      id: jobId,
      importId: job.id,
      progress: nothingUndone,
      createdBy: actorOf(context),
    });
    await enqueue(
      tx.manager,
      undoTask,
      { workspaceId, jobId },
      { key: `undo-import:${job.id}`, queue: `import:${workspaceId}` },
    );
    return (await findImport(tx, job.id))!;
  });
}

/** What a file says of companies stays, and what third parties say gives way to what they say next. */
function isOfContacts({ kind = 'contacts' }: ImportRow['input']): boolean {
  return kind === 'contacts';
}

function whyNot({ input, undo }: ImportRow): string {
  if (!isOfContacts(input)) return 'Only imports of contacts can be undone.';
  if (input.dryRun) return 'A dry run has done nothing that could be undone.';
  if (undo) return 'This import is undone already, or about to be.';
  return 'This import has not ended yet.';
}
