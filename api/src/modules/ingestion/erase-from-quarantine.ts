import type { WithWorkspace, Within } from '../../platform/database/with-workspace.js';
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
  const within: Within = (work) => {
    signal.throwIfAborted();
    return withWorkspace(workspaceId, work);
  };
  let erased = 0;
  for await (const theirs of quarantinedThatName(within, names)) {
    const ids = theirs.map(({ id }) => id);
    if (ids.length > 0) erased += await within((tx) => deleteQuarantined(tx, { ids }));
  }
  return erased;
}

/** The events in quarantine that name somebody, batch by batch. @param names whether the body of one does. */
export async function* quarantinedThatName(
  within: Within,
  names: (body: unknown) => boolean,
): AsyncGenerator<QuarantinedRow[]> {
  for (let after: string | undefined; ;) {
    const rows = await within((tx) => listOldestQuarantined(tx, {}, after, eventsAtOnce));
    yield rows.filter(({ body }) => names(JSON.parse(body)));
    after = rows.at(-1)?.id;
    if (rows.length < eventsAtOnce) return;
  }
}
