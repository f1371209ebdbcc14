import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { RuleSourceInput } from './rule.types.js';
import { CountSourceEnum, NodeCountType, SegmentType } from './segment.types.js';

/** What a change makes of a segment's members. */
@ObjectType('MemberChange', { description: "What a change makes of a segment's members." })
@Readable('segments:read')
export class MemberChangeType {
  @Field(() => Int, { description: 'How many members there are as it is.' })
  before!: number;

  @Field(() => Int, { description: 'How many there would be.' })
  after!: number;

  @Field(() => Int, { description: 'How many contacts would become members.' })
  entered!: number;

  @Field(() => Int, { description: 'How many would not be members any more.' })
  left!: number;
}

/** What a change of a rule makes of another segment. */
@ObjectType('DependentChange', {
  description: 'What a change of a rule makes of a segment whose rule names it, itself or through others.',
})
@Readable('segments:read')
export class DependentChangeType {
  @Field(() => SegmentType, { description: 'The segment that depends on the changed one.' })
  segment!: SegmentType;

  @Field(() => MemberChangeType, {
    nullable: true,
    description: 'What becomes of its members; null where that could not be told.',
  })
  change!: MemberChangeType | null;

  @Field(() => ProblemType, {
    nullable: true,
    description:
      'Why it could not be told: with what it names, its rule is, or would become, too much to be answered.',
  })
  error!: ProblemType | null;
}

/** What saving a rule would do. */
@ObjectType('RuleChangePreview', {
  description:
    'What saving a rule would do: every number is of the same version of the workspace, and nothing is stored.',
})
@Readable('segments:read')
export class RuleChangePreviewType {
  workspaceId!: string;
  /** The ordinals of those to show. */
  samples!: { entered: number[]; left: number[] };

  @Field(() => Float, { description: 'The version of the workspace that all of it is exact at.' })
  version!: number;

  @Field(() => Date, {
    description: 'When it was asked. What is relative to now is relative to this minute.',
  })
  asOf!: Date;

  @Field(() => CountSourceEnum, { description: 'Where the numbers of the segment itself come from.' })
  source!: CountSourceEnum;

  @Field(() => Float, { description: 'Milliseconds that the answer took.' })
  tookMs!: number;

  @Field(() => MemberChangeType, { description: "What becomes of the segment's members." })
  change!: MemberChangeType;

  @Field(() => [NodeCountType], {
    description: 'How many meet each node of the new rule, a group before its children.',
  })
  nodes!: NodeCountType[];

  @Field(() => GraphQLJSONObject, { description: 'The new rule as a tree, in normal form.' })
  rule!: object;

  @Field(() => String, { description: 'The new rule in its text form.' })
  text!: string;

  @Field(() => String, { description: 'The new rule as a sentence.' })
  sentence!: string;

  @Field(() => [DependentChangeType], {
    description:
      'What becomes of the active segments whose rules name this one, themselves or through others: at most 50, by name.',
  })
  dependents!: DependentChangeType[];

  @Field(() => Int, { description: 'How many such segments there are in all.' })
  dependentsTotal!: number;
}

/** A rule that a segment may get. */
@InputType('PreviewRuleChangeInput', { description: 'A rule that a segment may get.' })
export class PreviewRuleChangeInput {
  @Field(() => ID, { description: 'The segment.' })
  id!: string;

  @Field(() => RuleSourceInput, { description: 'The new rule, as a tree or as text.' })
  rule!: RuleSourceInput;

  @Field(() => Int, {
    defaultValue: 10,
    description: 'How many of those who would enter, and of those who would leave, to show: from 0 to 50.',
  })
  sampleSize!: number;
}
