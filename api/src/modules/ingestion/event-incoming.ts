import type { EventInput } from './check-event.js';
import type { Incoming } from './incoming.js';

/** What came in over GraphQL is named after. */
const source = 'graphql';

/** An event as GraphQL hands it over, on its way in. */
export function toEventIncoming(event: EventInput, receivedAt: Date, place = ''): Incoming {
  const { externalId, email, phone, anonymousId, messageId = null } = event;
  const body = JSON.stringify(event);
  return {
    kind: 'event',
    place,
    source,
    receivedAt,
    bytes: Buffer.byteLength(body),
    body: () => body,
    nameOf: (field) => field,
    identity: { externalId, email, phone, anonymousId },
    messageId,
    event,
    traits: undefined,
    firstTouch: undefined,
    previousId: null,
  };
}
