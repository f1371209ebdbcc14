import { describe, expect, it } from 'vitest';
import { postmark } from './postmark.js';

const read = (event: object) =>
  postmark.read({ body: Buffer.from(JSON.stringify(event)), headers: {}, now: new Date() });

/** From the pages of the webhooks. */
const published = {
  MessageStream: 'outbound',
  MessageID: '00000000-0000-0000-0000-000000000000',
  Metadata: { a_key: 'a_value' },
  Tag: 'Test',
};
const at = '2019-11-05T16:33:54.9070259Z';

describe('an event of Postmark', () => {
  it.each([
    [{ RecordType: 'Delivery', Recipient: 'john@example.com', DeliveredAt: at }, 'delivered'],
    [{ RecordType: 'Open', Recipient: 'john@example.com', ReceivedAt: at }, 'open'],
    [{ RecordType: 'Click', Recipient: 'john@example.com', ReceivedAt: at }, 'click'],
    [{ RecordType: 'Bounce', Type: 'HardBounce', Email: 'john@example.com', BouncedAt: at }, 'bounce'],
    [{ RecordType: 'Bounce', Type: 'Unsubscribe', Email: 'john@example.com', BouncedAt: at }, 'unsubscribe'],
    [{ RecordType: 'SpamComplaint', Email: 'john@example.com', BouncedAt: at }, 'complaint'],
    [
      {
        RecordType: 'SubscriptionChange',
        Recipient: 'john@example.com',
        ChangedAt: at,
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
      },
      'unsubscribe',
    ],
  ])('%o is a %s', (event, kind) => {
    expect(read({ ...published, ...event })).toMatchObject([
      { kind, email: 'john@example.com', occurredAt: new Date('2019-11-05T16:33:54.907Z'), campaign: 'Test' },
    ]);
  });

  it('is hard when Postmark sends nothing more to the address', () => {
    const bounce = { ...published, RecordType: 'Bounce', Type: 'HardBounce', Email: 'john@example.com' };
    expect(read({ ...bounce, Inactive: true })).toMatchObject([{ isHard: true }]);
    expect(read({ ...bounce, Inactive: false })).toMatchObject([{ isHard: false }]);
  });

  it('that comes beside another call, answers a mail or lets an address be written to again is none', () => {
    const change = { RecordType: 'SubscriptionChange', Recipient: 'john@example.com', ChangedAt: at };
    expect(read({ ...change, SuppressSending: true, SuppressionReason: 'HardBounce' })).toEqual([]);
    expect(read({ ...change, SuppressSending: false, SuppressionReason: null })).toEqual([]);
    expect(read({ RecordType: 'Bounce', Type: 'AutoResponder', Email: 'john@example.com' })).toEqual([]);
    expect(read({ RecordType: 'Inbound', From: 'john@example.com' })).toEqual([]);
  });

  it('is another one for another link, and the same one when it is sent again', () => {
    const click = { ...published, RecordType: 'Click', Recipient: 'john@example.com', ReceivedAt: at };
    const idOf = (OriginalLink: string) => read({ ...click, OriginalLink })[0]!.eventId;
    expect(idOf('https://a.example')).toBe(idOf('https://a.example'));
    expect(idOf('https://a.example')).not.toBe(idOf('https://b.example'));
  });
});
