import { days, type Calendar } from './calendar.js';
import type { Client } from './clients.js';
import { historyOf, sources, visitorHistory, type Deed, type Source } from './history.js';
import type { DemoPerson } from './people.js';
import type { Random } from './random.js';

/** Of people who became known while we look, how many were first seen as a browser without a name. */
const unnamedFirst = 0.35;

/**
 * Everything that happened, as messages of the tracking API, by what sends them. Those of a person stand together. Every
 * message has the same id each time, so that what is sent again is stored once.
 */
export function messagesOf(
  client: Client,
  calendar: Calendar,
  random: Random,
  people: readonly DemoPerson[],
): Map<Source, object[]> {
  const messages = new Map<Source, object[]>(sources.map((source) => [source, []]));
  for (const person of people) {
    const history = historyOf(client, calendar, random, person);
    const named = namedFrom(person, history, random);
    for (const [index, deed] of history.entries()) {
      const isUnnamed = deed.source === 'Website' && index < named;
      const anonymousId = `browser-${person.externalId}`;
      const who = isUnnamed
        ? { anonymousId }
        : { userId: person.externalId, ...(index === named && { anonymousId }) };
      messages.get(deed.source)!.push(messageOf(deed, who, `${person.externalId}-${index}`));
    }
  }
  return messages;
}

/** What browsers saw that never said whose they are: all of it comes from the website. */
export function visitorMessages(client: Client, calendar: Calendar, random: Random): object[] {
  return Array.from({ length: client.visitors }, (_, index) => `browser-${index}`).flatMap((anonymousId) =>
    visitorHistory(client, calendar, random).map((deed, place) =>
      messageOf(deed, { anonymousId }, `${anonymousId}-${place}`),
    ),
  );
}

/** The place of the form that said who the browser is, if it was seen before it did. */
function namedFrom({ known }: DemoPerson, history: readonly Deed[], random: Random): number {
  const isNew = known >= 0 && known < days && random.chance(unnamedFirst);
  return isNew ? history.findIndex(({ message }) => message.event === 'form_submitted') : -1;
}

function messageOf({ at, message }: Deed, who: object, messageId: string): object {
  return { ...message, ...who, messageId, timestamp: new Date(at).toISOString() };
}
