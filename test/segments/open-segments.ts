import type { Cache } from '../../api/src/platform/cache/cache.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace, type WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createCountMembers } from '../../api/src/modules/segments/count-members.js';
import type { Editor } from '../../api/src/modules/segments/create-segment.js';
import { previewSegment, type Preview } from '../../api/src/modules/segments/preview-segment.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import { upsertContacts } from '../../api/src/modules/contacts/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** The segments' use cases on a database of their own, with a clock that a test can move. */
export interface Segments {
  database: TestDatabase;
  workspaceId: string;
  withWorkspace: WithWorkspace;
  clock: { now(): Date; at: Date };
  inside<Result>(work: (tx: WorkspaceTransaction, editor: Editor) => Promise<Result>): Promise<Result>;
  /** Makes contacts with these attributes; gives their ids. */
  people(...attributes: Record<string, unknown>[]): Promise<string[]>;
  preview(rule: object | string, cache?: Cache, sampleSize?: number): Promise<Preview>;
  addWorkspace(): Promise<string>;
  close(): Promise<void>;
}

/** Opens an empty workspace. */
export async function openSegments(): Promise<Segments> {
  const database = await createTestDatabase();
  const organization = newId();
  await database.owner.query('insert into organizations (id, name) values ($1, $2)', [organization, 'Segments']);
  const addWorkspace = async (): Promise<string> => {
    const id = newId();
    await database.owner.query(
      'insert into workspaces (id, organization_id, name, time_zone) values ($1, $2, $3, $4)',
      [id, organization, 'Segments', 'Europe/Vienna'],
    );
    return id;
  };
  const workspaceId = await addWorkspace();
  const dataSource = createDataSource({
    url: database.appUrl,
    poolSize: 5,
    name: 'segments',
    onConnectionError: () => undefined,
  });
  dataSource.setOptions({ entities: [SegmentEntity, SegmentVersionEntity, AttributeDefinitionEntity] });
  await dataSource.initialize();
  const withWorkspace = createWithWorkspace(dataSource);
  const clock = { at: new Date('2026-11-15T12:00:30.000Z'), now: () => clock.at };
  const shared = createMemoryCache();
  let people = 0;
  return {
    database,
    workspaceId,
    withWorkspace,
    clock,
    addWorkspace,
    inside: (work) => withWorkspace(workspaceId, (tx) => work(tx, { actor: 'user:test', now: clock.now() })),
    async people(...attributes) {
      const settings = { timeZone: 'Europe/Vienna', defaultCountry: null, now: clock.now() };
      const inputs = attributes.map((each) => ({ externalId: `p-${(people += 1)}`, attributes: each }));
      const results = await withWorkspace(workspaceId, (tx) => upsertContacts(tx, settings, inputs));
      return results.map((result) => {
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        return result.contactId;
      });
    },
    preview(rule, cache = shared, sampleSize = 10) {
      const countMembers = createCountMembers({ withWorkspace, cache, clock });
      const source = typeof rule === 'string' ? { text: rule } : { tree: rule };
      return previewSegment({ withWorkspace, clock, countMembers }, workspaceId, { rule: source, sampleSize });
    },
    async close() {
      await dataSource.destroy();
      await database.drop();
    },
  };
}
