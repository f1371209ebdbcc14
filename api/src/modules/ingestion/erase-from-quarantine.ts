import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { deleteQuarantined, listOldestQuarantined } from './quarantine.repository.js';

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
