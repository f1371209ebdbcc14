import { Worker } from 'node:worker_threads';
import { Failure } from '../../../platform/errors.js';
import type { FromThread, Grown, ToThread } from './protocol.js';

/** Sources run as they are in tests: the thread's file then has the ending that this one has. */
const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** A thread that grows one lookalike. */
export interface GrowingThread {
  tell(message: ToThread): void;
  /** Settles when it is grown. Throws INVALID_INPUT for a seed of which nothing can be grown, in words. */
  grown: Promise<Grown>;
  end(): Promise<void>;
}

/** Starts it. It ends itself when `signal` is aborted. */
export function startGrowing(signal: AbortSignal, onProgress: (done: number) => void): GrowingThread {
  const cancelled = new SharedArrayBuffer(4);
  const thread = new Worker(new URL(`./training-worker.${ending}`, import.meta.url), {
    workerData: { cancelled },
  });
  const cancel = (): void => void Atomics.store(new Int32Array(cancelled), 0, 1);
  signal.addEventListener('abort', cancel, { once: true });
  const grown = new Promise<Grown>((resolve, reject) => {
    thread.on('message', (message: FromThread) => {
      if (message.kind === 'progress') onProgress(message.done);
      if (message.kind === 'grown') resolve(message.grown);
      if (message.kind === 'refused') reject(new Failure('INVALID_INPUT', message.message));
    });
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('the thread has ended')));
  });
  // Whoever waits for it hears of it; until somebody does, it is no defect.
  grown.catch(() => undefined);
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
    tell: (message) => thread.postMessage(message),
    grown,
    async end() {
      signal.removeEventListener('abort', cancel);
      cancel();
      await thread.terminate();
    },
  };
}
