import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enqueue, mostMessages, nextEntries, requestBytes } from './queue.js';
import { keysFrom, prefix, remove } from './storage.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  keysFrom(prefix).forEach(remove);
});

const none = (): boolean => false;
const waiting = (): string[] => nextEntries(none).map(({ message }) => message);

describe('the queue', () => {
  it('gives messages in the order in which they came, within a millisecond and beyond', () => {
    for (let index = 0; index < 30; index += 1) {
      enqueue(`${index}`, 'id');
      if (index % 10 === 0) vi.advanceTimersByTime(1);
    }
    expect(waiting()).toEqual(Array.from({ length: 30 }, (_, index) => `${index}`));
  });

  it('leaves out what is under way', () => {
    ['a', 'b', 'c'].forEach((message) => enqueue(message, message));
    const [, second] = nextEntries(none);
    expect(nextEntries((key) => key === second!.key).map(({ message }) => message)).toEqual(['a', 'c']);
  });

  it('holds the newest, by number and by size', () => {
    for (let index = 0; index < mostMessages + 5; index += 1) enqueue(`${index}`, 'id');
    expect(waiting()).toHaveLength(mostMessages);
    expect(waiting()[0]).toBe('5');
    const large = 'x'.repeat(30_000);
    for (let index = 0; index < 20; index += 1) enqueue(large, 'id');
    expect(keysFrom(prefix)).toHaveLength(16);
  });

  it('drops what has waited for a week', () => {
    enqueue('old', 'id');
    vi.advanceTimersByTime(7 * 864e5);
    enqueue('new', 'id');
    expect(waiting()).toEqual(['old', 'new']);
    vi.advanceTimersByTime(1);
    enqueue('newer', 'id');
    expect(waiting()).toEqual(['new', 'newer']);
  });

  it('fills a request up to its limit in bytes, and refuses what never fits', () => {
    const half = 'ä'.repeat(requestBytes / 4 - 1);
    ['a', 'b', 'c'].forEach((id) => enqueue(half, id));
    expect(waiting()).toHaveLength(2);
    enqueue('x'.repeat(requestBytes), 'id');
    expect(() => enqueue('x'.repeat(requestBytes + 1), 'id')).toThrow('too large');
  });
});
