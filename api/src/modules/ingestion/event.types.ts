import { ArrayMaxSize, ArrayMinSize } from 'class-validator';
import { GraphQLJSONObject } from 'graphql-scalars';
import { ArgsType, Field, Float, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import type { Outcome } from './incoming.js';

/** Events in one call at most. */
export const mostEvents = 1000;

@ObjectType('Event', { description: 'Something a contact did.' })
@Readable('contacts:read')
export class EventType {
  @Field(() => ID, { description: 'The id of the event.' })
  id!: string;

  @Field(() => String, { description: 'What was done, such as `page_viewed`.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The page, campaign, form, product or feature it was done to.',
  })
  target!: string | null;

  @Field(() => GraphQLJSONObject, { description: 'Whatever else is known of it.' })
  properties!: Record<string, unknown>;

  @Field(() => Date, { description: 'When it was done.' })
  occurredAt!: Date;

  @Field(() => Date, { description: 'When Coterie learned of it.' })
  receivedAt!: Date;

  @Field(() => String, {
    description:
      'What sent it: the library that a message names, such as `analytics-node`, `http` when it names none, or `graphql`.',
  })
  source!: string;

  @Field(() => String, { description: 'The id it was sent under.' })
  messageId!: string;
}

@ObjectType('EventName', { description: 'A name that events were recorded under.' })
@Readable('contacts:read')
export class EventNameType {
  @Field(() => String, { description: 'The name, as one of the events spells it.' })
  name!: string;

  @Field(() => Float, { description: 'How many events there are.' })
  count!: number;

  @Field(() => Date, { description: 'When the latest of them was done.' })
  lastSeenAt!: Date;
}

export const EventConnection = connectionOf(EventType, 'Event', 'contacts:read');
export const EventNameConnection = connectionOf(EventNameType, 'EventName', 'contacts:read');
@ArgsType()
export class EventsArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only events of this name; case does not matter.' })
  name?: string | null;

  @Field(() => Date, { nullable: true, description: 'Only events of this moment or later.' })
  since?: Date | null;

  @Field(() => Date, { nullable: true, description: 'Only events before this moment.' })
  until?: Date | null;
}

@ArgsType()
export class EventNamesArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description: 'Only names that contain this text; case does not matter.',
  })
  search?: string | null;
}

@InputType({
  description: 'An event. At least one of the four identities says who did it; an unknown contact is made.',
})
export class EventInput {
  @Field(() => String, { nullable: true, description: "The contact's id in your own systems." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'An e-mail address of the contact.' })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A phone number of the contact, best with its country code.',
  })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'The id of a browser or device.' })
  anonymousId?: string | null;

  @Field(() => String, { description: 'What was done: 1 to 200 characters.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The page, campaign, form, product or feature: at most 500 characters.',
  })
  target?: string | null;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Whatever else is known: at most 32 KB as JSON.',
  })
  properties?: Record<string, unknown> | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When it was done, from 2000 to one day from now; now unless given.',
  })
  occurredAt?: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'An id of your own: an event that is sent again under it is not stored again.',
  })
  messageId?: string | null;
}

@InputType({ description: 'Events to record.' })
export class RecordEventsInput {
  @Field(() => [EventInput], { description: 'From 1 to 1,000 events.' })
  @ArrayMinSize(1)
  @ArrayMaxSize(mostEvents)
  events!: EventInput[];
}

/** What became of a recorded event. */
export enum RecordEventStatus {
  stored = 'stored',
  duplicate = 'duplicate',
  refused = 'refused',
}

registerEnumType(RecordEventStatus, {
  name: 'RecordEventStatus',
  description: 'What became of a recorded event.',
  valuesConfig: {
    stored: { description: 'It is stored.' },
    duplicate: { description: 'An event was stored under its `messageId` before.' },
    refused: {
      description:
        'It is not acceptable; `error` says why. It was put into quarantine, unless it names somebody who was erased.',
    },
  },
});

@ObjectType('RecordEventResult', { description: 'What became of one recorded event.' })
@Readable(null)
export class RecordEventResultType {
  @Field(() => RecordEventStatus, { description: 'Whether it was stored.' })
  status!: RecordEventStatus;

  @Field(() => ID, { nullable: true, description: 'The id of the stored event.' })
  eventId!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The contact who did it; null for an API key without the scope `contacts:read`.',
  })
  contactId!: string | null;

  @Field(() => ProblemType, {
    nullable: true,
    description: 'Why it was refused, with a path such as `input.events[3].occurredAt`.',
  })
  error!: ProblemType | null;
}

/** What became of an event, as GraphQL says it. */
export function toRecordEventResult(outcome: Outcome): RecordEventResultType {
  const nothing = { eventId: null, contactId: null, error: null };
  if (outcome.status === 'duplicate') return { ...nothing, status: RecordEventStatus.duplicate };
  if (outcome.status === 'refused' || outcome.status === 'erased') {
    const { code, path, message } = outcome.problem;
    return { ...nothing, status: RecordEventStatus.refused, error: { code, path, message } };
  }
  const { eventId, contactId } = outcome;
  return { ...nothing, status: RecordEventStatus.stored, eventId, contactId };
}
