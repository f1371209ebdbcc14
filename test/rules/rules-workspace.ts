import { createDataSource } from '../../api/src/platform/database/data-source.js';
import {
  createWithWorkspace,
  type WorkspaceTransaction,
} from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { createTestDatabase } from '../support/database.js';

/** A workspace of a database of its own, entered as the application enters it: under row-level security. */
export interface RulesWorkspace {
  inside<Result>(work: (tx: WorkspaceTransaction) => Promise<Result>): Promise<Result>;
  /** Does the work and leaves nothing behind. */
  inPassing(work: (tx: WorkspaceTransaction) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Makes an empty workspace in this time zone. */
export async function openRulesWorkspace(timeZone: string): Promise<RulesWorkspace> {
  const database = await createTestDatabase();
  const [organization, workspace] = [newId(), newId()];
  await database.owner.query('insert into organizations (id, name) values ($1, $2)', [organization, 'Rules']);
  await database.owner.query(
    'insert into workspaces (id, organization_id, name, time_zone) values ($1, $2, $3, $4)',
    [workspace, organization, 'Rules', timeZone],
  );
  const dataSource = createDataSource({
    url: database.appUrl,
    poolSize: 2,
    name: 'rules',
    onConnectionError: () => undefined,
  });
  await dataSource.initialize();
  const withWorkspace = createWithWorkspace(dataSource);
  return {
    inside: (work) => withWorkspace(workspace, work),
    async inPassing(work) {
      const undone = withWorkspace(workspace, async (tx) => {
        await work(tx);
        throw new Undo();
      });
      await undone.catch((error: unknown) => {
        if (!(error instanceof Undo)) throw error;
      });
    },
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}

class Undo extends Error {}
