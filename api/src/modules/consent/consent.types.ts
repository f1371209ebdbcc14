import { CHANNELS, type Channel } from '@coterie/rules';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Problem } from '../../platform/errors.js';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import type { ConsentInput, RecordedState } from './consent.js';
import { suppressibleKinds, type SuppressibleKind } from './suppression.js';

function enumOf<Name extends string>(names: readonly Name[]): { [Key in Name]: Key } {
  return Object.fromEntries(names.map((name) => [name, name])) as { [Key in Name]: Key };
}

/** GraphQL's enum of channels, spelled as in rules. */
export const ChannelEnum = enumOf(CHANNELS);
registerEnumType(ChannelEnum, {
  name: 'Channel',
  description: 'What a consent or a suppression is for.',
  valuesConfig: {
    email: { description: 'Being written to by e-mail.' },
    ads: { description: 'Being handed to ad platforms.' },
    phone: { description: 'Being called or texted.' },
    profiling: { description: 'Being scored and profiled.' },
  },
});

/** GraphQL's enum of what can be recorded. */
export const RecordedStateEnum = enumOf<RecordedState>(['granted', 'withdrawn']);
registerEnumType(RecordedStateEnum, {
  name: 'RecordedConsentState',
  description: 'What a contact said about a channel.',
  valuesConfig: { granted: { description: 'Said yes.' }, withdrawn: { description: 'Said no.' } },
});

/** GraphQL's enum of identities that can be suppressed. */
export const SuppressibleKindEnum = enumOf(suppressibleKinds);
registerEnumType(SuppressibleKindEnum, {
  name: 'SuppressibleKind',
  description: 'What kind of identity a suppression names.',
  valuesConfig: {
    external_id: { description: "The id in the customer's own systems." },
    email: { description: 'An e-mail address.' },
    phone: { description: 'A phone number.' },
  },
});

@ObjectType('Consent', { description: 'What a contact said about a channel.' })
@Readable('contacts:read')
export class ConsentType {
  @Field(() => ChannelEnum, { description: 'The channel.' })
  channel!: Channel;

  @Field(() => RecordedStateEnum, { description: 'What was said.' })
  state!: RecordedState;

  @Field(() => String, { description: 'Where it was said: a form, an import, a call.' })
  source!: string;

  @Field(() => String, { nullable: true, description: 'What shows it.' })
  proof!: string | null;

  @Field(() => Date, { description: 'When it was said.' })
  recordedAt!: Date;
}

@InputType('ConsentInput', { description: 'What a contact said about a channel.' })
export class ConsentInputType implements ConsentInput {
  @Field(() => ChannelEnum, { description: 'The channel.' })
  channel!: Channel;

  @Field(() => RecordedStateEnum, { description: 'What was said.' })
  state!: RecordedState;

  @Field(() => String, { nullable: true, description: 'Where it was said; `api` unless given.' })
  source?: string | null;

  @Field(() => String, { nullable: true, description: 'What shows it, such as the text that was agreed to.' })
  proof?: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When it was said; now unless given. The latest one holds.',
  })
  recordedAt?: Date | null;
}

@InputType('ContactConsentInput', {
  description: 'What a contact that is named by its id said about a channel.',
})
export class ContactConsentInput extends ConsentInputType {
  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;
}

@InputType('RecordConsentsInput', { description: 'Consents to record.' })
export class RecordConsentsInput {
  @Field(() => [ContactConsentInput], { description: 'At most 1,000, applied in order.' })
  consents!: ContactConsentInput[];
}

@ObjectType('ConsentResult', { description: 'What became of one consent.' })
@Readable('contacts:read')
export class ConsentResultType {
  @Field(() => ID, { description: 'The contact, as it was given.' })
  contactId!: string;

  @Field(() => Boolean, { description: 'Whether it said anything new.' })
  changed!: boolean;

  @Field(() => ProblemType, { nullable: true, description: 'Why it could not be recorded.' })
  error!: Problem | null;
}

@ObjectType('Suppression', {
  description: 'An identity that must not be contacted on a channel, whoever it belongs to.',
})
@Readable('contacts:read')
export class SuppressionType {
  @Field(() => ChannelEnum, { description: 'The channel.' })
  channel!: Channel;

  @Field(() => SuppressibleKindEnum, { description: 'What kind of identity it is.' })
  kind!: SuppressibleKind;

  @Field(() => String, { description: 'The identity: e-mails in lower case, phone numbers in E.164.' })
  value!: string;

  @Field(() => String, { description: 'Why it is suppressed, such as `requested` or `bounced`.' })
  reason!: string;

  @Field(() => Date, { description: 'Since when.' })
  createdAt!: Date;
}

/** A page of suppressions. */
export const SuppressionConnection = connectionOf(SuppressionType, 'Suppression', 'contacts:read');

@InputType('RemoveSuppressionsInput', { description: 'Suppressions to lift.' })
export class RemoveSuppressionsInput {
  @Field(() => [ChannelEnum], { description: 'The channels, one or more.' })
  channels!: Channel[];

  @Field(() => SuppressibleKindEnum, { description: 'What kind of identities the values are.' })
  kind!: SuppressibleKind;

  @Field(() => [String], { description: 'The identities, at most 1,000, in any form.' })
  values!: string[];
}

@InputType('AddSuppressionsInput', { description: 'Identities that must not be contacted any more.' })
export class AddSuppressionsInput extends RemoveSuppressionsInput {
  @Field(() => String, { nullable: true, description: 'Why; `requested` unless given.' })
  reason?: string | null;
}

@ObjectType('SuppressionResult', { description: 'What became of one value.' })
@Readable('contacts:read')
export class SuppressionResultType {
  @Field(() => String, { description: 'The value, as it was given.' })
  value!: string;

  @Field(() => Boolean, { description: 'Whether anything is different for it.' })
  changed!: boolean;

  @Field(() => ProblemType, { nullable: true, description: 'What is wrong with it.' })
  error!: Problem | null;
}
