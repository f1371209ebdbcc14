import { z } from 'zod';

/** Of a host: a name or an address, nothing around it. */
const host = z
  .string()
  .trim()
  .min(1, 'The name of the server is missing.')
  .max(253, 'The name of the server has more than 253 characters.')
  .regex(/^[^\s/@\\?#]+$/u, 'The server is written like smtp.acme.example.');
const address = (what: string) =>
  z.email(`${what} is not an e-mail address.`).max(254, `${what} has more than 254 characters.`);
const oneLine = z
  .string()
  .trim()
  .max(200, 'The name has more than 200 characters.')
  // oxlint-disable-next-line no-control-regex
  .regex(/^[^\u0000-\u001f\u007f]*$/u, 'The name is one line.');

/** Ports that mail is handed in at; of those from 1024 on, a server may have any. */
const mailPorts = new Set([25, 465, 587]);
const firstFreePort = 1024;

/** How a mail server is reached, and whom its mail is from. */
export const smtpSettings = z.strictObject({
  host,
  port: z
    .int('The port is a whole number.')
    .max(65_535, 'The port is at most 65535.')
    .refine(
      (port) => mailPorts.has(port) || port >= firstFreePort,
      'The port is 25, 465, 587, or from 1024 on.',
    )
    .optional(),
  /** `implicit`: from the first byte. `starttls`: before anything is said. `none`: only within the installation's own networks. */
  tls: z
    .enum(['implicit', 'starttls', 'none'], 'The encryption is implicit, starttls or none.')
    .default('starttls'),
  fromAddress: address('The address that mail is from'),
  fromName: oneLine.optional(),
  replyTo: address('The address that answers go to').optional(),
  dkimDomain: z
    .string()
    .regex(/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/iu, 'The domain is written like acme.example.')
    .optional(),
  dkimSelector: z
    .string()
    .regex(/^[a-z0-9._-]{1,63}$/iu, 'The selector is written like mail2026.')
    .optional(),
  maxConnections: z
    .int('The number of connections is a whole number.')
    .min(1, 'There is at least 1 connection.')
    .max(20, 'There are at most 20 connections.')
    .default(5),
  messagesPerSecond: z
    .int('The number of messages is a whole number.')
    .min(1, 'There is at least 1 message in a second.')
    .max(1000, 'There are at most 1000 messages in a second.')
    .optional(),
});
export type SmtpSettings = z.infer<typeof smtpSettings>;

const secret = (what: string) => z.string().min(1, `${what} is empty.`).max(10_000, `${what} is too long.`);

/** What a mail server asks for; a server within one's own network may ask for nothing. */
export const smtpCredentials = z.strictObject({
  user: secret('The user').optional(),
  password: secret('The password').optional(),
  /** What signs mail, in PEM. */
  dkimKey: secret('The key')
    .refine((text) => /-----BEGIN [A-Z ]*PRIVATE KEY-----/u.test(text), 'The key is a private key in PEM.')
    .optional(),
});
export type SmtpCredentials = z.infer<typeof smtpCredentials>;

/** The port that goes with each way of encryption. */
export function portOf({ port, tls }: Pick<SmtpSettings, 'port' | 'tls'>): number {
  return port ?? { implicit: 465, starttls: 587, none: 25 }[tls];
}
