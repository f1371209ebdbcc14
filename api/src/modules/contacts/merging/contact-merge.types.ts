import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Problem } from '../../../platform/errors.js';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import { ProblemType } from '../../../platform/graphql/problem.types.js';
import { HeldAttributeType } from '../../attributes/index.js';
import { ConsentType } from '../../consent/index.js';
import { IdentityType } from '../contact.types.js';
import type { ContactMerge } from './contact-merge.repository.js';
import { membershipKinds, type Membership } from './membership.repository.js';
import { mergeReasons, type MergeReason } from './merge-reason.js';
import type { MergeChoice, MergeSide } from './preview-merge.js';
import { undoableUntil } from './undo-merge.js';

function enumOf<Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

/** GraphQL's enum of why contacts merge. */
export const MergeReasonEnum = enumOf(mergeReasons);
registerEnumType(MergeReasonEnum, {
  name: 'MergeReason',
  description: 'Why one contact became part of another.',
  valuesConfig: {
    by_hand: { description: 'Somebody merged them.' },
    anonymous: { description: 'A device turned out to be that of an identified contact.' },
    shared_identity: { description: 'An identity of a kind that the workspace merges on was given to both.' },
    alias: { description: 'It was said that one was known by the id of the other before.' },
  },
});

/** GraphQL's enum of sides. */
export const MergeSideEnum = enumOf<MergeSide>(['winner', 'loser', 'both']);
registerEnumType(MergeSideEnum, {
  name: 'MergeSide',
  description: 'Which of two contacts something comes from.',
  valuesConfig: {
    winner: { description: 'The one whose id stays.' },
    loser: { description: 'The one that becomes part of it.' },
    both: { description: 'Both have it.' },
  },
});

/** GraphQL's enum of choices between values. */
export const MergeChoiceEnum = enumOf<MergeChoice>(['only_winner', 'only_loser', 'same', 'winner_stays']);
registerEnumType(MergeChoiceEnum, {
  name: 'MergeChoice',
  description: 'Why a value stands after a merge.',
  valuesConfig: {
    only_winner: { description: 'The loser has none.' },
    only_loser: { description: 'The winner has none.' },
    same: { description: 'Both have the same.' },
    winner_stays: { description: 'They differ, and what the winner has stays.' },
  },
});

/** GraphQL's enum of memberships. */
export const MembershipKindEnum = enumOf(membershipKinds);
registerEnumType(MembershipKindEnum, {
  name: 'MembershipKind',
  description: 'Where a contact can stand besides rules.',
  valuesConfig: {
    list: { description: 'A static segment.' },
    seed_list: { description: 'A seed list.' },
    lookalike: { description: 'A lookalike.' },
  },
});

@ObjectType('ContactMerge', { description: 'A contact that became part of another.' })
@Readable('contacts:read')
export class ContactMergeType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  holder!: number;
  loserOrdinal!: number;

  @Field(() => ID, { description: 'The id of the merge.' })
  id!: string;

  @Field(() => ID, { description: 'The contact that the other became part of.' })
  winnerId!: string;

  @Field(() => ID, { description: 'The contact that became part of the other. Its id leads there.' })
  loserId!: string;

  @Field(() => MergeReasonEnum, { description: 'Why it became part of the other.' })
  reason!: MergeReason;

  @Field(() => String, { description: 'Who did it: `user:<id>`, `key:<id>`, or `system` for a rule.' })
  mergedBy!: string;

  @Field(() => Date, { description: 'When.' })
  mergedAt!: Date;

  @Field(() => Date, {
    nullable: true,
    description: 'Until when it can be undone; null when it was undone, or when what it needs is gone.',
  })
  undoableUntil!: Date | null;

  @Field(() => String, { nullable: true, description: 'Who undid it.' })
  undoneBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it was undone.' })
  undoneAt!: Date | null;
}

/** A page of merges. */
export const ContactMergeConnection = connectionOf(ContactMergeType, 'ContactMerge', 'contacts:read');

@ArgsType()
export class ContactMergesArgs extends PageArgs {
  @Field(() => MergeReasonEnum, { nullable: true, description: 'Only merges for this reason.' })
  reason?: MergeReason | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only merges that were undone, or only those that were not.',
  })
  undone?: boolean | null;
}

/** Shows a merge to GraphQL. */
export function toMergeType(workspaceId: string, { undoable, ...merge }: ContactMerge): ContactMergeType {
  return { ...merge, workspaceId, undoableUntil: undoable ? undoableUntil(merge) : null };
}

@InputType('MergeContactsInput', { description: 'Two contacts that are the same person.' })
export class MergeContactsInput {
  @Field(() => ID, { description: 'Whose id stays, and whose values where both have one.' })
  winnerId!: string;

  @Field(() => ID, { description: 'The contact that becomes part of it.' })
  loserId!: string;
}

@ObjectType('MergedIdentity', { description: 'An identity of a merged contact.' })
@Readable('contacts:read')
export class MergedIdentityType extends IdentityType {
  @Field(() => MergeSideEnum, { description: 'Who brings it.' })
  from!: MergeSide;
}

@ObjectType('MergedAttribute', { description: 'An attribute of a merged contact.' })
@Readable('contacts:read')
export class MergedAttributeType {
  @Field(() => HeldAttributeType, { description: 'The value that stands.' })
  attribute!: HeldAttributeType;

  @Field(() => MergeChoiceEnum, { description: 'Why it stands.' })
  choice!: MergeChoice;

  @Field(() => HeldAttributeType, {
    nullable: true,
    description: 'The value of the loser that stands back; null when there is none.',
  })
  discarded!: HeldAttributeType | null;
}

@ObjectType('MergedConsent', {
  description:
    'What holds for a channel of a merged contact: that it was withdrawn if either of the two did, else what was said last.',
})
@Readable('contacts:read')
export class MergedConsentType extends ConsentType {
  @Field(() => MergeSideEnum, { description: 'Who said it.' })
  from!: MergeSide;
}

@ObjectType('MergedMembership', {
  description: 'A list, seed list or lookalike that a merged contact is in.',
})
@Readable('contacts:read')
export class MergedMembershipType {
  @Field(() => MembershipKindEnum, { description: 'What it is in.' })
  kind!: Membership['kind'];

  @Field(() => ID, { description: 'The id of the list, seed list or lookalike.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => MergeSideEnum, { description: 'Who is in it.' })
  from!: MergeSide;
}

@ObjectType('ContactMergePreview', {
  description: 'What merging two contacts would come to. Nothing is stored.',
})
@Readable('contacts:read')
export class ContactMergePreviewType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  winnerOrdinal!: number;
  loserOrdinal!: number;
  companyId!: string | null;

  @Field(() => [MergedIdentityType], { description: 'Every identity of both.' })
  identities!: MergedIdentityType[];

  @Field(() => [MergedAttributeType], { description: 'The attributes, in the order of their keys.' })
  attributes!: MergedAttributeType[];

  @Field(() => [MergedConsentType], { description: 'The consents; the history of both is kept.' })
  consents!: MergedConsentType[];

  @Field(() => MergeSideEnum, { nullable: true, description: 'Whose company it belongs to; null for none.' })
  companyFrom!: MergeSide | null;

  @Field(() => Int, { description: 'Events of the winner.' })
  winnerEvents!: number;

  @Field(() => Int, { description: 'Events of the loser, which become the winner’s.' })
  loserEvents!: number;

  @Field(() => [MergedMembershipType], { description: 'Lists, seed lists and lookalikes.' })
  memberships!: MergedMembershipType[];

  @Field(() => [ProblemType], { description: 'What speaks against it, such as two external ids.' })
  warnings!: Problem[];
}
