import type { Channel } from '@coterie/rules';
import { ArrayMaxSize, ValidateNested } from 'class-validator';
import { ArgsType, Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ChannelEnum } from '../consent/index.js';
import { formLimits } from './check-form.js';

@ObjectType('FormField', { description: 'A field of a form.' })
@Readable('contacts:read')
export class FormFieldType {
  @Field(() => String, { description: 'Its name in the form.' })
  name!: string;

  @Field(() => String, { description: 'The key of the attribute that it sets, such as `email` or `city`.' })
  attribute!: string;

  @Field(() => Boolean, { description: 'Whether it must be filled in.' })
  required!: boolean;
}

@ObjectType('FormConsent', { description: 'A consent that a form asks for.' })
@Readable('contacts:read')
export class FormConsentType {
  @Field(() => ChannelEnum, { description: 'What for.' })
  channel!: Channel;

  @Field(() => String, { description: 'What the visitor agrees to: kept as the proof.' })
  text!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The box that must be ticked; null where sending the form is the consent.',
  })
  field!: string | null;
}

@ObjectType('FormDoubleOptIn', { description: 'The mail by which a visitor confirms that it was them.' })
@Readable('contacts:read')
export class FormDoubleOptInType {
  @Field(() => String, { description: 'Its subject.' })
  subject!: string;

  @Field(() => String, { description: 'Its text, in which `{link}` stands for the link.' })
  text!: string;

  @Field(() => Int, { description: 'For how many hours the link works.' })
  validHours!: number;
}

/** A form. */
@ObjectType('Form', {
  description:
    'A form of a website. What is posted to its `path` makes or changes a contact, records the consents that were given, and the event `form_submitted` with the name of the form as target.',
})
@Readable('contacts:read')
export class FormType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name: the target of its events.' })
  name!: string;

  @Field(() => String, {
    description: 'Where it is posted to, on this server, without a key: it may be published.',
  })
  path!: string;

  @Field(() => [FormFieldType], { description: 'Its fields; others are left out.' })
  fields!: readonly FormFieldType[];

  @Field(() => [FormConsentType], { description: 'The consents that it asks for.' })
  consents!: readonly FormConsentType[];

  @Field(() => FormDoubleOptInType, {
    nullable: true,
    description:
      'With it, nothing is stored of the visitor until they follow the link of a mail; null: at once.',
  })
  doubleOptIn!: FormDoubleOptInType | null;

  @Field(() => String, {
    nullable: true,
    description: 'A field that people do not see: who fills it in is a robot, and dropped. Null for none.',
  })
  honeypot!: string | null;

  @Field(() => Int, {
    description:
      'Who sends the form faster is a robot, and dropped. Unless it is 0, a post needs the field `_token`, which `GET` of the path with `/token` gives.',
  })
  minimumSeconds!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Where a browser goes that has sent the form without a script.',
  })
  redirectUrl!: string | null;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it was archived; null while it takes posts.' })
  archivedAt!: Date | null;
}

/** A page of forms. */
export const FormConnection = connectionOf(FormType, 'Form', 'contacts:read');

/** The arguments of a list of forms. */
@ArgsType()
export class FormsArgs extends PageArgs {
  @Field(() => Boolean, {
    defaultValue: false,
    description: 'True: only archived ones. Otherwise only active ones.',
  })
  archived!: boolean;
}

@InputType('FormFieldInput', { description: 'A field of a form.' })
export class FormFieldInput {
  @Field(() => String, { description: 'Its name in the form, which does not begin with an underscore.' })
  name!: string;

  @Field(() => String, {
    description: 'The key of the attribute of contacts that it sets; `email` and `phone` say who it is.',
  })
  attribute!: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether it must be filled in.' })
  required!: boolean;
}

@InputType('FormConsentInput', { description: 'A consent that a form asks for.' })
export class FormConsentInput {
  @Field(() => ChannelEnum, { description: 'What for.' })
  channel!: Channel;

  @Field(() => String, { description: 'What the visitor agrees to, word for word: kept as the proof.' })
  text!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The box that must be ticked; without one, sending the form is the consent.',
  })
  field?: string | null;
}

@InputType('FormDoubleOptInInput', { description: 'The mail by which a visitor confirms that it was them.' })
export class FormDoubleOptInInput {
  @Field(() => String, { description: 'Its subject.' })
  subject!: string;

  @Field(() => String, { description: 'Its text, which holds `{link}` once.' })
  text!: string;

  @Field(() => Int, { defaultValue: 48, description: 'For how many hours the link works, at most 720.' })
  validHours!: number;
}

/** What decides what a form takes. */
@InputType('FormSettingsInput', { description: 'What decides what a form takes.' })
class FormSettingsInput {
  @Field(() => [FormConsentInput], {
    nullable: true,
    description: 'The consents that it asks for, each channel once.',
  })
  @ArrayMaxSize(10)
  @ValidateNested()
  consents?: FormConsentInput[] | null;

  @Field(() => FormDoubleOptInInput, {
    nullable: true,
    description: 'Asks by mail whether it was really them; needs a mail server (`SMTP_URL`).',
  })
  @ValidateNested()
  doubleOptIn?: FormDoubleOptInInput | null;

  @Field(() => String, { nullable: true, description: 'A field that people do not see and robots fill in.' })
  honeypot?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Nobody sends the form faster, in seconds; 0 unless given.',
  })
  minimumSeconds?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Where a browser goes that has sent the form without a script.',
  })
  redirectUrl?: string | null;
}

/** A new form. */
@InputType('CreateFormInput', { description: 'A new form.' })
export class CreateFormInput extends FormSettingsInput {
  @Field(() => String, { description: 'Its name, at most 200 characters: the target of its events.' })
  name!: string;

  @Field(() => [FormFieldInput], { description: 'Its fields; one must be `email` or `phone`.' })
  @ArrayMaxSize(formLimits.fields)
  @ValidateNested()
  fields!: FormFieldInput[];
}

/** A change of a form. */
@InputType('UpdateFormInput', {
  description:
    'A change of a form; what is absent stays as it is, and null takes away what may be missing. Links that were mailed before go on to work.',
})
export class UpdateFormInput extends FormSettingsInput {
  @Field(() => ID, { description: 'The form.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  name?: string | null;

  @Field(() => [FormFieldInput], {
    nullable: true,
    description: 'All fields, in place of those that it has.',
  })
  @ArrayMaxSize(formLimits.fields)
  @ValidateNested()
  fields?: FormFieldInput[] | null;
}

/** A form by its id. */
@InputType('FormIdInput', { description: 'A form.' })
export class FormIdInput {
  @Field(() => ID, { description: 'The form.' })
  id!: string;
}
