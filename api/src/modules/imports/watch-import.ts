import { setTimeout as sleep } from 'node:timers/promises';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import { findImport, type ImportRow } from './import.repository.js';

/**
 * Milliseconds between two looks. The job's row is looked at, rather than told of by whoever works it off: a batch of
 * rows takes about as long, and no message can be lost between two processes.
 */
const lookEvery = 400;

/**
 * An import as it is, and again whenever it has come further, until it has ended, and so has undoing it, if that is
 * under way. Throws NOT_FOUND when there is none.
 */
export async function watchImport(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  id: string,
): Promise<AsyncGenerator<ImportRow>> {
  const look = (): Promise<ImportRow | undefined> =>
    withWorkspace(workspaceId, (transaction) => findImport(transaction, id));
  const first = isId(id) ? await look() : undefined;
  if (!first) throw notFound('import');
  return changesOf(first, look);
}

async function* changesOf(
  first: ImportRow,
  look: () => Promise<ImportRow | undefined>,
): AsyncGenerator<ImportRow> {
  let shown = '';
  for (let row: ImportRow | undefined = first; row; row = await look()) {
    const state = JSON.stringify([row.state, row.progress, row.undo]);
    if (state !== shown) yield row;
    shown = state;
    if (!goesOn(row)) return;
    await sleep(lookEvery);
  }
}

function goesOn({ state, undo }: ImportRow): boolean {
  return [state, undo?.state].some((one) => one === 'queued' || one === 'running');
}
