import { describe, expect, it } from 'vitest';
import { urlPath } from './url-path.js';

describe('urlPath', () => {
  it.each([
    ['https://example.com/pricing?utm_source=x#plans', '/pricing'],
    ['https://example.com/pricing/', '/pricing'],
    ['/pricing/?a=/b/', '/pricing'],
    ['  /pricing  ', '/pricing'],
    ['https://example.com', '/'],
    ['/', '/'],
    ['/gr%C3%B6%C3%9Fe', '/größe'],
    ['/a%00b', '/a%00b'],
    ['/100%', '/100%'],
  ])('reads %s as %s', (address, path) => {
    expect(urlPath(address)).toBe(path);
  });

  it.each(['pricing', 'mailto:a@example.com', '', 7, null, undefined])(
    'takes %s for no address',
    (address) => {
      expect(urlPath(address)).toBeNull();
    },
  );
});
