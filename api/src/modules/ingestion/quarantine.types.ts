import { ArrayMaxSize, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { RecordEventStatus } from './event.types.js';

/** Quarantined events that one call may replay, or name by their ids. */
export const mostReplayed = 1000;

/** In what form an event came in. */
export enum QuarantinedEventKind {
  message = 'message',
  event = 'event',
}

registerEnumType(QuarantinedEventKind, {
  name: 'QuarantinedEventKind',
  description: 'In what form an event came in.',
  valuesConfig: {
    message: { description: "A message of Segment's protocol, by HTTP." },
    event: { description: 'An input of `recordEvents`.' },
  },
});

@ObjectType('QuarantinedEvent', {
  description:
    'An event that could not be taken, or traits that were left out of one. It is kept for 90 days, then deleted.',
})
@Readable('contacts:read')
export class QuarantinedEventType {
  @Field(() => ID, { description: 'The id of the record.' })
  id!: string;

  @Field(() => String, { description: 'A stable code.' })
  code!: string;

  @Field(() => String, {
    description:
      'Where in the event the mistake is, such as `timestamp` or `traits.plan`; empty for all of it.',
  })
  path!: string;

  @Field(() => String, { description: 'What is wrong.' })
  message!: string;

  @Field(() => QuarantinedEventKind, { description: 'In what form it came in.' })
  kind!: QuarantinedEventKind;

  @Field(() => String, { description: 'What sent it: see `Event.source`.' })
  source!: string;

  @Field(() => String, {
    description:
      'What was not taken, as JSON. What the request said of all its messages is in it; the address and the browser ' +
      'of the sender are not.',
  })
  body!: string;

  @Field(() => Date, { description: 'When it was received.' })
  receivedAt!: Date;
}

export const QuarantinedEventConnection = connectionOf(
  QuarantinedEventType,
  'QuarantinedEvent',
  'contacts:read',
);

@InputType({ description: 'Which quarantined events are meant: those that fit everything that is given.' })
export class QuarantineFilterInput {
  @Field(() => [ID], { nullable: true, description: 'Only these; at most 1,000.' })
  @IsOptional()
  @ArrayMaxSize(mostReplayed)
  ids?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Only those with this code.' })
  code?: string | null;

  @Field(() => String, { nullable: true, description: 'Only those with exactly this path.' })
  path?: string | null;

  @Field(() => Date, { nullable: true, description: 'Only those received at this moment or later.' })
  since?: Date | null;

  @Field(() => Date, { nullable: true, description: 'Only those received before this moment.' })
  until?: Date | null;
}

@ArgsType()
export class QuarantinedEventsArgs extends PageArgs {
  @Field(() => QuarantineFilterInput, { nullable: true, description: 'Which of them; all unless given.' })
  @ValidateNested()
  filter?: QuarantineFilterInput | null;
}

@ArgsType()
export class ReplayArgs {
  @Field(() => ID, { nullable: true, description: 'The workspace; an API key need not name its own.' })
  workspaceId?: string | null;

  @Field(() => QuarantineFilterInput, { nullable: true, description: 'Which of them; all unless given.' })
  @ValidateNested()
  filter?: QuarantineFilterInput | null;

  @Field(() => Int, { defaultValue: mostReplayed, description: 'How many at most, from 1 to 1,000.' })
  @Min(1)
  @Max(mostReplayed)
  first!: number;

  @Field(() => String, {
    nullable: true,
    description: 'The `endCursor` of the call before, to go on from there.',
  })
  after?: string | null;
}

@ObjectType('ReplayedEvent', { description: 'What became of one quarantined event that was replayed.' })
@Readable(null)
export class ReplayedEventType {
  @Field(() => ID, { description: 'The id under which it was in quarantine.' })
  id!: string;

  @Field(() => RecordEventStatus, {
    description: 'Stored ones and duplicates have left the quarantine; refused ones are still there.',
  })
  status!: RecordEventStatus;

  @Field(() => ProblemType, { nullable: true, description: 'Why it was refused this time; kept with it.' })
  error!: ProblemType | null;
}

@ObjectType('ReplayEventsResult', { description: 'What became of quarantined events that were replayed.' })
@Readable(null)
export class ReplayEventsResultType {
  @Field(() => [ReplayedEventType], { description: 'Each of them, the oldest first.' })
  results!: ReplayedEventType[];

  @Field(() => Boolean, { description: 'Whether more events fit the filter after these.' })
  hasMore!: boolean;

  @Field(() => String, { nullable: true, description: 'Pass it as `after` to go on from here.' })
  endCursor!: string | null;
}
