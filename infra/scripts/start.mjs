/** `pnpm start [all|http|worker|demo]`: builds what has changed and runs Coterie in this process. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkMachine, parts, root } from './tools.mjs';

checkMachine();
const isFirst = !existsSync(join(root, 'api/dist')) || !existsSync(join(root, 'dashboard/dist'));
if (isFirst) process.stdout.write('Building Coterie: the first time takes about half a minute …\n');
build(...parts);
stopWithCallers();
process.chdir(root);
await import('../../api/dist/main.js');

/**
 * npx and pnpm do not pass a SIGTERM on: somebody who stops only them would leave Coterie behind, and find its port
 * and its data folder taken. So it ends when one of those that called it has gone.
 */
function stopWithCallers() {
  const callers = findCallers();
  if (callers.length === 0) return;
  const watch = setInterval(() => {
    if (callers.every(isAlive)) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  watch.unref();
}

/** The processes of pnpm and npx above this one. Linux tells them by name; elsewhere none is found. */
function findCallers() {
  const callers = [];
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
    const name = readProcess(pid, 'comm').trim();
    if (name === 'sh') continue;
    const isNpx = name.startsWith('npm exec');
    if (isNpx || name === 'pnpm') callers.push(pid);
    if (isNpx || name !== 'pnpm') break;
  }
  return callers;
}

function parentOf(pid) {
  return Number(/^PPid:\s*(\d+)$/m.exec(readProcess(pid, 'status'))?.[1] ?? 0);
}

function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
