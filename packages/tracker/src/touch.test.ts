import { describe, expect, it } from 'vitest';
import { pathOf, plainUrl, touchOf } from './touch.js';

const at = (address: string): URL => new URL(address, 'https://www.example.com');

describe('touchOf', () => {
  it.each([
    [
      '/?utm_source=google&utm_medium=cpc&utm_campaign=spring&utm_term=a&utm_content=b',
      '',
      {
        source: 'google',
        medium: 'cpc',
        name: 'spring',
        term: 'a',
        content: 'b',
      },
    ],
    ['/?utm_source=&utm_medium=cpc', 'https://google.com/', { medium: 'cpc' }],
    ['/', 'https://news.example.org/item?id=1', { source: 'news.example.org', medium: 'referral' }],
    ['/', 'http://localhost:8080/', { source: 'localhost', medium: 'referral' }],
    ['/', 'https://notexample.com/', { source: 'notexample.com', medium: 'referral' }],
    ['/', 'https://example.com/', undefined],
    ['/', 'https://blog.example.com/post', undefined],
    ['/', 'android-app://com.google/', undefined],
    ['/', '', undefined],
  ])('reads %s after %j as %j', (address, referrer, touch) => {
    expect(touchOf(at(address), referrer, 'example.com')).toEqual(touch);
  });

  it('cuts what is long', () => {
    expect(touchOf(at(`/?utm_source=${'x'.repeat(300)}`), '', 'example.com')!['source']).toHaveLength(200);
  });
});

describe('pathOf', () => {
  it.each([
    ['/pricing?a=b#faq', '/pricing'],
    ['/#/pricing', '/pricing'],
    ['/app/#!/pricing?tab=2', '/app/pricing'],
    ['/app#/', '/app/'],
    ['/', '/'],
  ])('takes %s for %s', (address, path) => {
    expect(pathOf(at(address))).toBe(path);
  });
});

describe('plainUrl', () => {
  it('leaves out query and fragment', () => {
    expect(['https://a.example/b?c#d', 'https://a.example/b#c?d', '/b', ''].map(plainUrl)).toEqual([
      'https://a.example/b',
      'https://a.example/b',
      '/b',
      '',
    ]);
  });
});
