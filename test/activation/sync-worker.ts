/** Goes on with the syncs of one workspace again and again: a process to be killed by sync-killed.test.ts. */
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSyncTask } from '../../api/src/modules/audiences/sync/sync-audience.job.js';
import { followAudiences } from '../../api/src/modules/audiences/sync/follow-audiences.js';
import { openSyncs } from '../../api/src/modules/audiences/sync/sync.repository.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createAsk } from '../../api/src/platform/http/ask.js';
import { createNetwork } from '../../api/src/platform/net/network.js';
import { createLog } from '../../api/src/platform/log.js';
import { connectTo } from './platform-over-http.js';

const [databaseUrl, workspaceId, platformUrl, batch] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
];
const source = createDataSource({
  url: databaseUrl,
  poolSize: 2,
  name: 'killed',
  onConnectionError: () => undefined,
});
source.setOptions({ entities: [SegmentEntity, SegmentVersionEntity, AttributeDefinitionEntity] });
await source.initialize();
const withWorkspace = createWithWorkspace(source);
const connector = connectTo(platformUrl, Number(batch));
// The connector of this test knows its own way.
const network = createNetwork([]);
const outside = { network, ask: createAsk(network).ask };
const services = {
  withWorkspace,
  clock: { now: () => new Date() },
  engine: createEngine({ withWorkspace, shared: undefined }, { mostBytes: 1 << 24 }),
  // Nothing waits in a queue: every run that is open is gone on with.
  enqueue: () => Promise.resolve(),
  destinations: {
    open: (_workspaceId: string, _id: string, signal: AbortSignal) =>
      Promise.resolve({ connector, connection: { settings: {}, credentials: {}, outside, signal } }),
  },
};
const task = createSyncTask(services);
const run = { signal: new AbortController().signal, log: createLog('error'), isLastAttempt: false };
process.stdout.write('ready\n');
for (;;) {
  await followAudiences(services, workspaceId, run.signal);
  for (const { id } of await withWorkspace(workspaceId, openSyncs))
    await task({ workspaceId, syncId: id }, run);
  await sleep(5);
}
