import { CHANNELS } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import { parseInstant, textFault } from '../attributes/index.js';
import type { ConsentInput, PreparedConsent } from './consent.js';

/** How far a client's clock may run ahead. */
const clockSkew = 5 * 60_000;

/** What preparing a consent needs to know. */
export interface ConsentSettings {
  timeZone: string;
  now: Date;
  /** The source of a consent that names none. */
  source?: string;
}

/** Checks a consent. Gives the problems, with paths below `path`, when there are any. */
export function prepareConsent(
  input: ConsentInput,
  settings: ConsentSettings,
  path: string,
): { ok: true; consent: PreparedConsent } | { ok: false; problems: Problem[] } {
  const problems: Problem[] = [];
  const fail = (field: string, message: string): void => {
    problems.push({ code: 'INVALID_INPUT', path: `${path}.${field}`, message });
  };
  if (!CHANNELS.includes(input.channel)) fail('channel', `The channel is one of ${CHANNELS.join(', ')}.`);
  if (input.state !== 'granted' && input.state !== 'withdrawn')
    fail('state', 'The state is granted or withdrawn.');
  const source = input.source?.trim() || settings.source || 'api';
  const proof = input.proof?.trim() || null;
  const sourceFault = textFault(source);
  if (sourceFault) fail('source', `The source ${sourceFault}`);
  const proofFault = proof === null ? undefined : textFault(proof);
  if (proofFault) fail('proof', `The proof ${proofFault}`);
  const recordedAt = readTime(input.recordedAt, settings);
  if (typeof recordedAt === 'string') fail('recordedAt', recordedAt);
  if (problems.length > 0 || typeof recordedAt === 'string') return { ok: false, problems };
  const { channel, state } = input;
  const dated = input.recordedAt != null;
  return { ok: true, consent: { channel, state, source, proof, recordedAt, dated } };
}

function readTime(
  input: Date | string | null | undefined,
  { timeZone, now }: ConsentSettings,
): Date | string {
  if (input == null) return now;
  const instant = parseInstant(input, timeZone);
  if (instant === undefined) return 'This is not a date in ISO 8601.';
  if (instant > now.getTime() + clockSkew) return 'A consent cannot have been recorded in the future.';
  // What a fast clock dates a little ahead is recorded now: it would stand above a withdrawal of the next minute.
  return new Date(Math.min(instant, now.getTime()));
}
