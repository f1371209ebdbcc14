import { ArrayMaxSize, MaxLength, ValidateNested } from 'class-validator';
import { Directive, Extensions, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { describeValues } from '../../platform/graphql/describe-values.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { AttributeValueScalar } from '../attributes/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { OnDrift, Outcome } from './apply.js';
import type { Blueprint } from './blueprint.repository.js';
import type { BlueprintParameter, PartKind } from './document.js';
import type { PartState } from './drift.js';

/** GraphQL's enum of kinds of parts. */
export const PartKindEnum = { SEGMENT: 'segment', AUDIENCE: 'audience', AUTOMATION: 'automation' } as const;
registerEnumType(PartKindEnum, {
  name: 'BlueprintPartKind',
  description: 'What a part of a blueprint is.',
  valuesConfig: describeValues({
    SEGMENT: 'A segment, by rule or static.',
    AUDIENCE: 'A custom audience.',
    AUTOMATION: 'An automation.',
  }),
});

/** GraphQL's enum of types of parameters. */
export const ParameterTypeEnum = {
  TEXT: 'text',
  NUMBER: 'number',
  BOOLEAN: 'boolean',
  DESTINATION: 'destination',
  MEMBER: 'member',
} as const;
registerEnumType(ParameterTypeEnum, {
  name: 'BlueprintParameterType',
  description: 'What a parameter of a blueprint is.',
  valuesConfig: describeValues({
    TEXT: 'A text.',
    NUMBER: 'A number.',
    BOOLEAN: 'Yes or no.',
    DESTINATION: 'The id of a destination of the workspace.',
    MEMBER: 'The id of a member, to whom follow-ups go.',
  }),
});

/** GraphQL's enum of what becomes of what was changed by hand. */
export const OnDriftEnum = { REFUSE: 'refuse', KEEP: 'keep', OVERWRITE: 'overwrite' } as const;
registerEnumType(OnDriftEnum, {
  name: 'BlueprintOnDrift',
  description: 'What becomes of what was changed by hand in a workspace, or put aside, since it was applied.',
  valuesConfig: describeValues({
    REFUSE: 'Nothing is applied to that workspace; what was changed is named.',
    KEEP: 'It stays as it is; the rest is applied.',
    OVERWRITE: 'It becomes what the blueprint says; what was put aside is made anew.',
  }),
});

/** GraphQL's enum of what became of parts. */
export const OutcomeEnum = {
  CREATED: 'created',
  CHANGED: 'changed',
  UNCHANGED: 'unchanged',
  ADOPTED: 'adopted',
  KEPT: 'kept',
  ARCHIVED: 'archived',
  RELEASED: 'released',
} as const;
registerEnumType(OutcomeEnum, {
  name: 'BlueprintOutcome',
  description: 'What became of a part.',
  valuesConfig: describeValues({
    CREATED: 'It was made.',
    CHANGED: 'It was brought in step.',
    UNCHANGED: 'It was in step already.',
    ADOPTED: 'One of its name was there, and was taken over.',
    KEPT: 'It was changed by hand, and stays so.',
    ARCHIVED: 'The blueprint has it no more, and it was put aside.',
    RELEASED: 'The blueprint has it no more; it is left to the workspace, as `detail` says why.',
  }),
});

/** GraphQL's enum of how things stand to what a blueprint left. */
export const PartStateEnum = {
  IN_STEP: 'in_step',
  CHANGED: 'changed',
  ARCHIVED: 'archived',
  GONE: 'gone',
} as const;
registerEnumType(PartStateEnum, {
  name: 'BlueprintPartState',
  description: 'How a thing stands to what the blueprint left.',
  valuesConfig: describeValues({
    IN_STEP: 'It is as the blueprint left it.',
    CHANGED: 'It was changed by hand since.',
    ARCHIVED: 'It was put aside.',
    GONE: 'It is not there any more.',
  }),
});

/** A parameter of a blueprint. */
@ObjectType('BlueprintParameter', { description: 'What a blueprint asks of each workspace.' })
@Readable(null)
export class BlueprintParameterType implements BlueprintParameter {
  @Field(() => String, { description: 'Its key: `[[key]]` stands for it in the document.' })
  key!: string;

  @Field(() => String, { description: 'What it is called.' })
  label!: string;

  @Field(() => String, { description: 'What it is for.' })
  description!: string;

  @Field(() => ParameterTypeEnum, { description: 'What it is.' })
  type!: BlueprintParameter['type'];

  @Field(() => String, { nullable: true, description: 'Of a destination: its kind, such as `meta`.' })
  kind?: string;

  @Field(() => Boolean, { description: 'Whether it has to be given, since there is no default.' })
  required!: boolean;

  @Field(() => AttributeValueScalar, { nullable: true, description: 'What it is unless it is given.' })
  default?: string | number | boolean | null;
}

/** A part of a blueprint. */
@ObjectType('BlueprintPart', { description: 'Something that a blueprint sets up.' })
@Readable(null)
export class BlueprintPartType {
  @Field(() => PartKindEnum, { description: 'What it is.' })
  kind!: PartKind;

  @Field(() => String, { description: 'Its key in the document.' })
  key!: string;

  @Field(() => String, { description: 'Its name, as the document has it.' })
  name!: string;
}

/** An attribute that a blueprint needs. */
@ObjectType('BlueprintAttribute', { description: 'An attribute that a blueprint needs of a workspace.' })
@Readable(null)
export class BlueprintAttributeType {
  @Field(() => String, { description: 'Whose it is: `contact` or `company`.' })
  subject!: string;

  @Field(() => String, { description: 'Its key.' })
  key!: string;

  @Field(() => String, { description: 'Its type, as the document spells it.' })
  type!: string;

  @Field(() => String, { description: 'What it is called.' })
  label!: string;
}

/** A version of a blueprint. */
@ObjectType('BlueprintVersion', { description: 'A version of a blueprint; it never changes.' })
@Readable(null)
export class BlueprintVersionType {
  @Field(() => Int, { description: 'Counts from 1.' })
  version!: number;

  @Field(() => String, { description: 'What is different, as its author says.' })
  note!: string;

  @Field(() => String, { description: 'Who made it: `user:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;
}

/** What a version sets up. */
@ObjectType('BlueprintContent', { description: 'What a version of a blueprint sets up.' })
@Readable(null)
export class BlueprintContentType {
  @Field(() => Int, { description: 'The version.' })
  version!: number;

  @Field(() => String, {
    description: 'The document as JSON: keep it, compare it, and give it to `createBlueprint` elsewhere.',
  })
  document!: string;

  @Field(() => [BlueprintParameterType], { description: 'What it asks of each workspace.' })
  parameters!: BlueprintParameterType[];

  @Field(() => [BlueprintAttributeType], {
    description: 'The attributes beyond the standard set that it needs.',
  })
  attributes!: BlueprintAttributeType[];

  @Field(() => [BlueprintPartType], { description: 'What it sets up, in the order in which that is made.' })
  parts!: BlueprintPartType[];
}

/** A blueprint. */
@ObjectType('Blueprint', {
  description:
    'Segments, custom audiences and automations that an organization sets up the same way in many workspaces.',
})
@Readable(null)
export class BlueprintType implements Blueprint {
  /** For nested resolvers; not part of the schema. */
  organizationId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => String, { description: 'What it is for.' })
  description!: string;

  @Field(() => Int, { description: 'Its newest version.' })
  latestVersion!: number;

  @Field(() => String, { description: 'Who made it: `user:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was put aside; null while it is in use.' })
  archivedAt!: Date | null;
}

/** A page of blueprints. */
export const BlueprintConnection = connectionOf(BlueprintType, 'Blueprint', null);

/** How a part stands in a workspace. */
@ObjectType('AppliedBlueprintPart', { description: 'What a part of a blueprint became in a workspace.' })
@Readable('audiences:read')
export class AppliedPartType {
  @Field(() => PartKindEnum, { description: 'What it is.' })
  kind!: PartKind;

  @Field(() => String, { description: 'Its key in the document.' })
  key!: string;

  @Field(() => String, { description: 'What it is called now.' })
  name!: string;

  @Field(() => ID, { description: 'The segment, custom audience or automation.' })
  objectId!: string;

  @Field(() => PartStateEnum, { description: 'How it stands to what the blueprint left.' })
  state!: PartState;

  @Field(() => [String], { description: 'What was changed by hand since, such as `rule`.' })
  fields!: string[];
}

/** That a workspace follows a blueprint. */
@ObjectType('AppliedBlueprint', { description: 'A blueprint that a workspace follows.' })
@Readable('audiences:read')
export class AppliedBlueprintType {
  @Field(() => ID, { description: 'The blueprint.' })
  blueprintId!: string;

  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => Int, { description: 'The version that was applied last.' })
  version!: number;

  @Field(() => Int, { description: 'The newest version.' })
  latestVersion!: number;

  @Field(() => String, { description: 'What its parameters are here, as a JSON object by key.' })
  parameters!: string;

  @Field(() => String, { description: 'Who applied it last: `user:<id>`.' })
  appliedBy!: string;

  @Field(() => Date, { description: 'When it was applied last.' })
  appliedAt!: Date;

  @Field(() => [AppliedPartType], {
    description: 'What its parts became, and which were changed by hand since.',
  })
  parts!: AppliedPartType[];
}

/** How one workspace stands to a blueprint. */
@ObjectType('BlueprintWorkspace', { description: 'How a workspace stands to a blueprint.' })
@Readable(null)
export class BlueprintWorkspaceType {
  @Field(() => WorkspaceType, { description: 'The workspace.' })
  workspace!: WorkspaceType;

  @Field(() => AppliedBlueprintType, { nullable: true, description: 'Null where it is not applied.' })
  applied!: AppliedBlueprintType | null;
}

/** A page of workspaces with how they stand to a blueprint. */
export const BlueprintWorkspaceConnection = connectionOf(BlueprintWorkspaceType, 'BlueprintWorkspace', null);

/** What became of a part. */
@ObjectType('BlueprintPartReport', { description: 'What became of a part when a blueprint was applied.' })
@Readable(null)
export class PartReportType {
  @Field(() => PartKindEnum, { description: 'What it is.' })
  kind!: PartKind;

  @Field(() => String, { description: 'Its key in the document.' })
  key!: string;

  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => ID, {
    description: 'The segment, custom audience or automation; of a dry run, one that is not kept.',
  })
  objectId!: string;

  @Field(() => OutcomeEnum, { description: 'What became of it.' })
  outcome!: Outcome;

  @Field(() => String, { nullable: true, description: 'Why it was left as it is, where it was.' })
  detail!: string | null;
}

/** What applying came to in one workspace. */
@ObjectType('BlueprintApplyResult', {
  description: 'What applying a blueprint came to in one workspace: all of it, or nothing.',
})
@Readable(null)
export class ApplyResultType {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => Boolean, { description: 'Whether it was applied; of a dry run, whether it would be.' })
  ok!: boolean;

  @Field(() => [ProblemType], { description: 'Why nothing was applied: each thing with its place.' })
  problems!: ProblemType[];

  @Field(() => [BlueprintAttributeType], {
    description: 'Attributes that the workspace lacked, and that were made.',
  })
  definedAttributes!: BlueprintAttributeType[];

  @Field(() => [PartReportType], { description: 'What became of each part.' })
  parts!: PartReportType[];
}

/** A value that is to be a parameter. */
@InputType('CapturedParameterInput', {
  description: 'A value that is to be a parameter, wherever it stands.',
})
export class CapturedParameterInput {
  @Field(() => String, { description: 'The key: a letter, and then small letters, digits and underscores.' })
  @MaxLength(63)
  key!: string;

  @Field(() => String, { description: 'What it is called.' })
  @IsName()
  label!: string;

  @Field(() => AttributeValueScalar, {
    description: 'The text, number or boolean that it takes the place of, and that is its default.',
  })
  value!: string | number | boolean;
}

/** What of a workspace becomes a blueprint. */
@InputType('BlueprintSourceInput', {
  description:
    'What of a workspace becomes a blueprint. What these name comes along; destinations and members become parameters.',
})
export class BlueprintSourceInput {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => [ID], { defaultValue: [], description: 'Segments.' })
  @ArrayMaxSize(200)
  segmentIds!: string[];

  @Field(() => [ID], { defaultValue: [], description: 'Custom audiences.' })
  @ArrayMaxSize(200)
  audienceIds!: string[];

  @Field(() => [ID], { defaultValue: [], description: 'Automations.' })
  @ArrayMaxSize(200)
  automationIds!: string[];

  @Field(() => [CapturedParameterInput], { defaultValue: [], description: 'Values that become parameters.' })
  @ValidateNested({ each: true })
  @ArrayMaxSize(100)
  parameters!: CapturedParameterInput[];
}

/** Where a version comes from. */
@InputType('BlueprintContentInput', { description: 'Where a version comes from: exactly one of these.' })
@Directive('@oneOf')
@Extensions({ oneOf: true })
export class BlueprintContentInput {
  @Field(() => BlueprintSourceInput, { nullable: true, description: 'Things of a workspace.' })
  @ValidateNested()
  source?: BlueprintSourceInput;

  @Field(() => String, {
    nullable: true,
    description: 'A document as JSON, such as `content.document` gives.',
  })
  @MaxLength(1_000_000)
  document?: string;
}

/** A new blueprint. */
@InputType('CreateBlueprintInput', { description: 'A new blueprint.' })
export class CreateBlueprintInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => String, { defaultValue: '', description: 'What it is for, at most 2,000 characters.' })
  @MaxLength(2_000)
  description!: string;

  @Field(() => BlueprintContentInput, { description: 'What it sets up.' })
  @ValidateNested()
  content!: BlueprintContentInput;
}

/** A change of how a blueprint is called. */
@InputType('UpdateBlueprintInput', {
  description: 'A change of a blueprint; what is absent or null stays as it is.',
})
export class UpdateBlueprintInput {
  @Field(() => ID, { description: 'The blueprint.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  @IsName()
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The new description.' })
  @MaxLength(2_000)
  description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether it is put aside: it is then not applied any more. What it has set up stays.',
  })
  archived?: boolean | null;
}

/** A new version. */
@InputType('AddBlueprintVersionInput', { description: 'A new version of a blueprint.' })
export class AddBlueprintVersionInput {
  @Field(() => ID, { description: 'The blueprint.' })
  id!: string;

  @Field(() => Int, {
    description: 'The newest version as far as you know: refused when there is a later one.',
  })
  expectedVersion!: number;

  @Field(() => BlueprintContentInput, { description: 'What it sets up.' })
  @ValidateNested()
  content!: BlueprintContentInput;

  @Field(() => String, { defaultValue: '', description: 'What is different, at most 2,000 characters.' })
  @MaxLength(2_000)
  note!: string;
}

/** A parameter of one workspace. */
@InputType('BlueprintParameterInput', { description: 'What a parameter is in one workspace.' })
export class BlueprintParameterInput {
  @Field(() => String, { description: 'Its key.' })
  key!: string;

  @Field(() => AttributeValueScalar, {
    nullable: true,
    description: 'A text, number or boolean; null where it may stay empty.',
  })
  value?: string | number | boolean | null;
}

/** A workspace to apply to. */
@InputType('BlueprintTargetInput', { description: 'A workspace that a blueprint is applied to.' })
export class BlueprintTargetInput {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => [BlueprintParameterInput], {
    defaultValue: [],
    description: 'Its parameters. Those that are left out stay as they were, or are the default.',
  })
  @ArrayMaxSize(100)
  parameters!: BlueprintParameterInput[];
}

/** What to apply. */
@InputType('ApplyBlueprintInput', {
  description: 'Applies a blueprint to workspaces, or upgrades those that follow it.',
})
export class ApplyBlueprintInput {
  @Field(() => ID, { description: 'The blueprint.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'The version; the newest unless given.' })
  version?: number | null;

  @Field(() => [BlueprintTargetInput], {
    nullable: true,
    description:
      'The workspaces, at most 100. Absent: those that follow it and are not at this version, 100 in one call.',
  })
  @ArrayMaxSize(100)
  targets?: BlueprintTargetInput[] | null;

  @Field(() => OnDriftEnum, {
    defaultValue: 'refuse',
    description: 'What becomes of what was changed by hand.',
  })
  onDrift!: OnDrift;

  @Field(() => Boolean, {
    defaultValue: false,
    description:
      'Takes over segments, audiences and automations that have the name of a part; otherwise they are in the way.',
  })
  adopt!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Makes attributes that a workspace lacks; otherwise they are named, and nothing is applied.',
  })
  defineAttributes!: boolean;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Activates automations that are made; otherwise they are drafts.',
  })
  activate!: boolean;

  @Field(() => Boolean, { defaultValue: false, description: 'Only says what would become of each part.' })
  dryRun!: boolean;
}

/** What to let go. */
@InputType('DetachBlueprintInput', { description: 'Has workspaces follow a blueprint no longer.' })
export class DetachBlueprintInput {
  @Field(() => ID, { description: 'The blueprint.' })
  id!: string;

  @Field(() => [ID], { description: 'The workspaces, at most 100.' })
  @ArrayMaxSize(100)
  workspaceIds!: string[];
}
