import type { Channel, ConsentState, IdentityKind } from '../ast.js';
import { CHANNELS, CONSENT_STATES, IDENTITY_KINDS } from '../ast.js';
import type { ConditionHandler } from './condition.js';

/** Whether a contact may be reached, and by what it is known. */

const CHANNEL_WORDS: Record<Channel, string> = {
  email: 'email',
  ads: 'ads',
  phone: 'phone calls',
  profiling: 'profiling',
};

const STATE_WORDS: Record<ConsentState, [holds: string, fails: string]> = {
  granted: ['has consented to', 'has not consented to'],
  withdrawn: ['has refused', 'has not refused'],
  unknown: ['has not been asked about', 'has been asked about'],
};

/** `consent`: what the contact has agreed to on a channel. */
export const consent: ConditionHandler<'consent'> = {
  check(body, path, checker) {
    const fields = checker.fields(body, path, ['channel', 'state']);
    if (fields === undefined) return undefined;
    const channel = checker.need(fields, 'channel', path, (value, at) => checker.word(value, at, CHANNELS));
    const state = checker.need(fields, 'state', path, (value, at) => checker.word(value, at, CONSENT_STATES));
    return channel === undefined || state === undefined ? undefined : { channel, state };
  },
  print: ({ channel, state }) => `consent ${channel} ${state}`,
  describe: ({ channel, state }, _names, negated) => ({
    lead: 'who',
    text: `${STATE_WORDS[state][negated ? 1 : 0]} ${CHANNEL_WORDS[channel]}`,
  }),
  usesClock: () => false,
  refer: () => {},
};

const IDENTITY_WORDS: Record<IdentityKind, string> = {
  external_id: 'an external id',
  email: 'an email address',
  phone: 'a phone number',
  anonymous_id: 'an anonymous id',
};

/** `identified`: has an identity of a kind. */
export const identified: ConditionHandler<'identified'> = {
  check: (body, path, checker) => checker.word(body, path, IDENTITY_KINDS),
  print: (kind) => `identified by ${kind}`,
  describe: (kind, _names, negated) => ({
    lead: 'who',
    text: `${negated ? 'is not' : 'is'} known by ${IDENTITY_WORDS[kind]}`,
  }),
  usesClock: () => false,
  refer: () => {},
};
