/** Sends what is due of one webhook again and again: a process to be killed by webhooks.test.ts. */
import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { deliverDue } from '../../api/src/modules/destinations/deliveries/deliver.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createAsk } from '../../api/src/platform/http/ask.js';
import { enqueue } from '../../api/src/platform/jobs/queue.js';
import { createNetwork } from '../../api/src/platform/net/network.js';
import { createSecretBox } from '../../api/src/platform/secret-box.js';

const [url, key, workspaceId, destinationId] = process.argv.slice(2) as [string, string, string, string];
const source = createDataSource({ url, poolSize: 6, name: 'killed', onConnectionError: () => undefined });
await source.initialize();
const network = createNetwork(['127.0.0.0/8']);
const services = {
  withWorkspace: createWithWorkspace(source),
  secrets: createSecretBox([Buffer.from(key, 'base64')]),
  network,
  ask: createAsk(network).ask,
  clock: { now: () => new Date() },
  enqueue,
};
process.stdout.write('ready\n');
for (;;) {
  await deliverDue(services, { workspaceId, destinationId, signal: new AbortController().signal });
  await sleep(5);
}
