import { IDENTITY_KINDS, type IdentityKind } from '@coterie/rules';
import { ValidateNested } from 'class-validator';
import {
  ArgsType,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import type { Problem } from '../../platform/errors.js';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { AttributeInput, attributesOfInput } from '../attributes/index.js';
import { CompanyInputType, toCompanyInput, UpsertOutcome } from '../companies/index.js';
import { ConsentInputType } from '../consent/index.js';
import type { ContactInput } from './contact-input.js';
import type { Contact } from './contact.repository.js';
import type { ContactSort } from './list-contacts.repository.js';

/** GraphQL's enum of identity kinds, spelled as in rules. */
export const IdentityKindEnum = Object.fromEntries(IDENTITY_KINDS.map((kind) => [kind, kind])) as {
  [Kind in IdentityKind]: Kind;
};
registerEnumType(IdentityKindEnum, {
  name: 'IdentityKind',
  description: 'What a contact can be recognised by.',
  valuesConfig: {
    external_id: { description: "The id in the customer's own systems." },
    email: { description: 'An e-mail address.' },
    phone: { description: 'A phone number.' },
    anonymous_id: { description: 'A browser or device.' },
  },
});

/** GraphQL's enum of orders. */
export enum ContactSortEnum {
  newest = 'newest',
  oldest = 'oldest',
}
registerEnumType(ContactSortEnum, {
  name: 'ContactSort',
  description: 'In which order contacts are listed.',
  valuesConfig: {
    newest: { description: 'The one that was made last comes first.' },
    oldest: { description: 'The one that was made first comes first.' },
  },
});

@ObjectType('Identity', { description: 'Something a contact is recognised by.' })
@Readable('contacts:read')
export class IdentityType {
  @Field(() => IdentityKindEnum, { description: 'What kind of identity it is.' })
  kind!: IdentityKind;

  @Field(() => String, { description: 'As it is compared: e-mails in lower case, phone numbers in E.164.' })
  value!: string;

  @Field(() => String, { description: 'As it came.' })
  raw!: string;

  @Field(() => Date, { description: 'When it became known.' })
  createdAt!: Date;
}

@ObjectType('Contact', { description: 'A person: identities, attributes, consents, at most one company.' })
@Readable('contacts:read')
export class ContactType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  ordinal!: number;
  companyId!: string | null;

  @Field(() => ID, { description: 'The id of the contact.' })
  id!: string;

  @Field(() => Date, { description: 'When it was made here.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When its identities, attributes or company last changed.' })
  updatedAt!: Date;

  @Field(() => ID, {
    nullable: true,
    description: 'The id that was asked for, when the contact with that id has become part of this one.',
  })
  redirectedFrom!: string | null;
}

/** A page of contacts. */
export const ContactConnection = connectionOf(ContactType, 'Contact', 'contacts:read');

/** Shows a contact to GraphQL. */
export function toContactType(workspaceId: string, contact: Contact): ContactType {
  const { id, ordinal, companyId, createdAt, updatedAt } = contact;
  return { workspaceId, id, ordinal, companyId, createdAt, updatedAt, redirectedFrom: null };
}

@ArgsType()
export class ContactsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Words, each the beginning of the e-mail address, the external id, or the first or last name.',
  })
  search?: string | null;

  @Field(() => ID, { nullable: true, description: 'Only contacts of this company.' })
  companyId?: string | null;

  @Field(() => ContactSortEnum, { defaultValue: ContactSortEnum.newest, description: 'The order.' })
  sort!: ContactSort;
}

@InputType('ContactKeyInput', { description: 'Names a contact. Exactly one field.' })
@Directive('@oneOf')
@Extensions({ oneOf: true })
export class ContactKeyInput {
  @Field(() => ID, { nullable: true, description: 'The id of the contact.' })
  id?: string;

  @Field(() => String, { nullable: true, description: "The id in the customer's own systems." })
  externalId?: string;

  @Field(() => String, { nullable: true, description: 'An e-mail address, in any spelling.' })
  email?: string;

  @Field(() => String, { nullable: true, description: 'A phone number, in any form.' })
  phone?: string;

  @Field(() => String, { nullable: true, description: 'The id of a browser or device.' })
  anonymousId?: string;
}

@InputType('ContactInput', {
  description:
    'A contact, found by its external id, else its e-mail, phone or anonymous id: at least one. What is absent stays as it is.',
})
export class ContactInputType {
  @Field(() => String, { nullable: true, description: "The id in the customer's own systems." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: 'An e-mail address.' })
  email?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A phone number; without a country code it is one of the workspace's default country.",
  })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: 'The id of a browser or device.' })
  anonymousId?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'An external id or a device that it was known by before: whoever has it becomes part of this contact.',
  })
  previousId?: string | null;

  @Field(() => [AttributeInput], { nullable: true, description: 'Values for its attributes.' })
  @ValidateNested({ each: true })
  attributes?: AttributeInput[] | null;

  @Field(() => CompanyInputType, {
    nullable: true,
    description: 'The company it belongs to; made when it is unknown.',
  })
  @ValidateNested()
  company?: CompanyInputType | null;

  @Field(() => [ConsentInputType], { nullable: true, description: 'What it said about channels.' })
  @ValidateNested({ each: true })
  consents?: ConsentInputType[] | null;
}

@InputType('UpsertContactsInput', { description: 'Contacts to make or change.' })
export class UpsertContactsInput {
  @Field(() => [ContactInputType], { description: 'At most 1,000, applied in order.' })
  @ValidateNested({ each: true })
  contacts!: ContactInputType[];
}

@ObjectType('ContactResult', { description: 'What became of one contact.' })
@Readable('contacts:read')
export class ContactResultType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;
  ordinal!: number | null;

  @Field(() => UpsertOutcome, { nullable: true, description: 'What became of it; null when it was refused.' })
  outcome!: `${UpsertOutcome}` | null;

  @Field(() => ProblemType, { nullable: true, description: 'Why it was refused: the first of `problems`.' })
  error!: Problem | null;

  @Field(() => [ProblemType], { description: 'Everything that was wrong with it.' })
  problems!: Problem[];

  @Field(() => [ProblemType], {
    description:
      'What was left out, although it was taken: an identity of another contact (IDENTITY_CONFLICT), one that is blocked ' +
      '(IDENTITY_BLOCKED), a device too many (IDENTITY_LIMIT).',
  })
  warnings!: Problem[];
}

/** The input as the use case takes it. */
export function toContactInput({ attributes, company, ...input }: ContactInputType): ContactInput {
  return {
    ...input,
    attributes: attributesOfInput(attributes),
    company: company ? toCompanyInput(company) : null,
  };
}
