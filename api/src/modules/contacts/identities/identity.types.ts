import type { IdentityKind } from '@coterie/rules';
import { ArgsType, Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { Problem } from '../../../platform/errors.js';
import { Readable } from '../../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../../platform/graphql/pagination.js';
import { ProblemType } from '../../../platform/graphql/problem.types.js';
import { IdentityKindEnum } from '../contact.types.js';
import { blockReasons, type BlockReason } from './blocked-identity.repository.js';
import { mergeableKinds, type IdentitySettings } from './identity-settings.js';

function enumOf<Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

/** GraphQL's enum of kinds that contacts may merge on. */
export const MergeableKindEnum = enumOf(mergeableKinds);
registerEnumType(MergeableKindEnum, {
  name: 'MergeableKind',
  description: 'A kind of identity that two identified contacts may become one by.',
  valuesConfig: {
    email: { description: 'An e-mail address.' },
    phone: { description: 'A phone number.' },
    anonymous_id: { description: 'A browser or device.' },
  },
});

/** GraphQL's enum of why identities are blocked. */
export const BlockReasonEnum = enumOf(blockReasons);
registerEnumType(BlockReasonEnum, {
  name: 'BlockReason',
  description: 'Why an identity does not say who is meant.',
  valuesConfig: {
    placeholder: { description: 'It is what programs and people write where one is missing.' },
    shared: { description: 'Too many contacts were given it, or too many devices.' },
    by_hand: { description: 'Somebody said so.' },
  },
});

@ObjectType('IdentitySettings', { description: 'How a workspace recognises its contacts.' })
@Readable('contacts:read')
export class IdentitySettingsType implements IdentitySettings {
  @Field(() => [MergeableKindEnum], {
    description:
      'Two identified contacts that are given the same identity of one of these kinds become one, unless they differ in ' +
      'a stronger kind. Anonymous contacts become part of identified ones in any case. Only e-mail unless changed.',
  })
  mergeOn!: IdentitySettings['mergeOn'];

  @Field(() => Int, {
    description:
      'An identity is blocked when so many other contacts were given it within 30 days. 10 unless changed.',
  })
  contactLimit!: number;

  @Field(() => Int, {
    description:
      'Devices that a contact gains within 30 days at most; the address that brings more is blocked. 100 unless changed.',
  })
  deviceLimit!: number;
}

@InputType('IdentitySettingsInput', { description: 'What is left out stays as it is.' })
export class IdentitySettingsInput {
  @Field(() => [MergeableKindEnum], {
    nullable: true,
    description: 'Kinds that two identified contacts merge on; none to merge only by hand and by alias.',
  })
  mergeOn?: IdentitySettings['mergeOn'] | null;

  @Field(() => Int, { nullable: true, description: 'From 1 to 10,000.' })
  contactLimit?: number | null;

  @Field(() => Int, { nullable: true, description: 'From 1 to 10,000.' })
  deviceLimit?: number | null;
}

@ObjectType('IdentityConflict', {
  description:
    'An identity that was given to one contact and stays with another, because the rules do not make them one.',
})
@Readable('contacts:read')
export class IdentityConflictType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  holder!: number;
  claimant!: number;

  @Field(() => ID, { description: 'The id of the conflict.' })
  id!: string;

  @Field(() => IdentityKindEnum, { description: 'What kind of identity it is.' })
  kind!: IdentityKind;

  @Field(() => String, { description: 'The identity, as it is compared.' })
  value!: string;

  @Field(() => String, { description: 'Where it came from the last time.' })
  source!: string;

  @Field(() => Int, { description: 'How often it came.' })
  count!: number;

  @Field(() => Date, { description: 'When it came first.' })
  firstSeenAt!: Date;

  @Field(() => Date, { description: 'When it came last.' })
  lastSeenAt!: Date;

  @Field(() => String, { nullable: true, description: 'Who said that it is none.' })
  dismissedBy!: string | null;

  @Field(() => Date, { nullable: true, description: 'When somebody said that it is none.' })
  dismissedAt!: Date | null;
}

/** A page of conflicts. */
export const IdentityConflictConnection = connectionOf(
  IdentityConflictType,
  'IdentityConflict',
  'contacts:read',
);

@ArgsType()
export class IdentityConflictsArgs extends PageArgs {
  @Field(() => IdentityKindEnum, { nullable: true, description: 'Only identities of this kind.' })
  kind?: IdentityKind | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Those that were dismissed instead of the open ones.',
  })
  dismissed!: boolean;
}

@ObjectType('BlockedIdentity', {
  description: 'An identity that is not used to recognise anybody, or that somebody said is fine.',
})
@Readable('contacts:read')
export class BlockedIdentityType {
  @Field(() => IdentityKindEnum, { description: 'What kind of identity it is.' })
  kind!: IdentityKind;

  @Field(() => String, { description: 'The identity, as it is compared.' })
  value!: string;

  @Field(() => Boolean, {
    description: 'Whether it is blocked; if not, it is never blocked by itself again.',
  })
  blocked!: boolean;

  @Field(() => BlockReasonEnum, { description: 'Why it was decided so.' })
  reason!: BlockReason;

  @Field(() => String, { nullable: true, description: 'What somebody noted.' })
  note!: string | null;

  @Field(() => String, { description: 'Who decided: `user:<id>`, `key:<id>`, or `system` for a rule.' })
  decidedBy!: string;

  @Field(() => Date, { description: 'When.' })
  decidedAt!: Date;
}

/** A page of blocked identities. */
export const BlockedIdentityConnection = connectionOf(
  BlockedIdentityType,
  'BlockedIdentity',
  'contacts:read',
);

@ArgsType()
export class BlockedIdentitiesArgs extends PageArgs {
  @Field(() => IdentityKindEnum, { nullable: true, description: 'Only identities of this kind.' })
  kind?: IdentityKind | null;

  @Field(() => BlockReasonEnum, {
    nullable: true,
    description: 'Only those that are blocked for this reason.',
  })
  reason?: BlockReason | null;

  @Field(() => Boolean, { defaultValue: true, description: 'False for those that somebody said are fine.' })
  blocked!: boolean;
}

@InputType('UnblockIdentitiesInput', { description: 'Identities that say who is meant.' })
export class UnblockIdentitiesInput {
  @Field(() => IdentityKindEnum, { description: 'What kind of identities the values are.' })
  kind!: IdentityKind;

  @Field(() => [String], { description: 'The identities, at most 1,000, in any form.' })
  values!: string[];

  @Field(() => String, { nullable: true, description: 'Why; at most 500 characters.' })
  note?: string | null;
}

@InputType('BlockIdentitiesInput', { description: 'Identities that do not say who is meant.' })
export class BlockIdentitiesInput extends UnblockIdentitiesInput {}

@ObjectType('IdentityDecisionResult', { description: 'What became of one value.' })
@Readable('contacts:read')
export class IdentityDecisionResultType {
  @Field(() => String, { description: 'The value, as it was given.' })
  value!: string;

  @Field(() => Boolean, { description: 'Whether anything is different for it.' })
  changed!: boolean;

  @Field(() => ProblemType, { nullable: true, description: 'What is wrong with it.' })
  error!: Problem | null;
}
