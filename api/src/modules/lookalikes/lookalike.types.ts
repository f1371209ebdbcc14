import { printTrait } from '@coterie/lookalike';
import { ArrayMaxSize, Max, MaxLength, Min } from 'class-validator';
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { describeValues } from '../../platform/graphql/describe-values.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import type { ContactType } from '../contacts/index.js';
import type {
  Lookalike,
  LookalikeStatus,
  TrainingReport,
  TrainingSchedule,
  TypicalTrait,
} from './lookalike.js';

/** GraphQL's enum of schedules. */
export const TrainingScheduleEnum = {
  MANUAL: 'manual',
  DAILY: 'daily',
  WEEKLY: 'weekly',
  MONTHLY: 'monthly',
} as const;
registerEnumType(TrainingScheduleEnum, {
  name: 'LookalikeSchedule',
  description: 'When a lookalike is grown anew by itself.',
  valuesConfig: describeValues({
    MANUAL: 'When somebody asks.',
    DAILY: 'Every day.',
    WEEKLY: 'Every seven days.',
    MONTHLY: 'Every thirty days.',
  }),
});

/** GraphQL's enum of how growing stands. */
export const LookalikeStatusEnum = {
  QUEUED: 'queued',
  TRAINING: 'training',
  READY: 'ready',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
} as const;
registerEnumType(LookalikeStatusEnum, {
  name: 'LookalikeStatus',
  description: 'How growing a lookalike stands.',
  valuesConfig: describeValues({
    QUEUED: 'It waits for a worker.',
    TRAINING: 'It is being grown; `progress` says how far.',
    READY: 'It was grown.',
    FAILED: 'It could not be grown, as `trouble` says; the ranking of the time before stays.',
    CANCELLED: 'Somebody ended it; the ranking of the time before stays.',
  }),
});

/** What a trait is called, and what it does. */
@ObjectType('LookalikeTrait', { description: 'A trait that is typical of the seed.' })
@Readable('audiences:read')
export class LookalikeTraitType {
  @Field(() => String, { description: 'The trait in a few words, such as `age: above 30 up to 40`.' })
  label!: string;

  @Field(() => String, {
    description: 'The attribute (of a company with `company.` in front) or the name of the event.',
  })
  column!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'How many times as common it is among the seed; null where nobody else has it.',
  })
  lift!: number | null;

  @Field(() => Float, { description: 'The share of the seed that has it, from 0 to 1.' })
  inSeed!: number;

  @Field(() => Float, { description: 'The share of the others that have it, from 0 to 1.' })
  inPool!: number;

  @Field(() => Float, {
    description:
      'By how much it raises the score of seed members who have it; only comparable within the lookalike.',
  })
  weight!: number;

  static of({ trait, ...rest }: TypicalTrait): LookalikeTraitType {
    return Object.assign(new LookalikeTraitType(), rest, { label: printTrait(trait), column: trait.column });
  }
}

/** What a size is expected to be like. */
@ObjectType('LookalikeSize', { description: 'What the best so many percent are expected to be like.' })
@Readable('audiences:read')
export class LookalikeSizeType {
  @Field(() => Int, { description: 'Per cent of the others: 1 to 20.' })
  percent!: number;

  @Field(() => Int, { description: 'How many contacts these are.' })
  size!: number;

  @Field(() => Float, { description: 'The share of people like the seed who are in it, from 0 to 1.' })
  recall!: number;

  @Field(() => Float, { description: 'How many times as common such people are in it as among all others.' })
  lift!: number;

  @Field(() => Float, {
    description:
      'How alike the least alike of it are: the share of the seed that ranks no higher, from 0 to 1.',
  })
  similarity!: number;
}

/** How a part of the seed that was hidden came back. */
@ObjectType('LookalikeHoldOut', {
  description: 'A check: a fifth of the seed was hidden among the others, and looked for.',
})
@Readable('audiences:read')
export class LookalikeHoldOutType {
  @Field(() => Int, { description: 'How many were hidden.' })
  hidden!: number;

  @Field(() => Float, { description: 'The share of them in the best 1 %: by chance 0.01.' })
  at1!: number;

  @Field(() => Float, { description: 'The share of them in the best 5 %.' })
  at5!: number;

  @Field(() => Float, { description: 'The share of them in the best 10 %.' })
  at10!: number;

  @Field(() => Float, { description: 'How often a hidden one ranks above somebody else: by chance 0.5.' })
  area!: number;
}

/** A column that took no part. */
@ObjectType('LookalikeLeftOut', { description: 'What took no part in growing a lookalike, and why.' })
@Readable('audiences:read')
export class LookalikeLeftOutType {
  @Field(() => String, { description: 'The attribute or event.' })
  column!: string;

  @Field(() => String, {
    description:
      '`definesSeed`: the rule of the seed asks for it, or somebody left it out; `sameForAll`: it tells nobody apart; `tooRare`: too few have it.',
  })
  reason!: string;
}

/** What came of growing. */
@ObjectType('LookalikeReport', { description: 'What came of growing a lookalike.' })
@Readable('audiences:read')
export class LookalikeReportType {
  @Field(() => [String], { description: 'What to know before trusting it, in words.' })
  warnings!: string[];

  @Field(() => [LookalikeTraitType], {
    description: 'What is typical of the seed, that first which tells most.',
  })
  traits!: LookalikeTraitType[];

  @Field(() => [LookalikeSizeType], { description: 'What sizes from 1 to 20 % are expected to be like.' })
  sizes!: LookalikeSizeType[];

  @Field(() => LookalikeHoldOutType, { description: 'A check on a hidden part of the seed.' })
  holdOut!: LookalikeHoldOutType;

  @Field(() => [LookalikeLeftOutType], { description: 'What took no part, and why.' })
  leftOut!: LookalikeLeftOutType[];

  @Field(() => Float, {
    nullable: true,
    description:
      'The share of the best tenth of the time before that is not in it any more; null the first time.',
  })
  drift!: number | null;

  static of({ traits, ...report }: TrainingReport): LookalikeReportType {
    const { warnings, sizes, holdOut, leftOut, drift } = report;
    const shown = { warnings, sizes, holdOut, leftOut, drift, traits: traits.map(LookalikeTraitType.of) };
    return Object.assign(new LookalikeReportType(), shown);
  }
}

/** A lookalike. */
@ObjectType('Lookalike', {
  description:
    'The contacts most like a seed list, ranked. Rules ask for the best 1 to 20 % of it: `lookalike "<id>" top 5%`.',
})
@Readable('audiences:read')
export class LookalikeType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  stored!: Lookalike;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => ID, { description: 'The seed list.' })
  seedListId!: string;

  @Field(() => ID, { nullable: true, description: 'A segment whose members are not ranked.' })
  excludedSegmentId!: string | null;

  @Field(() => Boolean, { description: 'Whether members of the seed count by their values.' })
  weighted!: boolean;

  @Field(() => [String], {
    description: 'What the model does not see, beside what the rule of the seed asks for.',
  })
  leaveOut!: readonly string[];

  @Field(() => TrainingScheduleEnum, { description: 'When it is grown anew by itself.' })
  schedule!: TrainingSchedule;

  @Field(() => LookalikeStatusEnum, { description: 'How growing it stands.' })
  status!: LookalikeStatus;

  @Field(() => Float, { description: 'How far growing has come, from 0 to 1.' })
  progress!: number;

  @Field(() => String, { nullable: true, description: 'Why it could not be grown, in words.' })
  trouble!: string | null;

  @Field(() => Int, { nullable: true, description: 'How many others were ranked; null before it was grown.' })
  poolSize!: number | null;

  @Field(() => Int, { nullable: true, description: 'How many the seed had; null before it was grown.' })
  seedSize!: number | null;

  @Field(() => LookalikeReportType, {
    nullable: true,
    description: 'What came of it; null before it was grown.',
  })
  report!: LookalikeReportType | null;

  @Field(() => Date, { nullable: true, description: 'When it was grown last.' })
  trainedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it is grown the next time by itself.' })
  nextTrainingAt!: Date | null;

  @Field(() => String, { description: 'Who made it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was put aside; null while it is in use.' })
  archivedAt!: Date | null;
}

/** A page of lookalikes. */
export const LookalikeConnection = connectionOf(LookalikeType, 'Lookalike', 'audiences:read');

/** Why a contact is where it is. */
@ObjectType('LookalikeReason', { description: 'What raises the score of a contact.' })
@Readable('audiences:read')
export class LookalikeReasonType {
  @Field(() => String, { description: 'The trait in a few words.' })
  label!: string;

  @Field(() => Float, { description: 'By how much; only comparable within the lookalike.' })
  adds!: number;
}

/** A ranked contact; the contact itself is resolved. */
@ObjectType('LookalikeContact', { description: 'A contact with its place in a lookalike, and why.' })
@Readable('contacts:read')
export class LookalikeContactType {
  workspaceId!: string;
  ordinal!: number;
  contact?: ContactType;

  @Field(() => Int, { description: 'Its place: 1 is the most alike.' })
  rank!: number;

  @Field(() => [LookalikeReasonType], { description: 'What raises its score most, up to three things.' })
  reasons!: LookalikeReasonType[];
}

/** A page of ranked contacts. */
export const LookalikeContactConnection = connectionOf(
  LookalikeContactType,
  'LookalikeContact',
  'contacts:read',
);

/** The arguments of a list of lookalikes. */
@ArgsType()
export class LookalikesArgs extends PageArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: only archived ones. Otherwise only active ones.',
  })
  archived!: boolean;
}

/** The arguments of a list of ranked contacts. */
@ArgsType()
export class LookalikeContactsArgs extends PageArgs {
  @Field(() => Int, { defaultValue: 20, description: 'The best so many percent: 1 to 20.' })
  @Min(1)
  @Max(20)
  top!: number;
}

/** A new lookalike. */
@InputType('CreateLookalikeInput', { description: 'A new lookalike, which is then grown.' })
export class CreateLookalikeInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => ID, { description: 'The seed list: at least 20 contacts, better some hundreds.' })
  seedListId!: string;

  @Field(() => ID, { nullable: true, description: 'A segment whose members are not to be ranked.' })
  excludedSegmentId?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Whether members of the seed count by their values.',
  })
  weighted!: boolean;

  @Field(() => [String], {
    defaultValue: [],
    description:
      'Attributes (of companies with `company.` in front) and events that the model is not to see, at most 100.',
  })
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  leaveOut!: string[];

  @Field(() => TrainingScheduleEnum, {
    defaultValue: 'manual',
    description: 'When it is grown anew by itself.',
  })
  schedule!: TrainingSchedule;
}

/** A change of a lookalike. */
@InputType('UpdateLookalikeInput', {
  description:
    'A change of a lookalike; what is absent or null stays as it is. What it is grown from takes effect the next time.',
})
export class UpdateLookalikeInput {
  @Field(() => ID, { description: 'The lookalike.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  @IsName()
  name?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether members of the seed count by their values.' })
  weighted?: boolean | null;

  @Field(() => [String], { nullable: true, description: 'What the model is not to see, at most 100.' })
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  leaveOut?: string[] | null;

  @Field(() => TrainingScheduleEnum, { nullable: true, description: 'When it is grown anew by itself.' })
  schedule?: TrainingSchedule | null;
}

/** A lookalike by its id. */
@InputType('LookalikeIdInput', { description: 'A lookalike.' })
export class LookalikeIdInput {
  @Field(() => ID, { description: 'The lookalike.' })
  id!: string;
}
