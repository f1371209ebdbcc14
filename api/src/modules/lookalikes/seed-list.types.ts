import { ValidateNested } from 'class-validator';
import { ArgsType, Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { ContactType } from '../contacts/index.js';

/** A seed list. */
@ObjectType('SeedList', {
  description:
    'The people that a lookalike is grown from, with what each is worth where that is known. Meta asks for at least 100 of them and recommends 1,000 to 5,000, all of one country.',
})
@Readable('audiences:read')
export class SeedListType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The segment whose members it was taken from when it was created; it does not follow the segment. Null when it was put together by hand.',
  })
  segmentId!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The number attribute that the value of a contact is taken from as it comes onto the list.',
  })
  valueAttribute!: string | null;

  @Field(() => String, {
    description:
      'Where its file for Meta is downloaded, on this server: `GET` it with a session of an editor, or with an API key that has the scope audiences:write. Its column `value` makes it a value-based seed; a list without any value has none. Consent and suppressions are those of that moment. Add `&identifiers=email,phone,name` to choose what leaves about each person.',
  })
  fileUrl!: string;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was archived; null while it is active.' })
  archivedAt!: Date | null;
}

/** What is known of a seed. */
@ObjectType('SeedQuality', { description: 'What is known of a seed list before anything is grown from it.' })
@Readable('audiences:read')
export class SeedQualityType {
  @Field(() => Int, { description: 'How many contacts are on it.' })
  members!: number;

  @Field(() => Int, { description: 'How many of them have an e-mail address or a telephone number.' })
  identified!: number;

  @Field(() => Int, { description: 'How many of them agreed to ads.' })
  consentedToAds!: number;

  @Field(() => Int, { description: 'How many of them did something in the last 30 days.' })
  activeIn30Days!: number;

  @Field(() => Int, { description: 'How many of them did something in the last 90 days.' })
  activeIn90Days!: number;

  @Field(() => Int, { description: 'Of how many of them no attribute is known.' })
  withoutAttributes!: number;

  @Field(() => Int, { description: 'How many of them have a value.' })
  withValue!: number;

  @Field(() => [String], { description: 'What to mind about it, in words; nothing where it is good.' })
  remarks!: string[];
}

/** A page of seed lists. */
export const SeedListConnection = connectionOf(SeedListType, 'SeedList', 'audiences:read');

/** A contact on a seed list. */
@ObjectType('SeedListMember', { description: 'A contact on a seed list.' })
@Readable('contacts:read')
export class SeedListMemberType {
  @Field(() => ContactType, { description: 'The contact.' })
  contact!: ContactType;

  @Field(() => Float, {
    nullable: true,
    description: 'What it is worth, at least 0; null when that is not known.',
  })
  value!: number | null;
}

/** A page of a seed list's contacts. */
export const SeedListMemberConnection = connectionOf(SeedListMemberType, 'SeedListMember', 'contacts:read');

/** A new seed list with what became of its contacts. */
@ObjectType('CreatedSeedList', {
  description:
    'A new seed list, and what became of the contacts that were taken onto it: `members` = `withValue` + `withoutValue` + `negativeValues`.',
})
@Readable('audiences:read')
export class CreatedSeedListType {
  @Field(() => SeedListType, { description: 'The seed list.' })
  seedList!: SeedListType;

  @Field(() => Int, { description: 'The contacts that were taken.' })
  members!: number;

  @Field(() => Int, { description: 'Of them, those with a value.' })
  withValue!: number;

  @Field(() => Int, {
    description: 'Those without: nothing is stored under the attribute, or none was named.',
  })
  withoutValue!: number;

  @Field(() => Int, {
    description:
      'Those whose value is below 0, which no platform takes: they are on the list without a value.',
  })
  negativeValues!: number;
}

/** What became of one contact of a change. */
@ObjectType('SeedListMemberResult', { description: 'What became of one contact of a change of a seed list.' })
@Readable('audiences:read')
export class SeedListMemberResultType {
  @Field(() => ID, { description: 'The contact, as given.' })
  contactId!: string;

  @Field(() => Boolean, {
    description: 'Whether the list is different for it: it was added, was removed or has another value.',
  })
  changed!: boolean;

  @Field(() => Float, { nullable: true, description: 'Its value on the list now.' })
  value!: number | null;

  @Field(() => ProblemType, {
    nullable: true,
    description:
      'Why it has no value, although the list has an attribute for it: NO_VALUE when nothing is stored there, NEGATIVE_VALUE when what is stored is below 0.',
  })
  warning!: ProblemType | null;

  @Field(() => ProblemType, { nullable: true, description: 'Why nothing could be done for it.' })
  error!: ProblemType | null;
}

/** Which seed lists to list. */
@InputType('SeedListFilter', { description: 'Which seed lists to list.' })
export class SeedListFilterInput {
  @Field(() => ID, { nullable: true, description: 'Only those that were taken from this segment.' })
  segmentId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: only archived ones. Otherwise only active ones.',
  })
  archived?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only those whose name contains this, whatever its case.',
  })
  search?: string | null;
}

/** The arguments of a list of seed lists. */
@ArgsType()
export class SeedListsArgs extends PageArgs {
  @Field(() => SeedListFilterInput, {
    nullable: true,
    description: 'Which ones; all active ones unless given.',
  })
  filter?: SeedListFilterInput | null;
}

/** A new seed list. */
@InputType('CreateSeedListInput', {
  description:
    'A new seed list: the members of a segment as they are now, or empty, to be put together with addToSeedList.',
})
export class CreateSeedListInput {
  @Field(() => String, { description: 'Its name, at most 200 characters. Several may share one.' })
  name!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The segment, by rule or static, whose members it takes; empty unless given.',
  })
  segmentId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'A number attribute of contacts, such as lifetime_value: what it says of a contact becomes its value on the list.',
  })
  valueAttribute?: string | null;
}

/** A new name. */
@InputType('RenameSeedListInput', { description: 'A new name for a seed list.' })
export class RenameSeedListInput {
  @Field(() => ID, { description: 'The seed list.' })
  id!: string;

  @Field(() => String, { description: 'Its new name, at most 200 characters.' })
  name!: string;
}

/** A seed list by its id. */
@InputType('SeedListIdInput', { description: 'A seed list.' })
export class SeedListIdInput {
  @Field(() => ID, { description: 'The seed list.' })
  id!: string;
}

/** A contact for a seed list. */
@InputType('SeedListMemberInput', { description: 'A contact for a seed list.' })
export class SeedListMemberInput {
  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => Float, {
    nullable: true,
    description:
      "What it is worth, at least 0, in whatever unit the list uses throughout. Unless given, what the list's attribute says; and if that says nothing, what the list said before.",
  })
  value?: number | null;
}

/** Contacts for a seed list. */
@InputType('AddToSeedListInput', { description: 'Contacts to put on a seed list, or to give another value.' })
export class AddToSeedListInput {
  @Field(() => ID, { description: 'The seed list.' })
  id!: string;

  @Field(() => [SeedListMemberInput], { description: 'The contacts, at most 1,000.' })
  @ValidateNested({ each: true })
  members!: SeedListMemberInput[];
}

/** Contacts to take off. */
@InputType('RemoveFromSeedListInput', { description: 'Contacts to take off a seed list.' })
export class RemoveFromSeedListInput {
  @Field(() => ID, { description: 'The seed list.' })
  id!: string;

  @Field(() => [ID], { description: 'The contacts, at most 1,000.' })
  contactIds!: string[];
}
