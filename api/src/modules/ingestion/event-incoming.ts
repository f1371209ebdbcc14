import type { EventInput } from './check-event.js';
import type { Incoming } from './incoming.js';

/** An event as GraphQL and forms hand it over, on its way in. */
export function toEventIncoming(
  event: EventInput,
  receivedAt: Date,
  { place = '', source = 'graphql' } = {},
): Incoming {
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
