import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import { enqueue } from '../../api/src/platform/jobs/queue.js';
import { createDataSource } from '../../api/src/platform/database/data-source.js';
import { createWithWorkspace, type WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { createAsk } from '../../api/src/platform/http/ask.js';
import { createNetwork } from '../../api/src/platform/net/network.js';
import { createSecretBox } from '../../api/src/platform/secret-box.js';
import type { Services } from '../../api/src/platform/module.js';
import type { AppOptions } from '../../api/src/app.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/** What reaches destinations, with a clock of the test's. */
export type ActivationServices = Pick<
  Services,
  'withWorkspace' | 'secrets' | 'network' | 'ask' | 'clock' | 'enqueue' | 'settings' | 'directory'
>;

/** A Coterie whose own network is this machine, and the services with which its jobs are run by hand. */
export interface Activation {
  app: TestApp;
  workspace: TestWorkspace;
  services: ActivationServices;
  withWorkspace: WithWorkspace;
  /** What time it is for the services. */
  clock: { at: Date };
  /** Sets up a destination of the first workspace, or of another, through the API; gives its id and what was made for it. */
  add(definition: object, workspace?: TestWorkspace): Promise<{ id: string; newSecret: string | null }>;
  close(): Promise<void>;
}

/** Starts it. Without `part`, nothing takes jobs but the test. */
export async function openActivation(options: Partial<AppOptions> = {}): Promise<Activation> {
  const key = randomBytes(32);
  const clock = { at: new Date() };
  const app = await startTestApp(
    { secretKeys: [key], privateNetworks: ['127.0.0.0/8'], baseUrl: 'https://coterie.example' },
    { part: 'http', ...options },
  );
  const shared = { poolSize: 6, name: 'test', onConnectionError: () => undefined };
  const tenants = createDataSource({ url: app.database.appUrl, ...shared });
  const directory = createDataSource({ url: app.database.systemUrl, ...shared });
  tenants.setOptions({ entities: [SegmentEntity, SegmentVersionEntity, AttributeDefinitionEntity] });
  await Promise.all([tenants.initialize(), directory.initialize()]);
  const withWorkspace = createWithWorkspace(tenants);
  const network = createNetwork(app.settings.privateNetworks);
  const { ask, close } = createAsk(network);
  const workspace = await createWorkspace(app);
  return {
    app,
    workspace,
    withWorkspace,
    clock,
    services: {
      withWorkspace,
      secrets: createSecretBox([key]),
      network,
      ask,
      clock: { now: () => clock.at },
      enqueue,
      settings: app.settings,
      directory,
    },
    async add(definition, of = workspace) {
      const { createDestination } = await of.query<{
        createDestination: { id: string; newSecret: string | null };
      }>(`mutation ($input: CreateDestinationInput!) { createDestination(input: $input) { id newSecret } }`, {
        input: { name: 'Ours', definition },
      });
      return createDestination;
    },
    async close() {
      await close();
      await Promise.all([tenants.destroy(), directory.destroy()]);
      await app.close();
    },
  };
}
