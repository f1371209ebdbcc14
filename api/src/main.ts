import { startApp, type App, type Part } from './app.js';
import { placeOf } from './platform/database/explain-connection.js';
import { CannotStart } from './platform/errors.js';
import { createLog } from './platform/log.js';
import { readSettings, type Settings } from './settings.js';

const parts: Part[] = ['all', 'http', 'worker'];
/** How long a stop may take before it is forced, in milliseconds. */
const stopWithin = 30_000;

await main();

async function main(): Promise<void> {
  try {
    await run((process.argv[2] ?? 'all') as Part, readSettings(process.env));
  } catch (error) {
    if (error instanceof CannotStart) process.stderr.write(`${error.message}\n`);
    else createLog('fatal').fatal({ err: error }, 'Coterie could not start');
    process.exitCode = 1;
  }
}

async function run(part: Part, settings: Settings): Promise<void> {
  if (!parts.includes(part)) throw new CannotStart(`Say what to run: ${parts.join(', ')}.`);
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  // From here on a signal is heard, also one that comes while everything still starts. SIGHUP: the terminal was closed.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stopped.resolve(signal);
      process.once(signal, () => process.exit(1));
    });
  }
  const app = await startApp(settings, { part, log: createLog(settings.logLevel) });
  announce(app, part, settings);
  await stop(app, await stopped.promise);
}

function announce(app: App, part: Part, settings: Settings): void {
  const { databaseUrl, redisUrl, dataDir, port, baseUrl } = settings;
  const place = port === 0 ? app.url : baseUrl;
  const facts = [
    app.url ? `Coterie is ready at ${place}` : `Coterie's ${part} is ready`,
    `  Data   ${databaseUrl ? `PostgreSQL at ${placeOf(databaseUrl)}` : `in ${dataDir} (embedded PostgreSQL)`}`,
    `  Cache  ${redisUrl ? `Redis at ${placeOf(redisUrl)}` : 'in this process (no REDIS_URL)'}`,
    ...(app.metricsUrl ? [`  Metrics at ${app.metricsUrl}`] : []),
    '  Stop   Ctrl-C',
  ];
  process.stdout.write(`${facts.join('\n')}\n`);
}

async function stop(app: App, signal: NodeJS.Signals): Promise<void> {
  process.stdout.write(`${signal}: finishing what is under way\n`);
  const forced = setTimeout(() => {
    process.stderr.write(`Not stopped after ${stopWithin / 1000} s: giving up\n`);
    process.exit(1);
  }, stopWithin);
  await app.close();
  clearTimeout(forced);
  process.stdout.write('Coterie has stopped\n');
}
