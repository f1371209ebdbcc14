import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The folder that everything is in. */
export const root = join(import.meta.dirname, '../..');

/** A Coterie in a process of its own. */
export interface CoterieProcess {
  process: ChildProcess;
  /** Where it answers once it is ready. */
  url: string;
  /** Everything it has printed. */
  output(): string;
  /** Waits until `/readyz` answers; fails with the output when the process ends instead. */
  ready(): Promise<void>;
  /** Waits until it has ended, and gives its exit code; after a signal and not by itself: null. */
  ended(): Promise<number | null>;
}

/** How a process is started. */
export interface ProcessOptions {
  /** What to run; the built API unless given. */
  command?: string[];
  /** Where to run it; the project's folder unless given. */
  cwd?: string;
  /** Who runs it; the same who runs the tests unless given. */
  user?: { uid: number; gid: number };
  /** Variables beside PATH, HOME and a free PORT. */
  environment?: Record<string, string>;
}

/** Starts Coterie with no more of the environment than it is given. */
export async function startProcess(options: ProcessOptions = {}): Promise<CoterieProcess> {
  const [command, ...args] = options.command ?? [process.execPath, 'api/dist/main.js'];
  const { PATH = '', HOME = '' } = process.env;
  const port = String(await freePort());
  const child = spawn(command!, args, {
    cwd: options.cwd ?? root,
    ...options.user,
    env: { PATH, HOME, PORT: port, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece: Buffer) => (output += piece.toString()));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${options.environment?.['PORT'] ?? port}`;
  return {
    process: child,
    url,
    output: () => output,
    ended: () => exit,
    async ready() {
      while (!(await answers(`${url}/readyz`))) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`Coterie has ended before it was ready:\n${output}`);
        await sleep(50);
      }
    },
  };
}

/** Whether something is served there. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** A port of the loopback address that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}
