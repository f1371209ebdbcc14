import { describe, expect, it } from 'vitest';
import { readMessage } from './segment-message.js';

const receivedAt = new Date('2026-11-23T12:00:00.000Z');

function read(message: unknown, envelope = {}) {
  return readMessage(message, { receivedAt, ...envelope });
}

describe('readMessage', () => {
  it('reads a track call', () => {
    const message = {
      type: 'track',
      userId: 'u1',
      messageId: 'm1',
      event: 'Order Completed',
      properties: { total: 5 },
    };
    expect(read(message)).toEqual({
      identity: { externalId: 'u1', anonymousId: null },
      messageId: 'm1',
      traits: undefined,
      firstTouch: undefined,
      previousId: null,
      event: {
        externalId: 'u1',
        anonymousId: null,
        messageId: 'm1',
        name: 'Order Completed',
        target: null,
        properties: { total: 5 },
        occurredAt: receivedAt,
      },
    });
  });

  it('reads a page call as page_viewed of its path, keeping name, category and properties', () => {
    const message = {
      type: 'page',
      anonymousId: 'a1',
      name: 'Pricing',
      category: 'Marketing',
      properties: { url: 'https://example.com/pricing/?utm_source=x', title: 'Prices' },
    };
    expect(read(message).event).toMatchObject({
      name: 'page_viewed',
      target: '/pricing',
      properties: { name: 'Pricing', category: 'Marketing', title: 'Prices' },
    });
  });

  it('finds the page in the context when the properties do not name it, the message before the batch', () => {
    const page = (path: string) => ({ page: { path } });
    expect(read({ type: 'page', userId: 'u' }, { context: page('/a') }).event?.target).toBe('/a');
    expect(
      read({ type: 'page', userId: 'u', context: page('/b') }, { context: page('/a') }).event?.target,
    ).toBe('/b');
  });

  it('reads a screen call as screen_viewed of its name', () => {
    expect(read({ type: 'screen', userId: 'u', name: 'Home' }).event).toMatchObject({
      name: 'screen_viewed',
      target: 'Home',
    });
  });

  it('reads an identify call as traits and no event', () => {
    const message = { type: 'identify', userId: 7, anonymousId: 'a', traits: { email: 'dana@example.com' } };
    expect(read(message)).toMatchObject({
      identity: { externalId: '7', anonymousId: 'a' },
      traits: { about: 'contact', values: { email: 'dana@example.com' } },
      event: undefined,
    });
  });

  it('knows from the context what the properties do not say: the campaign and the page, and no more', () => {
    const context = {
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0',
      campaign: { source: 'google', medium: 'cpc', name: 'spring', id: 7, term: ' ' },
      page: {
        path: '/pricing/',
        title: 'Prices',
        referrer: 'https://search.example/?q=dana@example.com',
        search: '?utm_source=google',
      },
    };
    const message = { type: 'track', userId: 'u', event: 'e', properties: { title: 'Mine' } };
    expect(read(message, { context })).toMatchObject({
      event: {
        target: '/pricing',
        properties: {
          utm_source: 'google',
          utm_medium: 'cpc',
          utm_campaign: 'spring',
          path: '/pricing',
          title: 'Mine',
          referrer: 'https://search.example/',
        },
      },
      firstTouch: { utm_source: 'google', utm_medium: 'cpc', utm_campaign: 'spring' },
    });
    expect(Object.keys(read(message, { context }).event!.properties!)).toHaveLength(6);
  });

  it('takes the language and the time zone of an identify call from its context, below the traits', () => {
    const context = { locale: 'de-AT', timezone: 'Europe/Vienna', traits: { plan: 'free', city: 'Graz' } };
    expect(read({ type: 'identify', userId: 'u', context, traits: { plan: 'pro' } }).traits).toEqual({
      about: 'contact',
      values: { locale: 'de-AT', timezone: 'Europe/Vienna', plan: 'pro', city: 'Graz' },
    });
  });

  it('reads a group call as traits of a company', () => {
    const message = { type: 'group', userId: 'u', groupId: 7, traits: { name: 'Acme' } };
    expect(read(message)).toMatchObject({
      identity: { externalId: 'u' },
      traits: { about: 'company', companyId: '7', values: { name: 'Acme' } },
      event: undefined,
    });
  });

  it('reads an alias call as an id that the person had before', () => {
    expect(read({ type: 'alias', userId: 'u', previousId: 'a' })).toMatchObject({
      identity: { externalId: 'u' },
      previousId: 'a',
      traits: undefined,
      event: undefined,
    });
  });

  it.each([
    [{ target: 'x', form: 'demo', path: '/demo' }, 'x'],
    [{ form: 'demo', path: '/demo' }, 'demo'],
    [{ productName: 'Chair' }, 'Chair'],
    [{ url: 'https://example.com/a?b' }, '/a'],
    [{ form: { id: 1 }, path: '/demo' }, '/demo'],
    [{ plan: 'pro' }, null],
  ])('takes the target of %j to be %s', (properties, target) => {
    expect(read({ type: 'track', userId: 'u', event: 'e', properties }).event?.target).toBe(target);
  });

  it('corrects the time for a clock that is hours ahead', () => {
    const message = {
      type: 'track',
      userId: 'u',
      event: 'e',
      timestamp: '2026-11-23T17:00:00Z',
      sentAt: '2026-11-23T17:00:30Z',
    };
    expect(read(message).event?.occurredAt).toEqual(new Date('2026-11-23T11:59:30Z'));
  });

  it('corrects by the time at which the batch was sent', () => {
    const message = { type: 'track', userId: 'u', event: 'e', timestamp: '1970-01-01T00:00:00Z' };
    const { event } = read(message, { sentAt: '1970-01-01T00:01:00Z' });
    expect(event?.occurredAt).toEqual(new Date('2026-11-23T11:59:00Z'));
  });

  it('keeps an imported time when nothing says when it was sent', () => {
    const message = { type: 'track', userId: 'u', event: 'e', timestamp: '2024-05-06T07:08:09Z' };
    expect(read(message).event?.occurredAt).toEqual(new Date('2024-05-06T07:08:09Z'));
  });

  it.each([
    ['a text', 'hello', ''],
    ['a list', [], ''],
    ['no type', { userId: 'u' }, 'type'],
    ['an unknown type', { type: 'toString', userId: 'u' }, 'type'],
    ['no identity', { type: 'page' }, 'userId'],
    ['an identity that is no text', { type: 'page', userId: {} }, 'userId'],
    ['no event name', { type: 'track', userId: 'u' }, 'event'],
    ['properties that are a list', { type: 'track', userId: 'u', event: 'e', properties: [] }, 'properties'],
    ['traits that are a text', { type: 'identify', userId: 'u', traits: 'x' }, 'traits'],
    ['a group without an id', { type: 'group', userId: 'u' }, 'groupId'],
    ['an alias of nobody', { type: 'alias', anonymousId: 'a', previousId: 'b' }, 'userId'],
    ['an alias without an id before', { type: 'alias', userId: 'u' }, 'previousId'],
    ['a time that is none', { type: 'page', userId: 'u', timestamp: 'yesterday' }, 'timestamp'],
  ])('refuses %s', (_, message, path) => {
    expect(() => read(message)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', path }));
  });
});
