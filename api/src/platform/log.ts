import { pino, type Logger } from 'pino';

/** Fields that must never reach a log, wherever they stand. */
const secrets = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'key',
  'email',
  'phone',
  'writeKey',
];

/** The process's log: one JSON object a line, without secrets and personal data. */
export function createLog(level: string): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, redact: { paths, censor: '[hidden]' }, base: null });
}
