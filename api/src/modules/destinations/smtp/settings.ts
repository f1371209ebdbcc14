import { z } from 'zod';

/** Of a host: a name or an address, nothing around it. */
const host = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(253, 'must have at most 253 characters')
  .regex(/^[^\s/@\\?#]+$/u, 'must be the name of a server, such as smtp.acme.example');
const address = z.email('must be an e-mail address').max(254, 'must have at most 254 characters');
const oneLine = z
  .string()
  .trim()
  .max(200, 'must have at most 200 characters')
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/u, 'must be one line');
const domain = z
  .string()
  .regex(/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/iu, 'must be a domain, such as acme.example');

/** Ports that mail is handed in at; of those from 1024 on, a server may have any. */
const mailPorts = new Set([25, 465, 587]);
const firstFreePort = 1024;

/** How a mail server is reached, and whom its mail is from. */
export const smtpSettings = z.strictObject({
  host,
  port: z
    .int('must be a whole number')
    .max(65_535, 'must be at most 65535')
    .refine((port) => mailPorts.has(port) || port >= firstFreePort, 'must be 25, 465, 587, or from 1024 on')
    .optional(),
  /** `implicit`: from the first byte. `starttls`: before anything is said. `none`: only within the installation's own networks. */
  tls: z.enum(['implicit', 'starttls', 'none'], 'must be implicit, starttls or none').default('starttls'),
  fromAddress: address,
  fromName: oneLine.optional(),
  replyTo: address.optional(),
  dkim: z
    .strictObject({
      domain,
      selector: z.string().regex(/^[a-z0-9._-]{1,63}$/iu, 'must be a selector, such as mail2026'),
    })
    .optional(),
  maxConnections: z.int().min(1, 'must be at least 1').max(20, 'must be at most 20').default(5),
  messagesPerSecond: z.int().min(1, 'must be at least 1').max(1000, 'must be at most 1000').optional(),
});
export type SmtpSettings = z.infer<typeof smtpSettings>;

const secret = z.string().min(1, 'must not be empty').max(10_000, 'is too long');

/** What a mail server asks for; a server within one's own network may ask for nothing. */
export const smtpCredentials = z
  .strictObject({
    user: secret.optional(),
    password: secret.optional(),
    /** Of `dkim`, in PEM. */
    dkimKey: secret
      .refine((text) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(text), 'must be a private key in PEM')
      .optional(),
  })
  .refine(({ user, password }) => (user === undefined) === (password === undefined), {
    message: 'A user and a password come together.',
    path: ['password'],
  });
export type SmtpCredentials = z.infer<typeof smtpCredentials>;

/** The port that goes with each way of encryption. */
export function portOf({ port, tls }: Pick<SmtpSettings, 'port' | 'tls'>): number {
  return port ?? { implicit: 465, starttls: 587, none: 25 }[tls];
}
