import { Max, Min } from 'class-validator';
import { ArgsType, Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import { ProblemType } from '../../../platform/graphql/problem.types.js';

/** Which way somebody went. */
export enum SegmentTransitionKind {
  ENTERED = 'ENTERED',
  EXITED = 'EXITED',
}
registerEnumType(SegmentTransitionKind, {
  name: 'SegmentTransitionKind',
  description: 'Which way a contact went.',
  valuesConfig: {
    ENTERED: { description: 'It became a member.' },
    EXITED: { description: 'It is no member any more.' },
  },
});

/** Why somebody entered or left. */
export enum SegmentTransitionCause {
  DATA = 'DATA',
  DEFINITION = 'DEFINITION',
}
registerEnumType(SegmentTransitionCause, {
  name: 'SegmentTransitionCause',
  description: 'Why a contact entered a segment or left it.',
  valuesConfig: {
    DATA: { description: 'What is known of contacts has changed, or time has passed.' },
    DEFINITION: {
      description:
        'What is asked has changed: the rule, one that it names, or the time zone; or the segment was taken back into use.',
    },
  },
});

/** A membership as it is kept. */
@ObjectType('SegmentMembership', {
  description: 'The members of a segment as they are kept, a second or so behind; `size` is counted anew.',
})
@Readable('segments:read')
export class SegmentMembershipType {
  @Field(() => Int, {
    nullable: true,
    description: 'How many members it has; null while they were never found.',
  })
  size!: number | null;

  @Field(() => Date, {
    nullable: true,
    description: 'The minute that what is relative to now is relative to.',
  })
  asOf!: Date | null;

  @Field(() => Float, {
    nullable: true,
    description: 'The version of the workspace at which it is exact.',
  })
  version!: number | null;

  @Field(() => String, {
    description:
      'The latest transition: pass it as `after` to `transitions` or `segmentMembershipChanged` to go on from here. Read it before the members, to keep a copy of them.',
  })
  cursor!: string;

  @Field(() => ProblemType, {
    nullable: true,
    description: 'Why it does not move: its rule cannot be answered. Null when it can.',
  })
  error!: ProblemType | null;
}

/** How a segment moved. */
@ObjectType('SegmentMove', { description: 'How a segment moved over some days.' })
@Readable('segments:read')
export class SegmentMoveType {
  /** The segment. */
  segmentId!: string;
  workspaceId!: string;

  @Field(() => Int, { description: 'How many members it has.' })
  size!: number;

  @Field(() => Int, {
    description: 'How many more than at the beginning, or when it was first known; less than 0 for fewer.',
  })
  change!: number;

  @Field(() => [Int], {
    nullable: 'items',
    description: 'How many it had a day apart, the oldest first, now the last; null before it was known.',
  })
  sizes!: (number | null)[];
}

@ObjectType('SegmentMoves', { description: 'The segments that moved most over some days.' })
@Readable('segments:read')
export class SegmentMovesType {
  @Field(() => [SegmentMoveType], { description: 'Those that grew, most of all first.' })
  growing!: SegmentMoveType[];

  @Field(() => [SegmentMoveType], { description: 'Those that shrank, most of all first.' })
  shrinking!: SegmentMoveType[];
}

/** Over how many days, and how many segments. */
@ArgsType()
export class SegmentMovesArgs {
  @Field(() => Int, { defaultValue: 7, description: 'Over how many days, from 1 to 90.' })
  @Min(1)
  @Max(90)
  days!: number;

  @Field(() => Int, { defaultValue: 5, description: 'How many of each, from 1 to 20.' })
  @Min(1)
  @Max(20)
  first!: number;
}

/** How large a segment was. */
@ObjectType('SegmentSizePoint', { description: 'How large a segment was at a time.' })
@Readable('segments:read')
export class SegmentSizePointType {
  @Field(() => Date, { description: 'The minute, or the last one of the step that the point stands for.' })
  at!: Date;

  @Field(() => Int, { description: 'How many members it had.' })
  size!: number;

  @Field(() => Int, { description: 'How often somebody had entered since the point before.' })
  entered!: number;

  @Field(() => Int, { description: 'How often somebody had left since the point before.' })
  exited!: number;

  @Field(() => Float, { description: 'The version of the workspace.' })
  version!: number;
}

/** Which part of the size history to show. */
@ArgsType()
export class SizeHistoryArgs {
  @Field(() => Date, { nullable: true, description: 'From when; 30 days before `to` unless given.' })
  from?: Date | null;

  @Field(() => Date, { nullable: true, description: 'Until when; now unless given.' })
  to?: Date | null;
}

/** Somebody who entered a segment or left it. */
@ObjectType('SegmentTransition', { description: 'A contact that entered a segment or left it.' })
@Readable('contacts:read')
export class SegmentTransitionType {
  workspaceId!: string;
  ordinal!: number | null;

  @Field(() => SegmentTransitionKind, { description: 'Which way it went.' })
  kind!: SegmentTransitionKind;

  @Field(() => ID, {
    nullable: true,
    description:
      'The contact. Null when the person was erased, or the contact was gone before it was known here.',
  })
  contactId!: string | null;

  @Field(() => SegmentTransitionCause, { description: 'Why it entered or left.' })
  cause!: SegmentTransitionCause;

  @Field(() => Date, { description: 'When it was found.' })
  at!: Date;

  @Field(() => Float, { description: 'The version of the workspace at which it was found.' })
  version!: number;
}

/** A page of transitions. */
export const SegmentTransitionConnection = connectionOf(
  SegmentTransitionType,
  'SegmentTransition',
  'contacts:read',
);

/** Which transitions to show, and in which order. */
@ArgsType()
export class SegmentTransitionsArgs extends PageArgs {
  @Field(() => Boolean, { defaultValue: false, description: 'The latest first instead of the oldest.' })
  latestFirst!: boolean;
}

/** The size of a segment that has changed. */
@ObjectType('SegmentCountChange', { description: 'How many members a segment has now.' })
@Readable('segments:read')
export class SegmentCountChangeType extends SegmentMembershipType {
  @Field(() => ID, { description: 'The segment.' })
  segmentId!: string;
}

/** What has happened in a segment. */
@ObjectType('SegmentMembershipChange', { description: 'Contacts that entered a segment or left it.' })
@Readable('contacts:read')
export class SegmentMembershipChangeType {
  @Field(() => ID, { description: 'The segment.' })
  segmentId!: string;

  @Field(() => [SegmentTransitionType], {
    description: 'What has happened, in order: 500 at most. None in an event that only says where it begins.',
  })
  transitions!: SegmentTransitionType[];

  @Field(() => String, { description: 'Pass it as `after` to go on from here.' })
  cursor!: string;
}
