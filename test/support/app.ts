import 'reflect-metadata';
import { startApp, type App, type AppOptions } from '../../api/src/app.js';
import { createLog } from '../../api/src/platform/log.js';
import type { RatePolicy } from '../../api/src/platform/limits/rate-limits.js';
import { readSettings, type Settings } from '../../api/src/settings.js';
import { createTestDatabase, variable, type TestDatabase } from './database.js';

/** A Coterie with a database of its own, on a free port. */
export interface TestApp {
  url: string;
  database: TestDatabase;
  settings: Settings;
  app: App;
  /** Stops it cleanly, which writes down what it has counted, and starts it again, at another url. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** What secrets are kept with, unless a test has its own. */
export const testSecretKey = Buffer.alloc(32, 7);

/** No rate limit at all. */
export const unlimited: RatePolicy = { requests: 0, cost: 0, tracking: 0, address: 0 };

/** Starts Coterie in this process, on real servers. */
export async function startTestApp(
  changes: Partial<Settings> = {},
  options: Partial<AppOptions> = {},
): Promise<TestApp> {
  const database = await createTestDatabase();
  const settings: Settings = {
    ...readSettings({
      PORT: '0',
      DATABASE_URL: database.url,
      REDIS_URL: variable('REDIS_URL'),
      SIGN_UP: 'open',
    }),
    // Suites ask faster than people and programs do.
    rateLimits: unlimited,
    secretKeys: [testSecretKey],
    ...changes,
  };
  const start = (): Promise<App> =>
    startApp(settings, { log: createLog(process.env['TEST_LOG'] ?? 'silent'), ...options });
  const app = await start();
  const opened: TestApp = {
    url: app.url ?? '',
    database,
    settings,
    app,
    async restart() {
      await opened.app.close();
      opened.app = await start();
      opened.url = opened.app.url ?? '';
    },
    async close() {
      await opened.app.close();
      await database.drop();
    },
  };
  return opened;
}
