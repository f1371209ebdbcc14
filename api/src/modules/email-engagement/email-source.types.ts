import { MaxLength } from 'class-validator';
import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import type { ProviderId } from './email-provider.js';

/** GraphQL's enum of senders. */
export enum EmailProviderEnum {
  SENDGRID = 'sendgrid',
  MAILGUN = 'mailgun',
  POSTMARK = 'postmark',
  SES = 'ses',
}
registerEnumType(EmailProviderEnum, {
  name: 'EmailProvider',
  description: 'A service that sends mail and reports what became of it.',
  valuesConfig: {
    SENDGRID: { description: 'Twilio SendGrid: its signed event webhook.' },
    MAILGUN: { description: 'Mailgun.' },
    POSTMARK: { description: 'Postmark: it signs nothing, and presents a password that we make.' },
    SES: { description: 'Amazon SES, through a topic of Amazon SNS.' },
  },
});

/** A sender of a workspace's mail. */
@ObjectType('EmailSource', {
  description:
    "A sender of the workspace's mail. What it reports to `path` becomes the events `email_delivered`, `email_open`, `email_click`, `email_bounce`, `email_complaint` and `email_unsubscribe` of contacts, with the campaign as target; opt-outs and complaints withdraw the consent for e-mail, complaints and hard bounces suppress the address.",
})
@Readable('contacts:read')
export class EmailSourceType {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => EmailProviderEnum, { description: 'The service.' })
  provider!: ProviderId;

  @Field(() => String, { description: 'Where the service reports to, on this server.' })
  path!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Of Amazon SES: the topic whose messages are taken. Null for others.',
  })
  topicArn!: string | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When a call was last taken, to within ten seconds; null when none was yet.',
  })
  lastReceivedAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: 'When a call was last refused, to within ten seconds; null when none was.',
  })
  lastRefusedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, in words.' })
  lastRefusal!: string | null;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it was last changed.' })
  updatedAt!: Date;
}

/** A page of sources. */
export const EmailSourceConnection = connectionOf(EmailSourceType, 'EmailSource', 'contacts:read');

/** A source as it was made or changed. */
@ObjectType('EditedEmailSource', { description: 'A sender of mail as it was made or changed.' })
@Readable('contacts:read')
export class EditedEmailSourceType {
  @Field(() => EmailSourceType, { description: 'The source.' })
  source!: EmailSourceType;

  @Field(() => String, {
    nullable: true,
    description:
      'The password that was made for it, shown this once: put it into the address that you give the service, as `https://coterie:PASSWORD@` before the host. Null where none was made.',
  })
  password!: string | null;
}

const secretText =
  'SendGrid: the verification key of its signed event webhook. Mailgun: the HTTP webhook signing key. Others have none to be given. It is kept encrypted and never shown.';
const topicText =
  'Amazon SES: the topic of SNS that its events are published to, such as `arn:aws:sns:eu-west-1:123456789012:mail`.';
/** Of a secret and of a topic alike: more than any of the services has. */
const longestSecret = 1000;

/** A new source. */
@InputType('CreateEmailSourceInput', { description: 'A new sender of mail.' })
export class CreateEmailSourceInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => EmailProviderEnum, { description: 'The service.' })
  provider!: ProviderId;

  @Field(() => String, { nullable: true, description: secretText })
  @MaxLength(longestSecret)
  secret?: string | null;

  @Field(() => String, { nullable: true, description: topicText })
  @MaxLength(longestSecret)
  topicArn?: string | null;
}

/** A change of a source. */
@InputType('UpdateEmailSourceInput', {
  description: 'A change of a sender of mail; what is absent or null stays as it is.',
})
export class UpdateEmailSourceInput {
  @Field(() => ID, { description: 'The source.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  @IsName()
  name?: string | null;

  @Field(() => String, { nullable: true, description: secretText })
  @MaxLength(longestSecret)
  secret?: string | null;

  @Field(() => String, { nullable: true, description: topicText })
  @MaxLength(longestSecret)
  topicArn?: string | null;

  @Field(() => Boolean, {
    defaultValue: false,
    description: 'Postmark: makes another password, and the one before useless.',
  })
  newPassword!: boolean;
}

/** A source by its id. */
@InputType('EmailSourceIdInput', { description: 'A sender of mail.' })
export class EmailSourceIdInput {
  @Field(() => ID, { description: 'The source.' })
  id!: string;
}
