import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A Coterie in a process of its own, as it runs in production. */
export interface ServerProcess {
  url: string;
  /** Ends the process with a signal; resolves with its exit code, null when the signal ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

/**
 * Starts the built API. What it logs goes to this process's standard error.
 * @param environment its settings, such as DATABASE_URL; PORT is a free one unless given.
 * @param nodeOptions for Node.js itself, such as `--cpu-prof`.
 */
export async function startServerProcess(
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Promise<ServerProcess> {
  const main = join(import.meta.dirname, '../../api/dist/main.js');
  const child = spawn(process.execPath, [...nodeOptions, main, 'http'], {
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const url = await Promise.race([addressIn(child.stdout), exited.then(failed)]);
  return {
    url,
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code as number | null;
    },
  };
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface(output);
  for await (const line of lines) {
    const url = /ready at (\S+)/.exec(line)?.[1];
    if (url) {
      // Nobody reads on, but a full pipe must not stop the process.
      output.resume();
      return url;
    }
  }
  throw new Error('The server ended before it was ready.');
}

function failed([code, signal]: unknown[]): never {
  throw new Error(`The server did not start: ${String(code ?? signal)}.`);
}
