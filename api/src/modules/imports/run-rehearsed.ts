import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId, newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { noProgress } from './import.js';
import { findImport, insertImport, lockImport, moveChunks, type ImportRow } from './import.repository.js';
import { importTask } from './upload-import.js';

/** For so many days the file of a dry run is kept. */
export const rehearsedDays = 1;

/**
 * Imports the file of a dry run, as it was mapped there. Throws NOT_FOUND, and CONFLICT where it is no dry run, has not
 * succeeded, or its file is not there any more.
 */
export async function runRehearsed(
  { withWorkspace, enqueue }: Pick<Services, 'withWorkspace' | 'enqueue'>,
  context: WorkspaceContext,
  importId: string,
): Promise<ImportRow> {
  const workspaceId = context.workspace.id;
  return withWorkspace(workspaceId, async (tx) => {
    const job = isId(importId) ? await lockImport(tx, importId) : undefined;
    if (!job) throw notFound('import');
    if (!job.input.dryRun || job.state !== 'succeeded') {
      throw new Failure('CONFLICT', 'This is no dry run that has succeeded.', { path: 'id' });
    }
    const id = newId();
    const input = { ...job.input, dryRun: false };
    await insertImport(tx, { id, input, progress: noProgress, createdBy: actorOf(context) });
    if (!(await moveChunks(tx, job.id, id))) {
      const message = 'The file has been imported, or is not kept any more: upload it again.';
      throw new Failure('CONFLICT', message, { path: 'id' });
    }
    await enqueue(
      tx.manager,
      importTask,
      { workspaceId, jobId: id },
      {
        key: `import:${id}`,
        queue: `import:${workspaceId}`,
      },
    );
    return (await findImport(tx, id))!;
  });
}
