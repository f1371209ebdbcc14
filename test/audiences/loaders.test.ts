import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSeedList } from '../../api/src/modules/lookalikes/edit-seed-lists.js';
import { createSeedListLoaders } from '../../api/src/modules/lookalikes/seed-list.loaders.js';
import { createSegmentById } from '../../api/src/modules/segments/index.js';
import { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import type { RequestContext } from '../../api/src/platform/context.js';
import { addContacts, openTenants, type Tenants } from '../support/builders.js';

let tenants: Tenants;
let workspaceId: string;
let segmentIds: string[];
let seedListIds: string[];

beforeAll(async () => {
  tenants = await openTenants([SegmentEntity, AttributeDefinitionEntity]);
  workspaceId = await tenants.newWorkspace();
  await addContacts(
    tenants.withWorkspace,
    workspaceId,
    [1, 2, 3].map((number) => ({ externalId: `p-${number}` })),
  );
  segmentIds = Array.from({ length: 10 }, () => randomUUID());
  for (const [index, id] of segmentIds.entries()) {
    await tenants.database.owner.query(
      `insert into segments (workspace_id, id, kind, name, folded_name, created_by)
       values ($1, $2, 'static', $3, $3, 'system')`,
      [workspaceId, id, `s${index}`],
    );
    await tenants.database.owner.query(
      'insert into list_members (workspace_id, segment_id, ordinal) select $1, $2, n from generate_series(0, 2) as n',
      [workspaceId, id],
    );
  }
  const editor = { actor: 'system', now: new Date() };
  seedListIds = await tenants.withWorkspace(workspaceId, async (tx) => {
    const made: string[] = [];
    for (const segmentId of segmentIds) {
      made.push((await createSeedList(tx, { name: 'x', segmentId }, editor)).seedList.id);
    }
    return made;
  });
});
afterAll(() => tenants?.close());

const request = (): RequestContext => ({ signal: new AbortController().signal }) as RequestContext;

/** How many statements the work sends. */
async function statementsOf(work: () => Promise<unknown[]>): Promise<number> {
  tenants.statements.length = 0;
  for (const each of await work()) expect(each).not.toBeInstanceOf(Error);
  return tenants.statements.length;
}

it('the segments of ten audiences are read in as many statements as that of one', async () => {
  const segmentById = createSegmentById(tenants.withWorkspace);
  const load = (ids: string[]) => statementsOf(() => segmentById(request(), workspaceId).loadMany(ids));
  expect(await load(segmentIds)).toBe(await load(segmentIds.slice(0, 1)));
});

it('sizes and members of ten seed lists are read in as many statements as those of one', async () => {
  const loaders = createSeedListLoaders(tenants.withWorkspace, { now: () => new Date() });
  const sizes = (ids: string[]) => statementsOf(() => loaders(request(), workspaceId).size.loadMany(ids));
  expect(await sizes(seedListIds)).toBe(await sizes(seedListIds.slice(0, 1)));
  const members = (ids: string[]) => {
    const pages = ids.map((seedListId) => ({ seedListId, after: -1, limit: 2 }));
    return statementsOf(() => loaders(request(), workspaceId).members.loadMany(pages));
  };
  expect(await members(seedListIds)).toBe(await members(seedListIds.slice(0, 1)));
  const page = { seedListId: seedListIds[3] ?? '', after: 0, limit: 5 };
  const loaded = await loaders(request(), workspaceId).members.load(page);
  expect(loaded.map(({ ordinal }) => ordinal)).toEqual([1, 2]);
});
