/** Brings the memberships of one workspace up to date again and again: a process to be killed by materialise-killed.test.ts. */
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import { PresentMemberships } from '../../api/src/modules/segments/membership/present-memberships.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';

const [url, workspaceId] = process.argv.slice(2) as [string, string];
const source = createDataSource({ url, poolSize: 2, name: 'killed', onConnectionError: () => undefined });
source.setOptions({ entities: [SegmentEntity, SegmentVersionEntity] });
await source.initialize();
const withWorkspace = createWithWorkspace(source);
const services = {
  withWorkspace,
  clock: { now: () => new Date() },
  engine: createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 << 24 }),
  memberships: new PresentMemberships(1 << 24),
};
process.stdout.write('ready\n');
for (;;) {
  await materialise(services, workspaceId, new AbortController().signal);
  await sleep(5);
}
