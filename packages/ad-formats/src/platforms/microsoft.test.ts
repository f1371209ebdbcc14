import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import { createMicrosoft } from './microsoft.js';
import { describePlatform } from './platform.contract.js';

const microsoft = createMicrosoft();

describePlatform(microsoft);

describe('Microsoft', () => {
  test('takes one column of addresses', () => {
    expect(microsoft.headers()).toEqual(['Email']);
    expect(microsoft.row({ emails: [' Dana+x@Example.com '], phones: [] })).toEqual([
      sha256('dana+x@example.com'),
    ]);
    expect(createMicrosoft({ header: 'Hashed Email' }).headers()).toEqual(['Hashed Email']);
  });

  test('needs 300 people', () => {
    expect(microsoft.minimumSize).toBe(300);
  });
});
