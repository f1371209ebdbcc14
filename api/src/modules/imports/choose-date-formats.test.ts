import { describe, expect, it } from 'vitest';
import { chooseDateFormats } from './choose-date-formats.js';
import type { DateFormat } from './date-format.js';

const fields = ['signed_up_at', 'birthday', 'last_seen_at'].map((target) => ({
  target,
  label: target,
  standard: true,
  type: 'date' as const,
}));

function choose(samples: string[][], explicit: Record<string, DateFormat> = {}): (string | null)[] {
  const columns = {
    headers: ['Email', 'Created', 'Born', 'Seen'],
    targets: ['email', 'signed_up_at', 'birthday', 'last_seen_at'],
    samples: [['a@example.com'], ...samples],
  };
  return chooseDateFormats(columns, fields, { explicit });
}

describe('chooseDateFormats', () => {
  it('finds the format of each column that goes to a date', () => {
    expect(choose([['2026-03-05'], ['31.12.1990'], ['1772720520000']])).toEqual([
      null,
      'iso',
      'day_first',
      'epoch_millis',
    ]);
  });

  it('reads a column that could be either like the others of the file', () => {
    expect(choose([['05/06/2026'], ['12/31/1990'], []])).toEqual([null, 'month_first', 'month_first', 'iso']);
  });

  it('guesses nothing where no column says', () => {
    const problems = ['Created', 'Seen'].map((header) =>
      expect.objectContaining({ path: `mapping.${header}` }),
    );
    expect(() => choose([['05/06/2026'], [], ['05/06/2026']])).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'mapping.Created', problems }),
    );
  });

  it('does as it is told', () => {
    expect(choose([['05/06/2026'], [], []], { Created: 'day_first' })[1]).toBe('day_first');
  });

  it('refuses a format for a column without dates', () => {
    expect(() => choose([[], [], []], { Email: 'iso' })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'mapping.Email' }),
    );
  });
});
