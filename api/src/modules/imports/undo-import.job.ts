import { z } from 'zod';
import type { Services, Task } from '../../platform/module.js';
import { nothingUndone, type UndoProgress } from './import-effects.js';
import { nextToUndo } from './import-effects.repository.js';
import { lockUndo, markFinished, markRunning, saveProgress } from './import.repository.js';
import { undoEffects } from './undo-effects.js';

/** Contacts that are put back in one transaction with the progress. */
const contactsPerBatch = 500;

const payloadShape = z.object({ workspaceId: z.string(), jobId: z.string() });

/**
 * Undoes an import, batch by batch. What is done is taken off the list of what the import did, in the same transaction:
 * whoever takes over after a crash finds the rest.
 */
export function createUndoTask({ withWorkspace, clock }: Pick<Services, 'withWorkspace' | 'clock'>): Task {
  return async (payload, { signal, isLastAttempt, log }) => {
    const { workspaceId, jobId } = payloadShape.parse(payload);
    try {
      for (let goesOn = true; goesOn;) {
        signal.throwIfAborted();
        goesOn = await withWorkspace(workspaceId, async (tx) => {
          const job = await lockUndo(tx, jobId);
          if (job?.state !== 'queued' && job?.state !== 'running') return false;
          await markRunning(tx, jobId);
          const ordinals = await nextToUndo(tx, job.input.importId, contactsPerBatch);
          if (ordinals.length === 0) {
            await markFinished(tx, jobId, null);
            return false;
          }
          const done = await undoEffects(tx, job.input.importId, ordinals, clock.now());
          await saveProgress(tx, jobId, addUp({ ...nothingUndone, ...job.progress }, done));
          return true;
        });
      }
    } catch (error) {
      if (!isLastAttempt || signal.aborted) throw error;
      log.error({ err: error, jobId }, 'undoing an import was given up');
      const message = `A defect on our side; this id finds it in the log: ${jobId}.`;
      await withWorkspace(workspaceId, (tx) =>
        markFinished(tx, jobId, { code: 'INTERNAL', message, path: '' }),
      );
    }
  };
}

function addUp(one: UndoProgress, other: UndoProgress): UndoProgress {
  return {
    contactsDeleted: one.contactsDeleted + other.contactsDeleted,
    contactsKept: one.contactsKept + other.contactsKept,
    changesUndone: one.changesUndone + other.changesUndone,
    changesKept: one.changesKept + other.changesKept,
  };
}
