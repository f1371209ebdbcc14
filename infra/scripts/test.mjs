/**
 * `pnpm test`: everything. `pnpm test NAME`: one suite (a folder of test/), or the unit tests of one package or of the API.
 * PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, or are started for the run: see test/support/servers.ts.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMachine, fail, need, root, run } from './tools.mjs';

const folders = (path) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'support', 'src'].includes(entry.name))
    .map((entry) => entry.name);
const suites = folders('test');
const packages = folders('packages');

checkMachine();
if (!process.env.REDIS_URL) need('redis-server', 'redis-server');
const [name, ...rest] = process.argv.slice(2);
if (name === undefined) testEverything();
else vitest(placeOf(name), rest);

function testEverything() {
  run('turbo', ['run', 'build', '--output-logs=errors-only', '--log-order=grouped']);
  run('pnpm', ['run', 'check']);
  if (suites.includes('e2e')) need('chromium', 'chromium');
  vitest([], []);
}

function placeOf(wanted) {
  if (suites.includes(wanted)) {
    if (wanted === 'e2e') need('chromium', 'chromium');
    run('turbo', ['run', 'build', '--output-logs=errors-only', '--log-order=grouped']);
    return [`test/${wanted}/`];
  }
  if (packages.includes(wanted)) return [`packages/${wanted}/`];
  if (wanted === 'api') return ['api/src/'];
  if (existsSync(join(root, wanted))) return [wanted];
  return fail(
    `There is no suite ${wanted}. Suites: ${suites.join(', ')}; packages: ${packages.join(', ')}, api.`,
  );
}

function vitest(filters, options) {
  run('vitest', ['run', ...filters, ...options]);
}
