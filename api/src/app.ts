import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createAccess } from './modules/access/index.js';
import { createUsage } from './modules/usage/index.js';
import { modules as createModules } from './modules.js';
import { createMemoryCache } from './platform/cache/memory.js';
import { createRedisCache } from './platform/cache/redis.js';
import { systemClock, type Clock } from './platform/clock.js';
import { createCancel } from './platform/database/cancel.js';
import { createDataSource, migrate } from './platform/database/data-source.js';
import { startEmbeddedPostgres } from './platform/database/embedded.js';
import { explainConnection } from './platform/database/explain-connection.js';
import { assertBoundByRowSecurity, roleUrls, type RoleUrls } from './platform/database/roles.js';
import { createWithWorkspace } from './platform/database/with-workspace.js';
import { addGraphql } from './platform/graphql/server.js';
import { addHealthRoutes } from './platform/http/health.js';
import { listen } from './platform/http/listen.js';
import { createAsk } from './platform/http/ask.js';
import { createGetText, type GetText } from './platform/http/get-text.js';
import { createHttpServer } from './platform/http/server.js';
import { serveScript } from './platform/http/script.js';
import { serveDashboard } from './platform/http/static.js';
import { createNetwork, type Resolve } from './platform/net/network.js';
import { Metrics } from './platform/metrics/metrics.js';
import { serveMetrics } from './platform/metrics/serve-metrics.js';
import { RateLimits } from './platform/limits/rate-limits.js';
import { enqueue } from './platform/jobs/queue.js';
import { startWorker, type Worker } from './platform/jobs/worker.js';
import type { Module, Services, Task } from './platform/module.js';
import { createSecretBox, keptSecretKey } from './platform/secret-box.js';
import { UsageMeter } from './platform/usage.js';
import type { Settings } from './settings.js';

/** What a process does: serve requests, take jobs, or both. */
export type Part = 'all' | 'http' | 'worker';

/** What a process may be given instead of its own. */
export interface AppOptions {
  part?: Part;
  log: Logger;
  clock?: Clock;
  /** How it asks other servers for a short text. */
  getText?: GetText;
  /** How it finds the addresses of other servers. */
  resolve?: Resolve;
}

/** A running Coterie. */
export interface App {
  /** Where it answers, without a slash at the end; undefined for a worker. */
  url: string | undefined;
  /** Where it tells Prometheus what it measures; undefined when it does not. */
  metricsUrl: string | undefined;
  /** Finishes what is under way and stops, the embedded PostgreSQL last. */
  close(): Promise<void>;
}

/** Events' partitions are made a quarter ahead; looking every day leaves room for a night without a worker. */
const crontab = [
  '17 3 * * * make-event-partitions',
  '37 3 * * * expire-quarantined-events',
  '57 3 * * * expire-form-submissions',
  '7 3 * * * expire-email-call-tokens',
  '47 3 * * * expire-idempotent-requests',
  '57 3 * * * expire-sign-in-data',
  '7 4 * * * purge-merges',
  '17 4 * * * expire-imports',
  '27 4 * * * expire-privacy-files',
  '37 4 * * * expire-events',
  '27 5 * * * expire-audit-entries',
  '47 4 * * * forget-messages',
  '57 4 * * * trim-change-feed',
  '7 * * * * cap-quarantine',
  '7 5 * * * expire-segment-history',
  '27 * * * * resume-computed-attributes',
  '37 * * * * resume-materialising',
  '47 * * * * resume-audiences',
  '49 * * * * resume-automations',
  '37 5 * * * expire-automation-runs',
  '47 * * * * resume-webhooks',
  '17 5 * * * expire-webhook-deliveries',
  '*/10 * * * * refresh-postings',
  '57 * * * * train-lookalikes-due',
].join('\n');

/** Wires everything together and starts it. Whatever was started is stopped again when a later part fails. */
export async function startApp(settings: Settings, options: AppOptions): Promise<App> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const places = await start(settings, options, (closer) => closers.push(closer));
    return { ...places, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type OnClose = (closer: () => Promise<void>) => void;

async function start(
  settings: Settings,
  options: AppOptions,
  onClose: OnClose,
): Promise<Pick<App, 'url' | 'metricsUrl'>> {
  const { part = 'all' } = options;
  const urls = await prepareDatabase(settings, onClose);
  const wired = wire(withKeptKey(settings), urls, options);
  onClose(() => wired.services.cache.close());
  onClose(() => wired.services.rateLimits.close());
  onClose(wired.closeAsk);
  await naming('APP_DATABASE_URL', urls.app, () => open(wired.tenants, onClose));
  await naming('SYSTEM_DATABASE_URL', urls.system, () => open(wired.services.directory, onClose));
  for (const source of wired.controls) await open(source, onClose);
  for (const module of wired.modules) {
    const stop = module.start?.();
    if (stop) onClose(stop);
  }
  if (part !== 'http') {
    const worker = await startJobs(urls, wired);
    onClose(() => worker.stop());
  }
  const metricsUrl = await tellMetrics(wired, onClose);
  return { url: part === 'worker' ? undefined : await serve(wired, onClose), metricsUrl };
}

/** Beside an embedded database we look after the key of secrets as well. */
function withKeptKey(settings: Settings): Settings {
  if (settings.databaseUrl || settings.secretKeys.length > 0) return settings;
  return { ...settings, secretKeys: [keptSecretKey(settings.dataDir)] };
}

async function tellMetrics({ services, tenants }: Wired, onClose: OnClose): Promise<string | undefined> {
  const { metrics, directory, settings, log } = services;
  if (settings.metricsPort === undefined) return undefined;
  metrics.watchProcess();
  metrics.watchConnections({ app: tenants, system: directory });
  const server = await serveMetrics(metrics, { port: settings.metricsPort, host: settings.host }, log);
  onClose(() => server.close());
  return server.url;
}

async function prepareDatabase(settings: Settings, onClose: OnClose): Promise<RoleUrls> {
  let owner = settings.databaseUrl;
  if (!owner) {
    const embedded = await startEmbeddedPostgres(settings.dataDir);
    onClose(() => embedded.stop());
    owner = embedded.url;
  }
  await naming('DATABASE_URL', owner, () => migrate(owner));
  const derived = roleUrls(owner);
  return {
    app: settings.appDatabaseUrl ?? derived.app,
    system: settings.systemDatabaseUrl ?? derived.system,
  };
}

/** Says of a connection that does not come about which variable it is that leads there. */
async function naming(variable: string, url: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw explainConnection(error, variable, url);
  }
}

/** Everything made and connected to each other, with nothing opened yet. */
export interface Wired {
  services: Services;
  modules: Module[];
  /** The app role's connections. */
  tenants: DataSource;
  /** Connections of each role that no request can take: to look whether the database answers, and to cancel statements. */
  controls: [app: DataSource, system: DataSource];
  /** Ends the connections to other servers. */
  closeAsk: () => Promise<void>;
}

/** Makes every part and hands each what it needs. */
export function wire(
  settings: Settings,
  urls: RoleUrls,
  { log, clock = systemClock, getText, resolve }: AppOptions,
): Wired {
  const onConnectionError = (error: unknown): void =>
    log.warn({ err: error }, 'a database connection was lost');
  const connection = {
    poolSize: settings.databasePoolSize,
    statementSeconds: settings.databaseStatementSeconds,
    onConnectionError,
  };
  const tenants = createDataSource({ url: urls.app, name: 'coterie app', ...connection });
  const directory = createDataSource({ url: urls.system, name: 'coterie system', ...connection });
  const control = { name: 'coterie control', poolSize: 2, statementSeconds: 5, onConnectionError };
  const controls: Wired['controls'] = [
    createDataSource({ url: urls.app, ...control }),
    createDataSource({ url: urls.system, ...control }),
  ];
  const metrics = new Metrics();
  const meter = new UsageMeter(clock);
  const cache = metrics.watchCache(
    settings.redisUrl ? createRedisCache(settings.redisUrl, log) : createMemoryCache(),
  );
  const network = createNetwork(settings.privateNetworks, resolve);
  const { ask, close: closeAsk } = createAsk(network);
  const core = {
    settings,
    log,
    clock,
    cache,
    metrics,
    directory,
    enqueue,
    secrets: createSecretBox(settings.secretKeys),
    network,
    ask,
    getText: getText ?? createGetText(ask),
    rateLimits: new RateLimits(settings.rateLimits, settings.redisUrl, log),
    meter,
    withWorkspace: createWithWorkspace(tenants, {
      meter,
      perWorkspace: Math.floor(settings.databasePoolSize / 2),
      cancel: createCancel(controls[0]),
    }),
  };
  const { createModule: createUsageModule, quotas } = createUsage(core);
  const { createModule: createAccessModule, ...access } = createAccess({ ...core, quotas });
  const services: Services = { ...core, quotas, ...access };
  const modules = [createAccessModule, createUsageModule, ...createModules].map((create) => create(services));
  tenants.setOptions({ entities: modules.flatMap((module) => module.entities ?? []) });
  return { services, modules, tenants, controls, closeAsk };
}

async function open(source: DataSource, onClose: OnClose): Promise<void> {
  await source.initialize();
  onClose(() => source.destroy());
  await assertBoundByRowSecurity(source);
}

async function startJobs(urls: RoleUrls, { services, modules }: Wired): Promise<Worker> {
  const { log, metrics } = services;
  const all = (kind: 'tasks' | 'longTasks'): Record<string, Task> =>
    Object.assign({}, ...modules.map((module) => module[kind] ?? {}));
  const tasks = { tasks: all('tasks'), longTasks: all('longTasks') };
  return startWorker({ url: urls.system, ...tasks, crontab, concurrency: 2, log, metrics });
}

async function serve({ services, modules, controls }: Wired, onClose: OnClose): Promise<string> {
  const { settings, log, cache } = services;
  let draining = false;
  const server: FastifyInstance = createHttpServer({ log, trustProxy: settings.trustProxy });
  services.metrics.watchRequests(server);
  services.rateLimits.addHeaders(server);
  addHealthRoutes(server, { databases: controls, cache, isDraining: () => draining });
  for (const module of modules) await module.routes?.(server);
  await addGraphql(server, services, modules);
  await serveScript(
    server,
    '/coterie.js',
    join(import.meta.dirname, '../../packages/tracker/dist/coterie.js'),
  );
  await serveDashboard(server, join(import.meta.dirname, '../../dashboard/dist'));
  onClose(async () => {
    draining = true;
    await server.close();
  });
  return listen(server, settings);
}
