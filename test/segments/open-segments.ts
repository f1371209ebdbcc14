import type { Cache } from '../../api/src/platform/cache/cache.js';
import { UsageMeter } from '../../api/src/platform/usage.js';
import { createMemoryCache } from '../../api/src/platform/cache/memory.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createCountMembers } from '../../api/src/modules/segments/count-members.js';
import { createEngine, type Engine } from '../../api/src/modules/segments/engine/engine.js';
import type { Editor } from '../../api/src/modules/segments/create-segment.js';
import { previewSegment, type Preview } from '../../api/src/modules/segments/preview-segment.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import { addContacts, openTenants } from '../support/builders.js';
import type { TestDatabase } from '../support/database.js';

const timeZone = 'Europe/Vienna';

/** The segments' use cases on a database of their own, with a clock that a test can move. */
export interface Segments {
  database: TestDatabase;
  workspaceId: string;
  withWorkspace: WithWorkspace;
  /** Keeps no sets. */
  engine: Engine;
  clock: { now(): Date; at: Date };
  /** Every statement sent so far; empty it before counting. */
  statements: string[];
  inside<Result>(work: (tx: WorkspaceTransaction, editor: Editor) => Promise<Result>): Promise<Result>;
  /** Makes contacts with these attributes; gives their ids. */
  people(...attributes: Record<string, unknown>[]): Promise<string[]>;
  preview(rule: object | string, cache?: Cache, sampleSize?: number): Promise<Preview>;
  addWorkspace(): Promise<string>;
  close(): Promise<void>;
}

/** Opens an empty workspace. */
export async function openSegments(): Promise<Segments> {
  const tenants = await openTenants([SegmentEntity, SegmentVersionEntity, AttributeDefinitionEntity]);
  const { database, withWorkspace, statements, close } = tenants;
  const addWorkspace = (): Promise<string> => tenants.newWorkspace({ timeZone });
  const workspaceId = await addWorkspace();
  const clock = { at: new Date('2026-11-15T12:00:30.000Z'), now: () => clock.at };
  const shared = createMemoryCache();
  const engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 });
  let people = 0;
  return {
    database,
    workspaceId,
    withWorkspace,
    engine,
    clock,
    statements,
    addWorkspace,
    close,
    inside: (work) => withWorkspace(workspaceId, (tx) => work(tx, { actor: 'user:test', now: clock.now() })),
    async people(...attributes) {
      const inputs = attributes.map((each) => ({ externalId: `p-${(people += 1)}`, attributes: each }));
      const taken = await addContacts(withWorkspace, workspaceId, inputs, { timeZone, now: clock.now() });
      return taken.map(({ contactId }) => contactId);
    },
    preview(rule, cache = shared, sampleSize = 10) {
      const countMembers = createCountMembers({
        engine,
        cache,
        meter: new UsageMeter(clock),
      });
      const source = typeof rule === 'string' ? { text: rule } : { tree: rule };
      const services = { withWorkspace, clock, countMembers };
      const request = { rule: source, sampleSize };
      return previewSegment(services, workspaceId, request, new AbortController().signal);
    },
  };
}
