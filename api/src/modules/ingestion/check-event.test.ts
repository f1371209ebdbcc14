import { describe, expect, it } from 'vitest';
import { checkEvent, eventLimits, type EventInput } from './check-event.js';

const now = new Date('2026-11-23T12:00:00Z');
const good: EventInput = {
  externalId: 'u1',
  name: 'page_viewed',
  target: '/pricing',
  properties: { plan: 'pro' },
};

function problemOf(change: object) {
  return checkEvent({ ...good, ...change }, now);
}

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < depth; level += 1) value = { inner: value };
  return value;
}

describe('checkEvent', () => {
  it('lets a good event pass', () => {
    expect(checkEvent(good, now)).toBeUndefined();
  });

  it.each([
    ['a year of 1970', { occurredAt: new Date('1970-01-01T00:00:00Z') }, 'occurredAt', 'INVALID_INPUT'],
    ['a year of 3000', { occurredAt: new Date('3000-01-01T00:00:00Z') }, 'occurredAt', 'INVALID_INPUT'],
    ['no date at all', { occurredAt: new Date(Number.NaN) }, 'occurredAt', 'INVALID_INPUT'],
    ['an empty name', { name: ' ' }, 'name', 'INVALID_INPUT'],
    ['a missing name', { name: undefined }, 'name', 'INVALID_INPUT'],
    ['a name that is no text', { name: 5 }, 'name', 'INVALID_INPUT'],
    ['a long name', { name: 'x'.repeat(201) }, 'name', 'TOO_LARGE'],
    ['a long target', { target: 'x'.repeat(501) }, 'target', 'TOO_LARGE'],
    ['a NUL in the target', { target: 'a\0b' }, 'target', 'INVALID_INPUT'],
    ['a NUL in an id', { externalId: 'a\0b' }, 'externalId', 'INVALID_INPUT'],
    ['half a surrogate pair in the name', { name: 'a\ud800' }, 'name', 'INVALID_INPUT'],
    [
      'a NUL deep in the properties',
      { properties: { a: [{ b: '\0' }] } },
      'properties.a[0].b',
      'INVALID_INPUT',
    ],
    ['half a pair in a property name', { properties: { 'a\udc00': 1 } }, 'properties', 'INVALID_INPUT'],
    ['properties that are a list', { properties: [] }, 'properties', 'INVALID_INPUT'],
    ['properties that are too long', { properties: { a: 'é'.repeat(17_000) } }, 'properties', 'TOO_LARGE'],
    ['no identity', { externalId: undefined }, '', 'INVALID_INPUT'],
    ['a blank identity', { externalId: '  ' }, '', 'INVALID_INPUT'],
  ])('refuses %s', (_, change, path, code) => {
    expect(problemOf(change)).toMatchObject({ path, code });
  });

  it('takes the first and the last acceptable moment, and not a millisecond beyond', () => {
    const latest = now.getTime() + eventLimits.ahead;
    expect(problemOf({ occurredAt: eventLimits.earliest })).toBeUndefined();
    expect(problemOf({ occurredAt: new Date(latest) })).toBeUndefined();
    expect(problemOf({ occurredAt: new Date(eventLimits.earliest.getTime() - 1) })?.path).toBe('occurredAt');
    expect(problemOf({ occurredAt: new Date(latest + 1) })?.path).toBe('occurredAt');
  });

  it('takes properties of 20 levels and names the path of a deeper one', () => {
    expect(problemOf({ properties: nested(20) })).toBeUndefined();
    expect(problemOf({ properties: nested(21) })?.path).toBe(`properties${'.inner'.repeat(20)}`);
  });

  it('takes text that only looks like an escaped NUL', () => {
    expect(problemOf({ properties: { text: '\\u0000 \\ud800' } })).toBeUndefined();
  });
});
