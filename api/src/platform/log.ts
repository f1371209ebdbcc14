import { pino, type DestinationStream, type Logger } from 'pino';
import { describeError } from './describe-error.js';

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

/**
 * The process's log: one JSON object a line, without secrets and personal data.
 * @param destination where the lines go; standard output unless given.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = {
    level,
    redact: { paths, censor: '[hidden]' },
    base: null,
    serializers: { err: (error: unknown) => describeError(error) },
  };
  return destination ? pino(options, destination) : pino(options);
}
