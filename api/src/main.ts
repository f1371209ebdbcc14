import { startApp, type App, type Part } from './app.js';
import { ensureDemonstration, isUntouched, type Demonstration } from './modules/demo/index.js';
import { placeOf } from './platform/database/explain-connection.js';
import { CannotStart } from './platform/errors.js';
import { createLog } from './platform/log.js';
import { readSettings, type Settings } from './settings.js';

const parts: Part[] = ['all', 'http', 'worker'];
/** How long a stop may take before it is forced, in milliseconds. */
const stopWithin = 30_000;

/** What a start says that has found an empty database. */
const offer =
  '  Empty  create your organization there, or start with `demo` to see one with half a year of data';

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
  else if (app.url && settings.signUp === 'first' && (await isUntouched(app.url))) say(offer);
  await stop(app, await stopped.promise);
}

/** Loads the demonstration while Coterie runs; a signal does not wait for it. */
async function demonstrate(app: App, { dataDir }: Settings, stopped: Promise<unknown>): Promise<void> {
  const until = new Date();
  const loading = ensureDemonstration({
    url: app.url!,
    dataDir,
    until,
    onProgress: (text) => say(`  ${text}`),
  })
    .then((demonstration) => describeDemonstration(demonstration, until))
    .catch(
      (error: unknown) =>
        `The demonstration could not be loaded whole: ${error instanceof Error ? error.message : String(error)}\n` +
        '  Start with `demo` again to go on',
    );
  const outcome = await Promise.race([loading, stopped.then(() => undefined)]);
  if (outcome !== undefined) say(outcome);
}

function describeDemonstration(demonstration: Demonstration | undefined, begun: Date): string {
  if (!demonstration)
    return 'The demonstration was not loaded: there is an organization already. Use another DATA_DIR.';
  const { email, password, loaded } = demonstration;
  const signIn = `  Sign in with ${email} and ${password}`;
  if (!loaded) return signIn;
  const seconds = Math.round((Date.now() - begun.getTime()) / 1000);
  const what = `${loaded.contacts} contacts, ${loaded.companies} companies and ${loaded.events} events`;
  return `The demonstration is loaded: ${what} in ${seconds} s\n${signIn}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function announce(app: App, part: Part, settings: Settings): void {
  const { databaseUrl, redisUrl, dataDir, port, baseUrl } = settings;
  const place = port === 0 ? app.url : baseUrl;
  const facts = [
    app.url ? `Coterie is ready at ${place}` : `Coterie's ${part} is ready`,
    `  Data   ${databaseUrl ? `PostgreSQL at ${placeOf(databaseUrl)}` : `in ${dataDir} (embedded PostgreSQL)`}`,
    `  Cache  ${redisUrl ? `Redis at ${redisUrl.split(',').map(placeOf).join(', ')}` : 'in this process (no REDIS_URL)'}`,
    ...(app.metricsUrl ? [`  Metrics at ${app.metricsUrl}`] : []),
    '  Stop   Ctrl-C',
  ];
  say(facts.join('\n'));
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
