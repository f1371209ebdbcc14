/**
 * `pnpm test`: everything. `pnpm test NAME`: one suite (a folder of test/), the unit tests of one package, of the API or of the dashboard;
 * both, where a suite is named after a package.
 * PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, or are started for the run: see test/support/servers.ts.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkMachine, fail, need, root, run } from './tools.mjs';

const folders = (path) =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\..*|node_modules|support)$/.test(entry.name))
    .map((entry) => entry.name);
const suites = folders('test');
const packages = folders('packages');

checkMachine();
const [name, ...rest] = process.argv.slice(2);
const places = name === undefined ? [] : placesOf(name);
const isUnit = places.length > 0 && places.every((place) => !place.startsWith('test/'));
if (!isUnit) prepareSuites();
if (name === undefined) run('pnpm', ['run', 'check']);
run('vitest', ['run', ...places, ...rest]);

function placesOf(wanted) {
  const found = [];
  if (suites.includes(wanted)) found.push(`test/${wanted}/`);
  if (packages.includes(wanted)) found.push(`packages/${wanted}/`);
  if (wanted === 'api' || wanted === 'dashboard') found.push(`${wanted}/src/`);
  if (found.length > 0) return found;
  if (existsSync(join(root, wanted))) return [wanted];
  return fail(
    `There is no suite ${wanted}.\n  Suites:   ${suites.join(', ')}\n  Packages: ${packages.join(', ')}, api, dashboard`,
  );
}

/** What suites need beside PostgreSQL: a Redis, the build that they start, and a browser for pages. */
function prepareSuites() {
  if (!process.env.REDIS_URL) need('redis-server', 'redis-server');
  const wanted = suites.filter(
    (suite) => name === undefined || places.some((place) => place.startsWith(`test/${suite}`)),
  );
  if (wanted.some(opensPages)) need('chromium', 'chromium');
  build();
}

/** A suite that opens pages says so by what it imports. */
function opensPages(suite) {
  const folder = join(root, 'test', suite);
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return sources.some((file) => readFileSync(join(folder, file), 'utf8').includes('support/browser'));
}
