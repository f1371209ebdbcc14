import { GraphQLJSONObject } from 'graphql-scalars';
import {
  ArgsType,
  createUnionType,
  Field,
  Float,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { RuleSourceInput, RuleValueScalar } from './rule.types.js';

/** How a segment's members come about. */
export enum SegmentKindEnum {
  RULE = 'rule',
  STATIC = 'static',
}
registerEnumType(SegmentKindEnum, {
  name: 'SegmentKind',
  description: "How a segment's members come about.",
  valuesConfig: {
    RULE: { description: 'Whoever meets its rule.' },
    STATIC: { description: 'Whoever was put on it: a list.' },
  },
});

/** Where a count comes from. */
export enum CountSourceEnum {
  CACHE = 'CACHE',
  INCREMENTAL = 'INCREMENTAL',
  COMPUTED = 'COMPUTED',
}
registerEnumType(CountSourceEnum, {
  name: 'CountSource',
  description: 'Where a count comes from. It is exact either way.',
  valuesConfig: {
    CACHE: { description: 'From sets of contacts that were known at this version of the workspace.' },
    INCREMENTAL: { description: 'From known sets, after a look at the contacts that changed since.' },
    COMPUTED: { description: 'At least one condition was asked of the whole workspace.' },
  },
});

/** What segments can be sorted by. */
export enum SegmentSortField {
  NAME = 'name',
  CREATED_AT = 'createdAt',
  UPDATED_AT = 'updatedAt',
}
registerEnumType(SegmentSortField, {
  name: 'SegmentSortField',
  description: 'What segments can be sorted by.',
  valuesConfig: {
    NAME: { description: 'The name, whatever its case.' },
    CREATED_AT: { description: 'When it was created.' },
    UPDATED_AT: { description: 'When its definition last changed.' },
  },
});

/** What can use a segment. */
export enum SegmentUserKindEnum {
  SEGMENT = 'segment',
  CUSTOM_AUDIENCE = 'custom_audience',
  SEED_LIST = 'seed_list',
  AUTOMATION = 'automation',
}
registerEnumType(SegmentUserKindEnum, {
  name: 'SegmentUserKind',
  description: 'What can use a segment.',
  valuesConfig: {
    SEGMENT: { description: 'Another segment, whose rule names it.' },
    CUSTOM_AUDIENCE: { description: 'A custom audience that is made from it.' },
    SEED_LIST: { description: 'A seed list that was taken from it.' },
    AUTOMATION: { description: 'An automation that follows it.' },
  },
});

/** A number with where it comes from. */
@ObjectType('Count', { description: 'An exact number, and what it is the exact number of.' })
@Readable('segments:read')
export class CountType {
  @Field(() => Int, { description: 'The number of contacts.' })
  value!: number;

  @Field(() => Date, {
    description: 'When it was taken. What is relative to now is relative to this minute.',
  })
  asOf!: Date;

  @Field(() => Float, {
    description: 'The version of the workspace at which it is exact: every write raises it.',
  })
  version!: number;

  @Field(() => CountSourceEnum, { description: 'Where it comes from.' })
  source!: CountSourceEnum;

  @Field(() => Float, { description: 'Milliseconds that the answer took.' })
  tookMs!: number;
}

/** A segment. */
@ObjectType('Segment', { description: 'A group of contacts: those who meet a rule, or those on a list.' })
@Readable('segments:read')
export class SegmentType {
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => SegmentKindEnum, { description: 'How its members come about.' })
  kind!: SegmentKindEnum;

  @Field(() => String, { description: 'Its name; no two active segments of a workspace share one.' })
  name!: string;

  @Field(() => String, { description: 'What it is for.' })
  description!: string;

  @Field(() => Int, { description: 'Counts the changes of its definition, from 1.' })
  version!: number;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Its rule as a tree; null for a static segment.',
  })
  rule!: object | null;

  @Field(() => String, {
    nullable: true,
    description: 'Its rule in the text form; null for a static segment.',
  })
  text!: string | null;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When its definition last changed.' })
  updatedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was archived; null while it is active.' })
  archivedAt!: Date | null;
}

/** One version of a segment. */
@ObjectType('SegmentVersion', { description: 'What a segment was at one of its versions.' })
@Readable('segments:read')
export class SegmentVersionType {
  @Field(() => Int, { description: 'The number of the version, from 1.' })
  version!: number;

  @Field(() => String, { description: 'The name at that version.' })
  name!: string;

  @Field(() => String, { description: 'The description at that version.' })
  description!: string;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'The rule as a tree; null for a static segment.',
  })
  rule!: object | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The rule in its text form, a condition a line, so that two versions can be compared line by line.',
  })
  text!: string | null;

  @Field(() => String, { description: 'Who made this version: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When this version was made.' })
  createdAt!: Date;
}

/** What uses a segment. */
@ObjectType('SegmentUser', {
  description: 'Something that uses a segment, which therefore cannot be archived.',
})
@Readable('segments:read')
export class SegmentUserType {
  @Field(() => SegmentUserKindEnum, { description: 'What it is.' })
  kind!: SegmentUserKindEnum;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;
}

/** A page of segments. */
export const SegmentConnection = connectionOf(SegmentType, 'Segment', 'segments:read');

/** A page of versions. */
export const SegmentVersionConnection = connectionOf(SegmentVersionType, 'SegmentVersion', 'segments:read');

/** The count of one node of a rule. */
@ObjectType('NodeCount', { description: 'How many contacts one node of a rule holds for, by itself.' })
@Readable('segments:read')
export class NodeCountType {
  @Field(() => String, { description: 'The path of the node in the rule, such as `rule.all[2]`.' })
  path!: string;

  @Field(() => Int, { description: 'The number of contacts.' })
  count!: number;
}

/** What a rule would select. */
@ObjectType('SegmentPreview', { description: 'What a rule would select; nothing is stored.' })
@Readable('segments:read')
export class SegmentPreviewType {
  workspaceId!: string;
  /** The ordinals of those to show. */
  members!: number[];

  @Field(() => CountType, { description: 'How many contacts meet the rule.' })
  count!: CountType;

  @Field(() => [NodeCountType], {
    description:
      'How many meet each node of the rule, a group before its children; all at the version of the count.',
  })
  nodes!: NodeCountType[];

  @Field(() => GraphQLJSONObject, { description: 'The rule as a tree, in normal form.' })
  rule!: object;

  @Field(() => String, { description: 'The rule in its text form.' })
  text!: string;

  @Field(() => String, { description: 'The rule as a sentence.' })
  sentence!: string;
}

/** What is stored under an attribute. */
@ObjectType('AttributeEvidence', { description: 'What is stored under an attribute.' })
@Readable('contacts:read')
export class AttributeEvidenceType {
  @Field(() => String, { description: 'The key of the attribute; `company.` in front means the company.' })
  key!: string;

  @Field(() => [RuleValueScalar], {
    description: 'The value, or the items of a list; empty where there is none.',
  })
  values!: (string | number | boolean)[];

  @Field(() => Date, { nullable: true, description: 'Since when it is what it is.' })
  since!: Date | null;
}

/** One event that counts. */
@ObjectType('EventEvidenceItem', { description: 'One event that a condition counts.' })
@Readable('contacts:read')
export class EventEvidenceItemType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'What the contact did.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it was done to.' })
  target!: string | null;

  @Field(() => Date, { description: 'When it happened.' })
  occurredAt!: Date;
}

/** The events that count. */
@ObjectType('EventEvidence', { description: 'The events that a condition, or a step of a sequence, counts.' })
@Readable('contacts:read')
export class EventEvidenceType {
  @Field(() => Int, { description: 'How many there are.' })
  total!: number;

  @Field(() => [EventEvidenceItemType], { description: 'The last five, the latest first.' })
  latest!: EventEvidenceItemType[];
}

/** One thing that a third party says. */
@ObjectType('SignalEvidenceItem', { description: 'One thing that a third party says.' })
@Readable('contacts:read')
export class SignalEvidenceItemType {
  @Field(() => Boolean, { description: "Whether it is said of the contact's company." })
  ofCompany!: boolean;

  @Field(() => String, { description: 'Who says it.' })
  source!: string;

  @Field(() => RuleValueScalar, {
    nullable: true,
    description: 'What it says; null where it says no more than its name.',
  })
  value!: string | number | null;

  @Field(() => Date, { description: 'When it was so.' })
  observedAt!: Date;
}

/** What third parties say. */
@ObjectType('SignalEvidence', { description: 'What third parties say under the name that is asked for.' })
@Readable('contacts:read')
export class SignalEvidenceType {
  @Field(() => [SignalEvidenceItemType], { description: 'The latest ten; empty where nobody says anything.' })
  signals!: SignalEvidenceItemType[];
}

/** Whether the contact is on a list. */
@ObjectType('ListEvidence', { description: 'Whether the contact is on a list.' })
@Readable('contacts:read')
export class ListEvidenceType {
  @Field(() => ID, { description: 'The list, a static segment.' })
  segmentId!: string;

  @Field(() => Date, {
    nullable: true,
    description: 'When the contact was added; null when it is not on the list.',
  })
  addedAt!: Date | null;
}

/** How alike the contact is to a seed list. */
@ObjectType('LookalikeEvidence', { description: 'How alike the contact is to a seed list.' })
@Readable('contacts:read')
export class LookalikeEvidenceType {
  @Field(() => ID, { description: 'The lookalike.' })
  lookalikeId!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The place, 1 being the most alike; null when not ranked.',
  })
  rank!: number | null;

  @Field(() => Int, { description: 'How many contacts are ranked.' })
  ranked!: number;
}

/** What is recorded of a consent. */
@ObjectType('ConsentEvidence', { description: 'What is recorded of a consent.' })
@Readable('contacts:read')
export class ConsentEvidenceType {
  @Field(() => String, { description: 'The channel: email, ads, phone or profiling.' })
  channel!: string;

  @Field(() => String, { description: 'granted, withdrawn or unknown.' })
  state!: string;

  @Field(() => Date, { nullable: true, description: 'When it was said; null when nothing is recorded.' })
  recordedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Where it was said.' })
  source!: string | null;
}

/** What the contact can be recognised by. */
@ObjectType('IdentityEvidence', { description: 'What the contact can be recognised by.' })
@Readable('contacts:read')
export class IdentityEvidenceType {
  @Field(() => String, { description: 'external_id, email, phone or anonymous_id.' })
  identityKind!: string;

  @Field(() => [String], {
    description: 'Its identities of this kind, ten at most; empty where there is none.',
  })
  values!: string[];
}

/** The people of the contact's company. */
@ObjectType('PeopleEvidence', { description: "How many of the company's people a rule holds for." })
@Readable('contacts:read')
export class PeopleEvidenceType {
  @Field(() => Int, { description: "How many contacts work at the contact's company; 0 without a company." })
  people!: number;

  @Field(() => Int, { description: 'Of how many of them the rule below holds.' })
  matching!: number;
}

const evidenceTypes = {
  attribute: AttributeEvidenceType,
  events: EventEvidenceType,
  signals: SignalEvidenceType,
  list: ListEvidenceType,
  lookalike: LookalikeEvidenceType,
  consent: ConsentEvidenceType,
  identities: IdentityEvidenceType,
  people: PeopleEvidenceType,
} as const;

/** What is stored about a contact that a condition goes by. */
export const EvidenceUnion = createUnionType({
  name: 'Evidence',
  description: 'What is stored about a contact that a condition goes by.',
  types: () =>
    [
      AttributeEvidenceType,
      EventEvidenceType,
      SignalEvidenceType,
      ListEvidenceType,
      LookalikeEvidenceType,
      ConsentEvidenceType,
      IdentityEvidenceType,
      PeopleEvidenceType,
    ] as const,
  resolveType: (value) => evidenceTypes[(value as unknown as { kind: keyof typeof evidenceTypes }).kind],
});

/** One node of a rule, for one contact. */
@ObjectType('NodeExplanation', {
  description: 'Whether one node of a rule holds for a contact, and on which evidence.',
})
@Readable('segments:read')
export class NodeExplanationType {
  @Field(() => String, {
    description:
      'The path of the node, such as `rule.all[2]`. The nodes of a named segment follow under its path.',
  })
  path!: string;

  @Field(() => Int, { description: 'How deep it stands; 1 is the rule itself.' })
  depth!: number;

  @Field(() => String, { description: 'The kind of node: all, any, not, attribute, event and so on.' })
  kind!: string;

  @Field(() => String, { description: 'The node as a sentence.' })
  sentence!: string;

  @Field(() => Boolean, { description: 'Whether it holds for the contact.' })
  holds!: boolean;

  @Field(() => Date, {
    nullable: true,
    description:
      'The first minute at which it is otherwise if nothing but time passes; null where it stays as it is for ten years, or that is not foreseen.',
  })
  changesAt!: Date | null;

  @Field(() => [EvidenceUnion], { description: 'What it goes by; empty for groups.' })
  evidence!: (typeof EvidenceUnion)[];
}

/** Why a contact is a member, or is not. */
@ObjectType('MembershipExplanation', { description: 'Why a contact is a member of a segment, or is not.' })
@Readable('segments:read')
export class MembershipExplanationType {
  @Field(() => ID, { description: 'The segment.' })
  segmentId!: string;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => Boolean, { description: 'Whether the contact is a member.' })
  isMember!: boolean;

  @Field(() => Date, {
    nullable: true,
    description:
      'The first minute at which the contact is no member any more if nothing but time passes, as when a window lets go of what it did. Null where it stays one for ten years, is none, or that is not foreseen.',
  })
  leavesAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description:
      'The first minute at which the contact becomes a member if nothing but time passes, as with what it has not done for long enough. Null where it does not in ten years, is one, or that is not foreseen.',
  })
  entersAt!: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether it could be told what the passing of time changes. False where a condition goes by more than 1,000 instants, or the company has more than 200 people that are asked about.',
  })
  isForeseen!: boolean;

  @Field(() => Float, { description: 'The version of the workspace that all of it was read at.' })
  version!: number;

  @Field(() => Date, {
    description: 'When it was asked. What is relative to now is relative to this minute.',
  })
  asOf!: Date;

  @Field(() => String, { description: 'The rule as a sentence.' })
  sentence!: string;

  @Field(() => [NodeExplanationType], { description: 'Every node of the rule, a group before its children.' })
  nodes!: NodeExplanationType[];
}

/** What became of one contact of a list change. */
@ObjectType('ListChangeResult', { description: 'What became of one contact of a list change.' })
@Readable('segments:read')
export class ListChangeResultType {
  @Field(() => ID, { description: 'The contact, as given.' })
  contactId!: string;

  @Field(() => Boolean, {
    description: 'Whether it was added or removed; false when it was there, or gone, before.',
  })
  changed!: boolean;

  @Field(() => ProblemType, { nullable: true, description: 'Why nothing could be done for it.' })
  error!: ProblemType | null;
}

/** Which segments to list. */
@InputType('SegmentFilter', { description: 'Which segments to list.' })
export class SegmentFilterInput {
  @Field(() => SegmentKindEnum, { nullable: true, description: 'Only of this kind.' })
  kind?: SegmentKindEnum | null;

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

/** In which order to list them. */
@InputType('SegmentSort', { description: 'In which order to list segments.' })
export class SegmentSortInput {
  @Field(() => SegmentSortField, { description: 'What to sort by.' })
  by!: SegmentSortField;

  @Field(() => Boolean, { defaultValue: false, description: 'From the last to the first.' })
  descending!: boolean;
}

/** The arguments of a list of segments. */
@ArgsType()
export class SegmentsArgs extends PageArgs {
  @Field(() => SegmentFilterInput, {
    nullable: true,
    description: 'Which ones; all active ones unless given.',
  })
  filter?: SegmentFilterInput | null;

  @Field(() => SegmentSortInput, { nullable: true, description: 'In which order; by name unless given.' })
  sort?: SegmentSortInput | null;
}

/** A new segment by rule. */
@InputType('CreateSegmentInput', { description: 'A new segment whose members meet a rule.' })
export class CreateSegmentInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters.' })
  description?: string | null;

  @Field(() => RuleSourceInput, { description: 'Its rule, as a tree or as text.' })
  rule!: RuleSourceInput;
}

/** A new static segment. */
@InputType('CreateStaticSegmentInput', { description: 'A new static segment: a list, empty at first.' })
export class CreateStaticSegmentInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What it is for, at most 2,000 characters.' })
  description?: string | null;
}

/** A change of a segment. */
@InputType('UpdateSegmentInput', { description: 'A change of a segment; what is absent stays as it is.' })
export class UpdateSegmentInput {
  @Field(() => ID, { description: 'The segment.' })
  id!: string;

  @Field(() => Int, {
    description: 'The version that the change was made from: refused when there is a newer one.',
  })
  expectedVersion!: number;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'The new description.' })
  description?: string | null;

  @Field(() => RuleSourceInput, { nullable: true, description: 'The new rule.' })
  rule?: RuleSourceInput | null;
}

/** A version to go back to. */
@InputType('RestoreSegmentVersionInput', { description: 'A version of a segment to go back to.' })
export class RestoreSegmentVersionInput {
  @Field(() => ID, { description: 'The segment.' })
  id!: string;

  @Field(() => Int, { description: 'The version to go back to.' })
  version!: number;

  @Field(() => Int, {
    description: 'The newest version as far as you know: refused when there is a newer one.',
  })
  expectedVersion!: number;
}

/** A segment to copy. */
@InputType('DuplicateSegmentInput', { description: 'A segment to copy.' })
export class DuplicateSegmentInput {
  @Field(() => ID, { description: 'The segment.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The name of the copy; "Name (copy)" unless given.' })
  name?: string | null;
}

/** A segment by its id. */
@InputType('SegmentIdInput', { description: 'A segment.' })
export class SegmentIdInput {
  @Field(() => ID, { description: 'The segment.' })
  id!: string;
}

/** Contacts for a list. */
@InputType('ListChangeInput', { description: 'Contacts to put on a static segment, or to take off it.' })
export class ListChangeInput {
  @Field(() => ID, { description: 'The static segment.' })
  id!: string;

  @Field(() => [ID], { description: 'The contacts, at most 1,000.' })
  contactIds!: string[];
}

/** A rule to try. */
@InputType('PreviewSegmentInput', { description: 'A rule to try.' })
export class PreviewSegmentInput {
  @Field(() => RuleSourceInput, { description: 'The rule, as a tree or as text.' })
  rule!: RuleSourceInput;

  @Field(() => Int, { defaultValue: 10, description: 'How many members to show, from 0 to 50.' })
  sampleSize!: number;
}
