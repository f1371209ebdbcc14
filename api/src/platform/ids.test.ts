import { describe, expect, it } from 'vitest';
import { isId, newId } from './ids.js';

describe('newId', () => {
  const ids = Array.from({ length: 20_000 }, newId);

  it('makes UUIDs of version 7, of now, no two alike', () => {
    expect(ids.every((id) => isId(id) && id[14] === '7' && /[89ab]/.test(id[19]!))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    const made = Number.parseInt(ids.at(-1)!.replaceAll('-', '').slice(0, 12), 16);
    expect(Math.abs(Date.now() - made)).toBeLessThan(10_000);
  });

  it('makes ids that sort in the order in which they were made', () => {
    expect([...ids].sort()).toEqual(ids);
  });

  it('leaves the rest to chance: one id does not tell the next', () => {
    expect(new Set(ids.map((id) => id.slice(-12))).size).toBe(ids.length);
  });
});
