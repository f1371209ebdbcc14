import { CHANNELS, type Channel } from '@coterie/rules';
import { amongOrdinals } from '../../platform/database/among-ordinals.js';

/*
 * Whether a contact may be reached on a channel. It may be when its consent for the channel is granted (never asked
 * counts as no, as it does in the laws that ask for consent) and none of its identities is suppressed there, the
 * secondary ones included. To be asked at the last moment, in the statement that hands the contact out. These are sets
 * rather than conditions on one contact: joined, each is read once, however many contacts it is asked about.
 */

/** SQL: the contacts whose consent for the channel is granted, each once, as `ordinal`. */
export function consentingContacts(channel: Channel): string {
  return `select ordinal from consents where channel = ${literal(channel)} and state = 'granted'`;
}

/** SQL: the contacts of whom any identity is suppressed on the channel, each once, as `ordinal`. */
export function suppressedContacts(channel: Channel): string {
  return `select distinct own.ordinal from contact_identities as own
    join suppressions as stop
      on stop.kind = own.kind and stop.value = own.value and stop.channel = ${literal(channel)}`;
}

/**
 * SQL: those of some contacts who may be reached on the channel, as `ordinal`: for few, asked again immediately before
 * something goes out to them.
 * @param parameter the parameter that holds their ordinals, such as `$1`.
 */
export function reachableAmong(channel: Channel, parameter: string): string {
  return `select given.ordinal from consents as given
    where given.channel = ${literal(channel)} and given.state = 'granted' and ${amongOrdinals('given.ordinal', parameter)}
      and not exists (
        select from contact_identities as own
        join suppressions as stop
          on stop.kind = own.kind and stop.value = own.value and stop.channel = ${literal(channel)}
        where own.ordinal = given.ordinal)`;
}

/**
 * SQL: the e-mail addresses that a channel must not be used with, as `value`, some of them twice: those suppressed on it,
 * and those of contacts who withdrew their consent or are suppressed by another identity. For whoever takes different
 * addresses for one, such as an ad platform that looks past the dots in them.
 */
export function refusedAddresses(channel: Channel): string {
  return `select value from suppressions where channel = ${literal(channel)} and kind = 'email'
    union all
    select own.value from contact_identities as own
    join (${refusingContacts(channel)}) as refusing on refusing.ordinal = own.ordinal
    where own.kind = 'email'`;
}

/**
 * SQL: the advertising ids of telephones that a channel must not be used with, as `value`, some of them twice: those of
 * contacts who withdrew their consent or are suppressed. A telephone can be several contacts'.
 */
export function refusedMobileAdIds(channel: Channel): string {
  return `select own.text as value from contact_attributes as own
    join (${refusingContacts(channel)}) as refusing on refusing.ordinal = own.ordinal
    where own.key = 'mobile_ad_ids' and own.text is not null`;
}

/** Never asked is no refusal: somebody else may have said yes for what they share. */
function refusingContacts(channel: Channel): string {
  return `select ordinal from consents where channel = ${literal(channel)} and state = 'withdrawn'
    union ${suppressedContacts(channel)}`;
}

function literal(channel: Channel): string {
  if (!CHANNELS.includes(channel)) throw new Error(`${channel} is no channel.`);
  return `'${channel}'`;
}
