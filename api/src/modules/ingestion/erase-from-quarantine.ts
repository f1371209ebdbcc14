import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { deleteQuarantined, listOldestQuarantined, type QuarantinedRow } from './quarantine.repository.js';

/** Events read at a time: each may have 32 KB. */
const eventsAtOnce = 500;

/**
 * Deletes the events in quarantine that name somebody.
 * @param names whether the body of one does.
 * @returns how many there were.
 */
export async function eraseFromQuarantine(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  names: (body: unknown) => boolean,
  signal: AbortSignal,
): Promise<number> {
  let erased = 0;
  let after: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const found = await withWorkspace(workspaceId, async (tx) => {
      const rows = await listOldestQuarantined(tx, {}, after, eventsAtOnce);
      const ids = rows.filter(({ body }) => names(JSON.parse(body))).map(({ id }) => id);
      return { rows, deleted: ids.length > 0 ? await deleteQuarantined(tx, { ids }) : 0 };
    });
    erased += found.deleted;
    after = found.rows.at(-1)?.id;
    if (found.rows.length < eventsAtOnce) return erased;
  }
}

/** The events in quarantine that name somebody, batch by batch. @param names whether the body of one does. */
export async function* quarantinedThatName(
  tx: WorkspaceTransaction,
  names: (body: unknown) => boolean,
): AsyncGenerator<QuarantinedRow[]> {
  for (let after: string | undefined; ;) {
    const rows = await listOldestQuarantined(tx, {}, after, eventsAtOnce);
    yield rows.filter(({ body }) => names(JSON.parse(body)));
    after = rows.at(-1)?.id;
    if (rows.length < eventsAtOnce) return;
  }
}
