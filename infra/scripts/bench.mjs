/** `pnpm bench NAME [--json]`: runs infra/bench/NAME.ts; FULL=1 takes the full size. Without NAME: lists them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkMachine, fail, need, root, run } from './tools.mjs';

checkMachine();
const folder = join(root, 'infra/bench');
const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace('.ts', ''));
const [name, ...rest] = process.argv.slice(2);
if (name === undefined) list();
else if (benches.includes(name)) runBench();
else fail(`There is no benchmark ${name}. Benchmarks: ${benches.join(', ')}.`);

function list() {
  const width = Math.max(...benches.map((bench) => bench.length));
  const lines = benches.map((bench) => `  ${bench.padEnd(width)}  ${summaryOf(bench)}\n`);
  process.stdout.write(`pnpm bench NAME [--json]; with FULL=1 at full size\n\n${lines.join('')}`);
}

/** The first line of the comment that each of them begins with. */
function summaryOf(bench) {
  const text = readFileSync(join(folder, `${bench}.ts`), 'utf8');
  return /^\/\*\*\s*(?:\* )?(.+)/.exec(text)?.[1] ?? '';
}

function runBench() {
  if (!process.env.REDIS_URL) need('redis-server', 'redis-server');
  build('@coterie/api', '@coterie/lookalike', '@coterie/dashboard');
  run('node', ['--import', '@oxc-node/core/register', join(folder, `${name}.ts`), ...rest], {
    cwd: join(root, 'api'),
  });
}
