/**
 * `pnpm test`: everything. `pnpm test NAME`: one suite (a folder of test/), or the unit tests of one package or of the API.
 * PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, or are started for the run: see test/support/servers.ts.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkMachine, fail, need, root, run } from './tools.mjs';

const folders = (path) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['node_modules', 'support'].includes(entry.name))
    .map((entry) => entry.name);
const suites = folders('test');
const packages = folders('packages');

checkMachine();
const [name, ...rest] = process.argv.slice(2);
const places = name === undefined ? [] : [placeOf(name)];
const isUnit = places.some((place) => !place.startsWith('test/'));
if (!isUnit) prepareSuites();
if (name === undefined) run('pnpm', ['run', 'check']);
run('vitest', ['run', ...places, ...rest]);

function placeOf(wanted) {
  if (suites.includes(wanted)) return `test/${wanted}/`;
  if (packages.includes(wanted)) return `packages/${wanted}/`;
  if (wanted === 'api') return 'api/src/';
  if (existsSync(join(root, wanted))) return wanted;
  return fail(
    `There is no suite ${wanted}.\n  Suites:   ${suites.join(', ')}\n  Packages: ${packages.join(', ')}, api`,
  );
}

/** What suites need beside PostgreSQL: a Redis, the build that they start, and a browser for pages. */
function prepareSuites() {
  if (!process.env.REDIS_URL) need('redis-server', 'redis-server');
  if (name === undefined || name.includes('e2e')) need('chromium', 'chromium');
  build();
}
