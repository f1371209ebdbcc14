/** `pnpm bench NAME [--json]`: runs infra/bench/NAME.ts; FULL=1 takes the full size. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMachine, fail, need, root, run } from './tools.mjs';

checkMachine();
if (!process.env.REDIS_URL) need('redis-server', 'redis-server');
const folder = join(root, 'infra/bench');
const [name, ...rest] = process.argv.slice(2);
if (!name || !existsSync(join(folder, `${name}.ts`))) {
  const known = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  fail(`Say which benchmark: ${known.map((file) => file.replace('.ts', '')).join(', ')}.`);
}
const quiet = rest.includes('--json') ? { stdio: ['ignore', 'ignore', 'inherit'] } : {};
run(
  'turbo',
  ['run', 'build', '--filter=@coterie/api', '--output-logs=errors-only', '--log-order=grouped'],
  quiet,
);
run('node', ['--import', '@oxc-node/core/register', join(folder, `${name}.ts`), ...rest], {
  cwd: join(root, 'api'),
});
