import { describe, expect, it } from 'vitest';
import { coterie } from './index.js';

describe('on a server', () => {
  it('the module may be imported, and its calls do nothing', () => {
    coterie.track('Before');
    coterie.load('key', { host: 'https://coterie.example.com' });
    coterie.page();
    coterie.identify('u1', { plan: 'pro' });
    coterie.group('g1');
    coterie.alias('u2');
    coterie.reset();
    coterie.consent('granted');
    expect(coterie.anonymousId()).toBeUndefined();
  });
});
