import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectDateFormat, readDate, type DateFormat } from './date-format.js';

describe('readDate', () => {
  it.each<[string, DateFormat, string]>([
    // HubSpot, Salesforce's data export and its reports, Mailchimp, Marketo.
    ['2026-03-05 14:22', 'iso', '2026-03-05T14:22:00'],
    ['2026-03-05T14:22:00.000Z', 'iso', '2026-03-05T14:22:00.000Z'],
    ['2026-03-05T14:22:00.000+0000', 'iso', '2026-03-05T14:22:00.000+0000'],
    ['3/5/2026, 2:22 PM', 'month_first', '2026-03-05T14:22:00'],
    ['05/03/2026 14:22', 'day_first', '2026-03-05T14:22:00'],
    ['2026-03-05 14:22:11', 'iso', '2026-03-05T14:22:11'],
    ['1772720520000', 'epoch_millis', '2026-03-05T14:22:00.000Z'],
    ['1772720520', 'epoch_seconds', '2026-03-05T14:22:00.000Z'],
    ['2026/3/5', 'iso', '2026-03-05'],
    ['20260305', 'iso', '2026-03-05'],
    ['5.3.2026', 'day_first', '2026-03-05'],
    ['5.3.26 9:05', 'day_first', '2026-03-05T09:05:00'],
    ['12/31/99', 'month_first', '1999-12-31'],
    ['5 Mar 2026', 'iso', '2026-03-05'],
    ['05-Mar-26', 'day_first', '2026-03-05'],
    ['Thu, 5 March 2026 14:22 GMT', 'iso', '2026-03-05T14:22:00Z'],
    ['March 5th, 2026 at 12:05 a.m.', 'month_first', '2026-03-05T00:05:00'],
    ['Mar 5, 2026 12:05 PM', 'iso', '2026-03-05T12:05:00'],
    // Plain dates among others.
    ['2026-03-05', 'month_first', '2026-03-05'],
    ['1772720520000', 'day_first', '2026-03-05T14:22:00.000Z'],
  ])('reads %j as %s', (cell, format, date) => expect(readDate(cell, format)).toBe(date));

  it.each<[string, DateFormat]>([
    ['05/03/2026', 'iso'],
    ['13/13/2026', 'day_first'],
    ['31/02/2026', 'day_first'],
    ['29/02/2026', 'day_first'],
    ['02/31/2026', 'month_first'],
    ['5/3-2026', 'day_first'],
    ['5 Foo 2026', 'iso'],
    ['2026-03-05 25:00', 'iso'],
    ['2026-03-05 14:22 PM', 'iso'],
    ['yesterday', 'iso'],
    ['2026', 'iso'],
    ['12.5', 'epoch_millis'],
    ['now', 'epoch_seconds'],
  ])('finds no date in %j as %s', (cell, format) => expect(readDate(cell, format)).toBeUndefined());

  it('reads any day back however it is written', () => {
    const days = fc.date({ min: new Date('1969-01-01'), max: new Date('2068-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (date) => {
        const day = date.toISOString().slice(0, 10);
        const [year = '', month = '', number = ''] = day.split('-');
        expect(readDate(`${number}/${month}/${year}`, 'day_first')).toBe(day);
        expect(readDate(`${Number(month)}-${Number(number)}-${year.slice(2)}`, 'month_first')).toBe(day);
        expect(readDate(day, 'iso')).toBe(day);
        expect(readDate(String(date.getTime()), 'epoch_millis')).toBe(date.toISOString());
      }),
    );
  });
});

describe('detectDateFormat', () => {
  it.each([
    [['2026-03-05', '2026-03-05T14:22:00Z'], 'iso'],
    [['05/03/2026', '13/03/2026'], 'day_first'],
    [['03/05/2026 2:22 PM', '03/13/2026 2:22 PM'], 'month_first'],
    [['5.3.2026', '6.3.2026'], 'day_first'],
    [['05/03/2026', '06/03/2026'], 'ambiguous'],
    [['05/13/2026', '13/05/2026'], 'ambiguous'],
    [[...Array.from({ length: 10 }, () => '05/13/2026'), '13/05/2026'], 'month_first'],
    [['03/03/2026'], 'day_first'],
    [['1772720520', '1772720521'], 'epoch_seconds'],
    [['1772720520000', '0'], 'epoch_millis'],
    [['20260305', '20260306'], 'iso'],
    [['5 Mar 2026', '06/13/2026'], 'month_first'],
    [['never'], 'iso'],
    [[], undefined],
  ] as const)('takes %j for %s', (values, format) => expect(detectDateFormat(values)).toBe(format));
});
