import { randomUUID } from 'node:crypto';
import type { EngagementKind } from '../../api/src/modules/email-engagement/email-provider.js';

/** What each sender says of one address, in the shapes that it publishes. */
export type Reports = Record<EngagementKind | 'soft bounce', (email: string, at: Date) => object>;

const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

const grid =
  (event: string, more: object = {}) =>
  (email: string, at: Date): object => ({
    email,
    timestamp: seconds(at),
    'smtp-id': '<14c5d75ce93.dfd.64b469@ismtpd-555>',
    event,
    category: ['cat facts'],
    sg_event_id: randomUUID(),
    sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0',
    campaign: 'Spring',
    ...more,
  });

export const sendgridReports: Reports = {
  delivered: grid('delivered', { response: '250 OK' }),
  open: grid('open', { useragent: 'Mozilla/4.0', ip: '255.255.255.255', sg_machine_open: true }),
  click: grid('click', { useragent: 'Mozilla/4.0', ip: '255.255.255.255', url: 'https://www.example.com/a' }),
  bounce: grid('bounce', { reason: '500 unknown recipient', status: '5.0.0', type: 'bounce' }),
  'soft bounce': grid('bounce', { reason: '452 too many mails', status: '4.5.3', type: 'blocked' }),
  complaint: grid('spamreport'),
  unsubscribe: grid('group_unsubscribe', { asm_group_id: 10, url: 'http://www.sendgrid.com/' }),
};

const gun =
  (event: string, more: object = {}) =>
  (recipient: string, at: Date): object => ({
    event,
    id: randomUUID(),
    timestamp: at.getTime() / 1000,
    'log-level': 'info',
    recipient,
    'recipient-domain': recipient.split('@')[1],
    tags: ['my_tag_1'],
    campaigns: [],
    'user-variables': { campaign: 'Spring' },
    message: { headers: { 'message-id': '20130503182626.18666.16540@sample.mailgun.com' } },
    ...more,
  });

const client = { 'client-info': { 'client-type': 'mobile browser', 'device-type': 'mobile', bot: 'apple' } };

export const mailgunReports: Reports = {
  delivered: gun('delivered', { 'delivery-status': { code: 250, message: 'OK' } }),
  open: gun('opened', client),
  click: gun('clicked', { url: 'https://www.example.com/a' }),
  bounce: gun('failed', { severity: 'permanent', reason: 'bounce', 'delivery-status': { code: 550 } }),
  'soft bounce': gun('failed', { severity: 'permanent', reason: 'old', 'delivery-status': { code: 602 } }),
  complaint: gun('complained'),
  unsubscribe: gun('unsubscribed'),
};

const mark = (type: string, more: object) => ({
  RecordType: type,
  MessageStream: 'outbound',
  MessageID: randomUUID(),
  ServerID: 23,
  Tag: 'welcome-email',
  Metadata: { campaign: 'Spring' },
  ...more,
});
/** With the seven digits that Postmark has behind the seconds. */
const iso = (at: Date): string => at.toISOString().replace('Z', '1234Z');
const markBounce = (type: string, code: number, inactive: boolean) => (email: string, at: Date) =>
  mark('Bounce', {
    ID: 42,
    Type: type,
    TypeCode: code,
    Email: email,
    From: 'sender@example.com',
    BouncedAt: iso(at),
    DumpAvailable: true,
    Inactive: inactive,
    CanActivate: true,
    Subject: 'Test subject',
  });

export const postmarkReports: Reports = {
  delivered: (email, at) => mark('Delivery', { Recipient: email, DeliveredAt: iso(at), Details: 'Test' }),
  open: (email, at) =>
    mark('Open', { Recipient: email, ReceivedAt: iso(at), FirstOpen: true, Platform: 'WebMail' }),
  click: (email, at) =>
    mark('Click', {
      Recipient: email,
      ReceivedAt: iso(at),
      ClickLocation: 'HTML',
      OriginalLink: 'https://www.example.com/a',
    }),
  bounce: markBounce('HardBounce', 1, true),
  'soft bounce': markBounce('SoftBounce', 4096, false),
  complaint: (email, at) =>
    mark('SpamComplaint', { ID: 42, Type: 'SpamComplaint', TypeCode: 512, Email: email, BouncedAt: iso(at) }),
  unsubscribe: (email, at) =>
    mark('SubscriptionChange', {
      Recipient: email,
      ChangedAt: iso(at),
      Origin: 'Recipient',
      SuppressSending: true,
      SuppressionReason: 'ManualSuppression',
    }),
};

const ses = (eventType: string, email: string, detail: object) => ({
  eventType,
  mail: {
    timestamp: '2026-08-09T23:50:05.795Z',
    source: 'Sender Name <sender@example.com>',
    sendingAccountId: '123456789012',
    messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
    destination: [email],
    headersTruncated: false,
    headers: [{ name: 'To', value: email }],
    tags: { 'ses:configuration-set': ['ConfigSet'], campaign: ['Spring'] },
  },
  [eventType.toLowerCase()]: detail,
});
const sesBounce = (bounceType: string) => (email: string, at: Date) =>
  ses('Bounce', email, {
    bounceType,
    bounceSubType: 'General',
    bouncedRecipients: [{ emailAddress: email, action: 'failed', status: '5.1.1' }],
    timestamp: at.toISOString(),
    feedbackId: '01000157c44f053b-61b59c11-9236-11e6-8f96-7be8aexample-000000',
  });

export const sesReports: Reports = {
  delivered: (email, at) =>
    ses('Delivery', email, { timestamp: at.toISOString(), recipients: [email], smtpResponse: '250 ok' }),
  open: (email, at) => ses('Open', email, { ipAddress: '192.0.2.1', timestamp: at.toISOString() }),
  click: (email, at) =>
    ses('Click', email, { timestamp: at.toISOString(), link: 'https://www.example.com/a', linkTags: null }),
  bounce: sesBounce('Permanent'),
  'soft bounce': sesBounce('Transient'),
  complaint: (email, at) =>
    ses('Complaint', email, {
      complainedRecipients: [{ emailAddress: email }],
      timestamp: at.toISOString(),
      complaintFeedbackType: 'abuse',
    }),
  unsubscribe: (email, at) =>
    ses('Subscription', email, {
      contactList: 'ContactListName',
      timestamp: at.toISOString(),
      source: 'UnsubscribeHeader',
      newTopicPreferences: {
        unsubscribeAll: true,
        topicSubscriptionStatus: [{ topicName: 'ExampleTopicName', subscriptionStatus: 'OptOut' }],
      },
    }),
};
