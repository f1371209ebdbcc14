import type { Channel } from '@coterie/client';

/** The channels that people are reached over, in words; one that is missing here does not compile. */
export const channelNames: Record<Channel, string> = {
  email: 'E-mail',
  phone: 'Phone',
  ads: 'Ad platforms',
  profiling: 'Profiling',
};

/** The same to choose from. */
export const channelChoices = (Object.keys(channelNames) as Channel[]).map((value) => ({
  value,
  label: channelNames[value],
}));
