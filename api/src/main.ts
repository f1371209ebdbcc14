import { startApp, type App, type Part } from './app.js';
import { ensureDemonstration, isUntouched } from './modules/demo/index.js';
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
    const [, , what = 'all'] = process.argv;
    await run(what, readSettings(process.env));
  } catch (error) {
    if (error instanceof CannotStart) process.stderr.write(`${error.message}\n`);
    else createLog('fatal').fatal({ err: error }, 'Coterie could not start');
    process.exitCode = 1;
  }
}

/** @param what a part; or `demo`, which is all of them with the demonstration. */
async function run(what: string, settings: Settings): Promise<void> {
  const part = what === 'demo' ? 'all' : parts.find((each) => each === what);
  if (!part) throw new CannotStart(`Say what to run: ${[...parts, 'demo'].join(', ')}.`);
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
  if (what === 'demo') await demonstrate(app, settings, stopped.promise);
  else if (app.url && settings.signUp === 'first' && (await isUntouched(app.url)))
    process.stdout.write(offer);
  await stop(app, await stopped.promise);
}

const offer =
  '  Empty  create your organization there, or start with `demo` to see one with half a year of data\n';

/** Loads the demonstration while Coterie runs; a signal does not wait for it. */
async function demonstrate(app: App, { dataDir }: Settings, stopped: Promise<unknown>): Promise<void> {
  const begun = Date.now();
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const loading = ensureDemonstration({
    url: app.url!,
    dataDir,
    until: new Date(begun),
    onProgress: (text) => say(`  ${text}`),
  }).then((demonstration) => {
    if (!demonstration) {
      return say('The demonstration was not loaded: there is an organization already. Use another DATA_DIR.');
    }
    const { email, password, loaded } = demonstration;
    if (loaded) {
      const seconds = Math.round((Date.now() - begun) / 1000);
      say(
        `The demonstration is loaded: ${loaded.contacts} contacts, ${loaded.companies} companies and ${loaded.events} events in ${seconds} s`,
      );
    }
    return say(`  Sign in with ${email} and ${password}`);
  });
  const settled = loading.catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The demonstration could not be loaded whole: ${reason}\n  Start with \`demo\` again to go on.`);
  });
  await Promise.race([settled, stopped]);
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
