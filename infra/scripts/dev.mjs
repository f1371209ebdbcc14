/** `pnpm dev`: the API from its sources on port 4000, started anew when they change, and Vite with the dashboard on 5173. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { build, checkMachine, environment, root } from './tools.mjs';

checkMachine();
build('@coterie/api^...', '@coterie/dashboard^...', '@coterie/tracker');
const parts = [
  start('api', 'node', ['--watch', '--import', '@oxc-node/core/register', 'src/main.ts']),
  start('dashboard', 'vite', []),
];
// Ctrl-C reaches both by itself; this passes on what is sent to this process alone.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => parts.forEach((part) => part.kill(signal)));

/** One of them alone is of no use: the other ends with it. */
function start(folder, command, args) {
  const part = spawn(command, args, {
    cwd: join(root, folder),
    stdio: 'inherit',
    env: { ...environment, DATA_DIR: process.env.DATA_DIR || join(root, '.data') },
  });
  part.on('exit', () => parts.forEach((other) => other.kill('SIGTERM')));
  return part;
}
