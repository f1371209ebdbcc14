/** What the scripts share. They run before anything is built, and must at least say so on a Node.js that is too old. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends with a message for people when the machine cannot run Coterie. */
export function checkMachine() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 24) {
    fail(
      `Coterie needs Node.js 24 or newer; this is ${process.version}. On Linux it comes with the dependencies ` +
        '(start with `npx -y pnpm@12.21.0 start`); elsewhere, put it on PATH.',
    );
  }
  if (!existsSync(join(root, 'node_modules/.bin/turbo'))) {
    fail(
      'The dependencies are not installed, and installing them failed: see above. Is the npm registry in reach?',
    );
  }
}

/** Prints the message and ends with an error. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** The environment in which our commands find each other, and in which turbo tells nobody about its use. */
export const environment = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
};

/** Runs a command of ours in the foreground and ends with its exit code when it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: environment,
    ...options,
  });
  if (error) fail(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** What a running Coterie consists of: what answers, and what it hands to browsers. */
export const parts = ['@coterie/api', '@coterie/dashboard', '@coterie/tracker'];

/** Builds what has changed, of everything or of what the filters select. Says nothing unless it fails. */
export function build(...filters) {
  const args = ['run', 'build', ...filters.map((filter) => `--filter=${filter}`)];
  const { status, signal, stdout, stderr, error } = spawnSync(
    'turbo',
    [...args, '--output-logs=errors-only', '--log-order=grouped'],
    {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (error) fail(`turbo: ${error.message}`);
  if (signal) process.exit(1);
  if (status !== 0) {
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    fail('Coterie could not be built: see above.');
  }
}

/** Whether a program is on PATH. */
export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Makes sure that a program is there, installing Debian's package when it is not. Ends with a clear error otherwise. */
export function need(program, debianPackage) {
  if (onPath(program)) return;
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    const quiet = { stdio: ['ignore', 'ignore', 'inherit'] };
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], quiet);
  }
  if (!onPath(program)) fail(`The tests need ${program} on PATH (Debian's package: ${debianPackage}).`);
}
