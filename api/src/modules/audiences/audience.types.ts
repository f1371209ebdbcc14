import type { PlatformId } from '@coterie/ad-formats';
import { ValidateNested } from 'class-validator';
import { ArgsType, Directive, Extensions, Field, ID, InputType, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import {
  AdPlatformEnum,
  AudienceIdentifierEnum,
  AudienceKindEnum,
  type AdIdentifier,
  type AudienceKind,
} from '../ad-files/index.js';

/** A custom audience. */
@ObjectType('CustomAudience', {
  description:
    'A segment on its way to one ad platform. Consent and suppressions are applied when its file is written, so that it never holds anybody who may not be handed on by then.',
})
@Readable('audiences:read')
export class CustomAudienceType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => AdPlatformEnum, { description: 'The platform that it is for.' })
  platform!: PlatformId;

  @Field(() => AudienceKindEnum, { description: 'Who its rows are.' })
  kind!: AudienceKind;

  @Field(() => ID, { description: 'The segment, by rule or static, that it is made from.' })
  segmentId!: string;

  @Field(() => [AudienceIdentifierEnum], { description: 'What leaves about each person or company.' })
  identifiers!: readonly AdIdentifier[];

  @Field(() => String, {
    description:
      'Where its file is downloaded, on this server: `GET` it with a session of an editor, or with an API key that has the scope audiences:write. The file is written anew each time, in the columns that the platform asks for, and refused with TOO_LARGE when the platform would not take one of its size.',
  })
  fileUrl!: string;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When its definition last changed.' })
  updatedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was archived; null while it is active.' })
  archivedAt!: Date | null;
}

/** A page of custom audiences. */
export const CustomAudienceConnection = connectionOf(CustomAudienceType, 'CustomAudience', 'audiences:read');

/** Which audiences to list. */
@InputType('CustomAudienceFilter', { description: 'Which custom audiences to list.' })
export class CustomAudienceFilterInput {
  @Field(() => AdPlatformEnum, { nullable: true, description: 'Only those for this platform.' })
  platform?: PlatformId | null;

  @Field(() => AudienceKindEnum, { nullable: true, description: 'Only of this kind.' })
  kind?: AudienceKind | null;

  @Field(() => ID, { nullable: true, description: 'Only those that are made from this segment.' })
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

/** The arguments of a list of audiences. */
@ArgsType()
export class CustomAudiencesArgs extends PageArgs {
  @Field(() => CustomAudienceFilterInput, {
    nullable: true,
    description: 'Which ones; all active ones unless given.',
  })
  filter?: CustomAudienceFilterInput | null;
}

/** What decides which rows a file has and what they say. */
@InputType('AudienceDefinitionInput', { description: 'What decides which rows the file of an audience has.' })
export class AudienceDefinitionInput {
  @Field(() => AdPlatformEnum, { description: 'The platform that it is for.' })
  platform!: PlatformId;

  @Field(() => AudienceKindEnum, {
    defaultValue: AudienceKindEnum.CONTACTS,
    description: 'Who its rows are; only LinkedIn takes companies.',
  })
  kind!: AudienceKind;

  @Field(() => ID, { description: 'The segment, by rule or static, that it is made from.' })
  segmentId!: string;

  @Field(() => [AudienceIdentifierEnum], {
    nullable: true,
    description:
      "What leaves about each person or company; `adPlatforms` lists what each platform takes, and its `defaultIdentifiers`, which are taken unless given. They must suffice for the platform's `matching`.",
  })
  identifiers?: AdIdentifier[] | null;
}

/** A new audience. */
@InputType('CreateCustomAudienceInput', { description: 'A new custom audience.' })
export class CreateCustomAudienceInput extends AudienceDefinitionInput {
  @Field(() => String, { description: 'Its name, at most 200 characters. Several may share one.' })
  name!: string;
}

/** A change of an audience. */
@InputType('UpdateCustomAudienceInput', {
  description:
    'A change of a custom audience; what is absent stays as it is. Platform and kind cannot change: that would be another audience.',
})
export class UpdateCustomAudienceInput {
  @Field(() => ID, { description: 'The custom audience.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  name?: string | null;

  @Field(() => ID, { nullable: true, description: 'The segment that it is made from, from now on.' })
  segmentId?: string | null;

  @Field(() => [AudienceIdentifierEnum], {
    nullable: true,
    description: 'What leaves about each person or company, from now on.',
  })
  identifiers?: AdIdentifier[] | null;
}

/** An audience by its id. */
@InputType('CustomAudienceIdInput', { description: 'A custom audience.' })
export class CustomAudienceIdInput {
  @Field(() => ID, { description: 'The custom audience.' })
  id!: string;
}

/** What a report is asked for. */
@InputType('AudienceReadinessInput', { description: 'What the report is about. Exactly one field.' })
@Directive('@oneOf')
@Extensions({ oneOf: true })
export class AudienceReadinessInput {
  @Field(() => ID, { nullable: true, description: 'A custom audience.' })
  id?: string;

  @Field(() => AudienceDefinitionInput, {
    nullable: true,
    description: 'An audience that has not been created: nothing is stored.',
  })
  @ValidateNested()
  definition?: AudienceDefinitionInput;
}
