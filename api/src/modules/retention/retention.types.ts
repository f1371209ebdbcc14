import { Max, Min } from 'class-validator';
import { Field, Float, InputType, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { mostDays, type EventRetention } from './event-retention.js';

@ObjectType('EventRetention', { description: 'How long events are kept, counted from when they were done.' })
@Readable('contacts:read')
export class EventRetentionType implements EventRetention {
  @Field(() => String, {
    nullable: true,
    description: 'The name of the events; null for all that have no setting of their own.',
  })
  name!: string | null;

  @Field(() => Int, { nullable: true, description: 'For so many days; null for ever.' })
  days!: number | null;

  @Field(() => String, { description: 'Who set it: `user:<id>` or `key:<id>`.' })
  setBy!: string;

  @Field(() => Date, { description: 'When it was set.' })
  setAt!: Date;
}

/** A page of settings. */
export const EventRetentionConnection = connectionOf(EventRetentionType, 'EventRetention', 'contacts:read');

@InputType('EventRetentionInput', { description: 'How long events are to be kept.' })
export class EventRetentionInput {
  @Field(() => String, {
    nullable: true,
    description: 'The name of the events; all that have no setting of their own unless given.',
  })
  name?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'For so many days since they were done, from 1 to 3650; for ever unless given.',
  })
  @Min(1)
  @Max(mostDays)
  days?: number | null;
}

@InputType('RemoveEventRetentionInput', { description: 'Which setting to take away.' })
export class RemoveEventRetentionInput {
  @Field(() => String, {
    nullable: true,
    description: 'The name of the events; the setting for all others unless given.',
  })
  name?: string | null;
}

@ObjectType('EventRetentionPreview', { description: 'What a setting would do.' })
@Readable('contacts:read')
export class EventRetentionPreviewType {
  @Field(() => Float, { description: 'How many events would be deleted now.' })
  events!: number;
}
