import { startApp, type App, type Part } from './app.js';
import { createLog } from './platform/log.js';
import { BadSettings, readSettings, type Settings } from './settings.js';

const parts: Part[] = ['all', 'http', 'worker'];
/** How long a stop may take before it is forced, in milliseconds. */
const stopWithin = 30_000;

await main();

async function main(): Promise<void> {
  const part = (process.argv[2] ?? 'all') as Part;
  if (!parts.includes(part)) refuse(`Say what to run: ${parts.join(', ')}.`);
  const settings = settingsOrExit();
  const log = createLog(settings.logLevel);
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  // From here on a signal is heard, also one that comes while everything still starts.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped.resolve(signal);
      process.once(signal, () => process.exit(1));
    });
  }
  try {
    const app = await startApp(settings, { part, log });
    announce(app, part);
    await stop(app, await stopped.promise);
  } catch (error) {
    log.fatal({ err: error }, 'Coterie could not start');
    process.exitCode = 1;
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (error instanceof BadSettings) refuse(error.message);
    throw error;
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function announce(app: App, part: Part): void {
  process.stdout.write(app.url ? `Coterie is ready at ${app.url}\n` : `Coterie's ${part} is ready\n`);
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
