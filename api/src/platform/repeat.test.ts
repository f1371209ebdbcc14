import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { repeat } from './repeat.js';

const ignore = (): void => undefined;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('does the work every so often, and once more when it is stopped', async () => {
  const work = vi.fn<() => Promise<void>>(async () => undefined);
  const repeated = repeat(1000, work, ignore);
  await vi.advanceTimersByTimeAsync(3500);
  expect(work).toHaveBeenCalledTimes(3);
  await repeated.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(work).toHaveBeenCalledTimes(4);
});

it('waits for work that is under way, and does it twice at no time', async () => {
  let running = 0;
  let most = 0;
  const work = vi.fn<() => Promise<void>>(async () => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setTimeout(resolve, 5000));
    running -= 1;
  });
  const repeated = repeat(1000, work, ignore);
  await vi.advanceTimersByTimeAsync(2000);
  const stopped = repeated.stop();
  await vi.advanceTimersByTimeAsync(20_000);
  await stopped;
  expect(work).toHaveBeenCalledTimes(2);
  expect(most).toBe(1);
});

it('tells of work that failed, and goes on', async () => {
  const onError = vi.fn<(error: unknown) => void>();
  const work = vi.fn<() => Promise<void>>(async () => Promise.reject(new Error('no')));
  const repeated = repeat(1000, work, onError);
  await vi.advanceTimersByTimeAsync(2500);
  expect(onError).toHaveBeenCalledTimes(2);
  await repeated.stop();
  expect(onError).toHaveBeenCalledTimes(3);
});
