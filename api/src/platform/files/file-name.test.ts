import { expect, it } from 'vitest';
import { fileName } from './file-name.js';

it.each([
  ['Pricing visitors', 'Pricing visitors - Meta.csv'],
  ['정 & Søn', '정 & Søn - Meta.csv'],
  ['../../etc/passwd', 'etc passwd - Meta.csv'],
  ['a:b*c?"<d>|e\r\nf', 'a b c d e f - Meta.csv'],
  ['\u202egnp.exe', 'gnp.exe - Meta.csv'],
  ['...', 'Meta.csv'],
  ['x'.repeat(200), `${'x'.repeat(100)} - Meta.csv`],
])('a file called after %j is %j', (name, expected) => {
  expect(fileName(name, 'Meta.csv')).toBe(expected);
});
