import { CHANNELS, type Channel } from '@coterie/rules';

/**
 * A SQL condition: whether a contact may be reached on a channel. It may be when its consent for the channel is granted
 * (never asked counts as no, as it does in the laws that ask for consent) and none of its identities is suppressed there,
 * the secondary ones included. To be asked at the last moment, in the statement that hands the contact out.
 * @param ordinal SQL expression for the contact's ordinal, such as `member.ordinal`; never user input.
 */
export function eligibleFor(channel: Channel, ordinal: string): string {
  if (!CHANNELS.includes(channel)) throw new Error(`${channel} is no channel.`);
  return `(${consentGiven(channel, ordinal)} and not ${suppressedFor(channel, ordinal)})`;
}

/** A SQL condition: whether the contact's consent for the channel is granted. */
export function consentGiven(channel: Channel, ordinal: string): string {
  return `exists (
    select from consents as given
    where given.channel = '${channel}' and given.state = 'granted' and given.ordinal = ${ordinal})`;
}

/** A SQL condition: whether any identity of the contact is suppressed on the channel. */
export function suppressedFor(channel: Channel, ordinal: string): string {
  return `exists (
    select from contact_identities as own
    join suppressions as stop on stop.kind = own.kind and stop.value = own.value and stop.channel = '${channel}'
    where own.ordinal = ${ordinal})`;
}
