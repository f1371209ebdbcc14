import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendgrid } from './sendgrid.js';

const call = (body: string, headers = {}) => ({ body: Buffer.from(body), headers, now: new Date() });
const read = (...events: object[]) => sendgrid.read(call(JSON.stringify(events)));

/** From the reference of the event webhook. */
const published = {
  email: 'example@test.com',
  timestamp: 1513299569,
  'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
  category: 'cat facts',
  sg_event_id: 'sg_event_id',
  sg_message_id: 'sg_message_id',
};

describe('an event of SendGrid', () => {
  it.each([
    ['delivered', 'delivered', false],
    ['open', 'open', false],
    ['click', 'click', false],
    ['bounce', 'bounce', true],
    ['spamreport', 'complaint', false],
    ['unsubscribe', 'unsubscribe', false],
    ['group_unsubscribe', 'unsubscribe', false],
  ])('%s is a %s', (event, kind, isHard) => {
    expect(read({ ...published, event })).toEqual([
      {
        kind,
        email: 'example@test.com',
        eventId: 'sg_event_id',
        occurredAt: new Date('2017-12-15T00:59:29Z'),
        campaign: 'cat facts',
        url: undefined,
        isHard,
        byMachine: false,
      },
    ]);
  });

  it('that was held up, not sent, or is of something else is none', () => {
    for (const event of ['processed', 'deferred', 'dropped', 'group_resubscribe', 'account_status_change'])
      expect(read({ ...published, event })).toEqual([]);
  });

  it('tells a block from a bounce, a machine from a person, and names the campaign', () => {
    expect(read({ ...published, event: 'bounce', type: 'blocked' })).toMatchObject([{ isHard: false }]);
    expect(read({ ...published, event: 'open', sg_machine_open: true })).toMatchObject([{ byMachine: true }]);
    const names = { singlesend_name: 'May', marketing_campaign_name: 'Spring', category: ['a', 'b'] };
    expect(read({ ...published, ...names, event: 'open' })).toMatchObject([{ campaign: 'May' }]);
    expect(read({ ...published, category: ['a', 'b'], event: 'open' })).toMatchObject([{ campaign: 'a' }]);
  });

  it('without an id is known by its place in its call', () => {
    const { sg_event_id: _id, ...nameless } = { ...published, event: 'open' };
    const [one, two] = read(nameless, nameless);
    expect(one!.eventId).not.toBe(two!.eventId);
    expect(read(nameless, nameless)[0]!.eventId).toBe(one!.eventId);
  });
});

describe('the signature of SendGrid', () => {
  it('fits the verification key, the timestamp and every byte of the body', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const secret = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const signature = sign('sha256', Buffer.from('1600112502[]'), privateKey).toString('base64');
    const verify = (body: string, timestamp: string) =>
      sendgrid.verify(
        call(body, {
          'x-twilio-email-event-webhook-signature': signature,
          'x-twilio-email-event-webhook-timestamp': timestamp,
        }),
        { secret, topicArn: null },
      );
    await expect(verify('[]', '1600112502')).resolves.toEqual({});
    await expect(verify('[ ]', '1600112502')).rejects.toThrow('does not fit');
    await expect(verify('[]', '1600112503')).rejects.toThrow('does not fit');
  });
});
