import { describe, expect, it } from 'vitest';
import { createSes } from './ses.js';

const ses = createSes(() => Promise.reject(new Error('Reading asks nobody.')));
const read = (record: object) => {
  const envelope = { Type: 'Notification', MessageId: 'm', Message: JSON.stringify(record) };
  return ses.read({ body: Buffer.from(JSON.stringify(envelope)), headers: {}, now: new Date() });
};

/** From the examples of event data. */
const mail = {
  timestamp: '2017-08-05T00:40:02.012Z',
  source: 'Sender Name <sender@example.com>',
  messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
  destination: ['recipient@example.com'],
  tags: { 'ses:configuration-set': ['ConfigSet'] },
};
const timestamp = '2017-08-05T00:41:02.669Z';
const bounced = { bouncedRecipients: [{ emailAddress: 'a@example.com' }, { emailAddress: 'b@example.com' }] };

describe('an event of Amazon SES', () => {
  it('is of each address that bounced, hard when it is permanent', () => {
    const bounce = { bounceType: 'Permanent', bounceSubType: 'General', timestamp, ...bounced };
    expect(read({ eventType: 'Bounce', bounce, mail })).toEqual(
      ['a@example.com', 'b@example.com'].map((email) => ({
        kind: 'bounce',
        email,
        eventId: `m ${email}`,
        occurredAt: new Date(timestamp),
        campaign: 'ConfigSet',
        url: undefined,
        isHard: true,
        byMachine: false,
      })),
    );
    for (const bounceType of ['Transient', 'Undetermined'])
      expect(read({ eventType: 'Bounce', bounce: { ...bounce, bounceType }, mail })[0]!.isHard).toBe(false);
  });

  it('may be a feedback notification of an identity', () => {
    const complaint = { complainedRecipients: [{ emailAddress: 'a@example.com' }], timestamp };
    const { tags: _tags, ...plain } = mail;
    expect(read({ notificationType: 'Complaint', complaint, mail: plain })).toMatchObject([
      { kind: 'complaint', email: 'a@example.com', campaign: undefined },
    ]);
    const notSpam = { ...complaint, complaintFeedbackType: 'not-spam' };
    expect(read({ notificationType: 'Complaint', complaint: notSpam, mail: plain })).toEqual([]);
  });

  it('names the campaign, the link and who it was', () => {
    const click = { timestamp, link: 'http://docs.aws.amazon.com/ses/latest/DeveloperGuide/' };
    const tagged = { ...mail, tags: { ...mail.tags, campaign: ['Spring'] } };
    expect(read({ eventType: 'Click', click, mail: tagged })).toMatchObject([
      { kind: 'click', email: 'recipient@example.com', campaign: 'Spring', url: click.link },
    ]);
  });

  it('of a mail to several is nobody’s', () => {
    const several = { ...mail, destination: ['a@example.com', 'b@example.com'] };
    expect(read({ eventType: 'Open', open: { timestamp }, mail: several })).toEqual([]);
  });

  it('is an opt-out when it turns something off', () => {
    const change = (newTopicPreferences: object) =>
      read({ eventType: 'Subscription', subscription: { timestamp, newTopicPreferences }, mail });
    const topic = (subscriptionStatus: string) => [{ topicName: 'News', subscriptionStatus }];
    expect(change({ unsubscribeAll: true })).toMatchObject([{ kind: 'unsubscribe' }]);
    expect(change({ unsubscribeAll: false, topicSubscriptionStatus: topic('OptOut') })).toHaveLength(1);
    expect(change({ unsubscribeAll: false, topicSubscriptionStatus: topic('OptIn') })).toEqual([]);
  });

  it('that is on its way or never was is none', () => {
    for (const eventType of ['Send', 'Reject', 'DeliveryDelay', 'Rendering Failure', 'constructor'])
      expect(read({ eventType, mail })).toEqual([]);
  });
});
