import { z } from 'zod';

/** Headers that say what a call is, and are ours. */
const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'keep-alive',
  'user-agent',
]);

const header = z.strictObject({
  name: z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]{1,100}$/u, 'The name of a header has letters, digits and dashes.')
    .refine((name) => !ownHeaders.has(name.toLowerCase()) && !/^(?:webhook|proxy)-/iu.test(name), {
      message: 'This header is ours to set.',
    }),
  value: z.string().regex(/^[\x20-\x7e]{0,1000}$/u, 'The value of a header has up to 1000 plain characters.'),
});

/** Where a webhook is, and what it is told. */
export const webhookSettings = z.strictObject({
  url: z
    .string('The address is missing.')
    .trim()
    .max(2000, 'The address has more than 2000 characters.')
    .refine((text) => URL.canParse(text), 'The address must be a URL that begins with https://.')
    .refine((text) => /^https?:/iu.test(text), 'The address must begin with https://.')
    .refine((text) => !URL.canParse(text) || new URL(text).username + new URL(text).password === '', {
      message: 'The address must not contain a user name or a password.',
    }),
  /** Sent with each call. They are shown to whoever sees the destination, so they hold no secret. */
  headers: z.array(header).max(20, 'There are at most 20 headers.').default([]),
  /** What it is told of; everything when none is named. */
  eventTypes: z
    .array(z.string().regex(/^[a-z0-9_.-]{1,100}$/u, 'A type of events is written like contact.entered.'))
    .max(100, 'There are at most 100 types of events.')
    .default([]),
});
export type WebhookSettings = z.infer<typeof webhookSettings>;

const signingSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/u, 'A signing secret is written like whsec_…, in base64.')
  .refine((text) => fits(Buffer.from(text.slice('whsec_'.length), 'base64').length), {
    message: 'A signing secret has 24 to 64 bytes.',
  });

function fits(bytes: number): boolean {
  return bytes >= 24 && bytes <= 64;
}

/** What calls are signed with. */
export const webhookCredentials = z.strictObject({
  secret: signingSecret,
  /** The one before, which signs as well until `previousUntil`, an instant in ISO 8601. */
  previousSecret: signingSecret.optional(),
  previousUntil: z.iso.datetime().optional(),
});
export type WebhookCredentials = z.infer<typeof webhookCredentials>;
