import { MaxLength, ValidateNested } from 'class-validator';
import {
  ArgsType,
  Directive,
  Extensions,
  Field,
  ID,
  InputType,
  Int,
  ObjectType,
  registerEnumType,
} from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf, PageArgs } from '../../platform/graphql/pagination.js';
import type { DestinationKind } from './destination.js';

/** GraphQL's enum of kinds. */
export enum DestinationKindEnum {
  META = 'meta',
  GOOGLE = 'google',
  LINKEDIN = 'linkedin',
  TIKTOK = 'tiktok',
  X = 'x',
  MICROSOFT = 'microsoft',
  WEBHOOK = 'webhook',
  SMTP = 'smtp',
  FILE = 'file',
}
registerEnumType(DestinationKindEnum, {
  name: 'DestinationKind',
  description: 'A kind of place that audiences, mail and calls go to.',
  valuesConfig: {
    META: { description: "Meta's custom audiences." },
    GOOGLE: { description: 'Google Customer Match, by the Data Manager API.' },
    LINKEDIN: { description: "LinkedIn's matched audiences, of contacts and of companies." },
    TIKTOK: { description: "TikTok's custom audiences." },
    X: { description: "X's custom audiences." },
    MICROSOFT: { description: 'Customer lists of Microsoft Advertising.' },
    WEBHOOK: { description: 'An address of your own that is told what happens, by Standard Webhooks.' },
    SMTP: { description: 'A mail server.' },
    FILE: { description: 'CSV files in a folder of this installation, or in storage that speaks S3.' },
  },
});

/** What is no secret about a destination, as it is kept. */
@ObjectType('DestinationSetting', { description: 'One setting of a destination.' })
@Readable('audiences:read')
export class DestinationSettingType {
  @Field(() => String, { description: 'Its name, as in the input of the kind.' })
  name!: string;

  @Field(() => String, { description: 'Its value.' })
  value!: string;
}

/** A place that a workspace has set up. */
@ObjectType('Destination', {
  description:
    'A place that audiences, mail and calls go to. Its credentials are kept encrypted and never leave the server again.',
})
@Readable('audiences:read')
export class DestinationObject {
  workspaceId!: string;

  @Field(() => ID, { description: 'Its id.' })
  id!: string;

  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Field(() => DestinationKindEnum, { description: 'What it is.' })
  kind!: DestinationKind;

  @Field(() => [DestinationSettingType], { description: 'What is no secret about it.' })
  settings!: DestinationSettingType[];

  @Field(() => Date, {
    nullable: true,
    description: 'When it was taken out of use; null while it is in use.',
  })
  disabledAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Why it is out of use, in words.' })
  disabledBecause!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it was last tried; null when it never was.' })
  testedAt!: Date | null;

  @Field(() => String, {
    nullable: true,
    description: 'What was wrong with it then, in words; null when it worked.',
  })
  trouble!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The signing secret that was just made for a webhook that was set up without one; shown this once. Null otherwise.',
  })
  newSecret!: string | null;

  @Field(() => String, { description: 'Who created it: `user:<id>` or `key:<id>`.' })
  createdBy!: string;

  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;

  @Field(() => Date, { description: 'When it was last changed.' })
  updatedAt!: Date;
}

/** A page of destinations. */
export const DestinationConnection = connectionOf(DestinationObject, 'Destination', 'audiences:read');

/** Which destinations are asked for. */
@ArgsType()
export class DestinationsArgs extends PageArgs {
  @Field(() => [DestinationKindEnum], { nullable: true, description: 'Only of these kinds.' })
  kinds?: DestinationKind[] | null;
}

/** What trying a destination came to. */
@ObjectType('DestinationTest', { description: 'What trying a destination came to.' })
@Readable('audiences:read')
export class DestinationTestType {
  @Field(() => Boolean, { description: 'Whether it works.' })
  works!: boolean;

  @Field(() => String, {
    nullable: true,
    description: 'What is wrong with it, in words; null when it works.',
  })
  trouble!: string | null;
}

/** More than any platform's token has. */
const longest = 5000;

const bounded =
  (description: string): PropertyDecorator =>
  (target, key) => {
    Field(() => String, { nullable: true, description })(target, key);
    MaxLength(longest)(target, key as string);
  };
const secret = (what: string): PropertyDecorator =>
  bounded(`${what}. Kept encrypted and never shown. Of a change: absent stays as it is.`);
const setting = (what: string): PropertyDecorator => bounded(`${what}. Of a change: absent stays as it is.`);
const baseUrl = setting("Where the platform's API is; its own address unless given");
const apiVersion = setting('The version of the API; a current one unless given');

/** What is entered of Meta. */
@InputType('MetaDestinationInput', { description: "Meta's Marketing API." })
export class MetaDestinationInput {
  @setting('The ad account, with or without `act_`') adAccountId?: string | null;
  @setting(
    "Whom the people's data are from: `USER_PROVIDED_ONLY` (unless given), `PARTNER_PROVIDED_ONLY` or `BOTH_USER_AND_PARTNER_PROVIDED`",
  )
  source?: string | null;
  @apiVersion apiVersion?: string | null;
  @baseUrl baseUrl?: string | null;
  @secret('The access token of a system user that may manage audiences of the account') accessToken?:
    | string
    | null;
}

/** What is entered of Google. */
@InputType('GoogleDestinationInput', { description: "Google's Data Manager API." })
export class GoogleDestinationInput {
  @setting('The customer id of the Google Ads account') customerId?: string | null;
  @setting('The customer id of the manager account, where its user signed in') loginCustomerId?:
    | string
    | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Days that somebody stays in a list: 1 to 540; 540 unless given.',
  })
  membershipDays?: number | null;
  @setting("What a member's data are called in requests: `compositeData` (unless given) or `userData`")
  memberData?: string | null;
  @baseUrl baseUrl?: string | null;
  @setting('Where access tokens are handed out') tokenUrl?: string | null;
  @secret('The client id of the OAuth application') clientId?: string | null;
  @secret('The client secret of the OAuth application') clientSecret?: string | null;
  @secret('The refresh token, for the scope `https://www.googleapis.com/auth/datamanager`') refreshToken?:
    | string
    | null;
}

/** What is entered of LinkedIn. */
@InputType('LinkedInDestinationInput', { description: "LinkedIn's Marketing API." })
export class LinkedInDestinationInput {
  @setting('The number of the ad account') adAccountId?: string | null;
  @setting('How LinkedIn knows the sender; `FIRST_PARTY` unless given') sourcePlatform?: string | null;
  @apiVersion apiVersion?: string | null;
  @Field(() => Int, {
    nullable: true,
    description: 'Seconds between making a segment and its first members: 0 to 3600; 10 unless given.',
  })
  waitSeconds?: number | null;
  @baseUrl baseUrl?: string | null;
  @secret('The access token of a member who may manage audiences of the account') accessToken?: string | null;
}

/** What is entered of TikTok. */
@InputType('TikTokDestinationInput', { description: "TikTok's Business API." })
export class TikTokDestinationInput {
  @setting('The advertiser id') advertiserId?: string | null;
  @Field(() => Int, { nullable: true, description: 'Members in one call: 1 to 10,000; 1,000 unless given.' })
  batchSize?: number | null;
  @baseUrl baseUrl?: string | null;
  @secret('The long-lived access token') accessToken?: string | null;
}

/** What is entered of X. */
@InputType('XDestinationInput', { description: "X's Ads API." })
export class XDestinationInput {
  @setting('The id of the ads account, such as `18ce54d4x5t`') accountId?: string | null;
  @apiVersion apiVersion?: string | null;
  @baseUrl baseUrl?: string | null;
  @secret('The key of the application') consumerKey?: string | null;
  @secret('The secret of the application') consumerSecret?: string | null;
  @secret('The access token of the user') accessToken?: string | null;
  @secret('The secret of the access token') accessTokenSecret?: string | null;
}

/** What is entered of Microsoft Advertising. */
@InputType('MicrosoftDestinationInput', {
  description: 'The campaign management service of Microsoft Advertising.',
})
export class MicrosoftDestinationInput {
  @setting('The customer id') customerId?: string | null;
  @setting('The account id') accountId?: string | null;
  @baseUrl baseUrl?: string | null;
  @setting('Where access tokens are handed out') tokenUrl?: string | null;
  @secret('The client id of the application') clientId?: string | null;
  @secret('The client secret of the application') clientSecret?: string | null;
  @secret('The refresh token, for the scope `https://ads.microsoft.com/msads.manage`') refreshToken?:
    | string
    | null;
  @secret('The developer token') developerToken?: string | null;
}

/** A header of calls. */
@InputType('WebhookHeaderInput', { description: 'A header that calls of a webhook have beside our own.' })
export class WebhookHeaderInput {
  @Field(() => String, { description: 'Its name.' })
  @MaxLength(100)
  name!: string;

  @Field(() => String, { description: 'Its value; it is shown with the destination, so it is no secret.' })
  @MaxLength(1000)
  value!: string;
}

/** What is entered of a webhook. */
@InputType('WebhookDestinationInput', {
  description: 'An address that is told what happens, signed as Standard Webhooks says.',
})
export class WebhookDestinationInput {
  @setting('The address, which begins with https://') url?: string | null;
  @Field(() => [WebhookHeaderInput], {
    nullable: true,
    description: 'Headers that each call has, at most 20. Of a change: absent stays as it is.',
  })
  @ValidateNested({ each: true })
  headers?: WebhookHeaderInput[] | null;
  @Field(() => [String], {
    nullable: true,
    description:
      'The types of events that it is told of, at most 100; all of them when none is named. Of a change: absent stays as it is.',
  })
  @MaxLength(100, { each: true })
  eventTypes?: string[] | null;
  @secret(
    'The signing secret, written like `whsec_…`; one is made unless given, and shown once. One that is changed here takes the place of the other at once: `rotateWebhookSecret` lets both sign for a while',
  )
  secret?: string | null;
}

/** What is entered of a mail server. */
@InputType('SmtpDestinationInput', { description: 'A mail server.' })
export class SmtpDestinationInput {
  @setting('The name of the server') host?: string | null;
  @Field(() => Int, {
    nullable: true,
    description: 'The port: 25, 465, 587, or from 1024 on; the usual one for `tls` unless given.',
  })
  port?: number | null;
  @setting(
    'How the connection is encrypted: `implicit` from the beginning, `starttls` (unless given) before anything is said, `none` only within the networks that PRIVATE_NETWORKS names',
  )
  tls?: string | null;
  @setting('The address that mail is from') fromAddress?: string | null;
  @setting('The name that mail is from') fromName?: string | null;
  @setting('The address that answers go to') replyTo?: string | null;
  @setting('The domain that signs mail (DKIM)') dkimDomain?: string | null;
  @setting('The selector of the key that signs mail (DKIM)') dkimSelector?: string | null;
  @Field(() => Int, { nullable: true, description: 'Connections at a time: 1 to 20; 5 unless given.' })
  maxConnections?: number | null;
  @Field(() => Int, {
    nullable: true,
    description:
      'Messages in a second at most, of each process: 1 to 1000; as many as the server takes unless given.',
  })
  messagesPerSecond?: number | null;
  @secret('The user') user?: string | null;
  @secret('The password') password?: string | null;
  @secret('The private key that signs mail (DKIM), in PEM') dkimKey?: string | null;
}

/** What is entered of files. */
@InputType('FileDestinationInput', {
  description:
    'CSV files, one for each custom audience, that always hold exactly who is in it: normalised and hashed as the platform of the audience wants it.',
})
export class FileDestinationInput {
  @setting(
    'Where they are kept: `local` (unless given) is a folder of this installation (EXPORT_DIR), `s3` a bucket',
  )
  storage?: string | null;
  @setting('The folder within that, such as `audiences/daily`; none unless given') folder?: string | null;
  @setting('The bucket') bucket?: string | null;
  @setting('The region; `us-east-1` unless given') region?: string | null;
  @setting("Where the storage is, for others than Amazon's, such as `https://minio.example`")
  endpoint?: string | null;
  @secret('The id of the access key') accessKeyId?: string | null;
  @secret('The secret access key') secretAccessKey?: string | null;
}

/** Settings and credentials of one kind. */
@InputType('DestinationDefinitionInput', {
  description: 'The settings and credentials of a destination, of exactly one kind.',
})
@Directive('@oneOf')
@Extensions({ oneOf: true })
export class DestinationDefinitionInput {
  @Field(() => MetaDestinationInput, { nullable: true, description: 'Meta.' })
  @ValidateNested()
  meta?: MetaDestinationInput;

  @Field(() => GoogleDestinationInput, { nullable: true, description: 'Google.' })
  @ValidateNested()
  google?: GoogleDestinationInput;

  @Field(() => LinkedInDestinationInput, { nullable: true, description: 'LinkedIn.' })
  @ValidateNested()
  linkedin?: LinkedInDestinationInput;

  @Field(() => TikTokDestinationInput, { nullable: true, description: 'TikTok.' })
  @ValidateNested()
  tiktok?: TikTokDestinationInput;

  @Field(() => XDestinationInput, { nullable: true, description: 'X, by its Ads API.' })
  @ValidateNested()
  x?: XDestinationInput;

  @Field(() => MicrosoftDestinationInput, { nullable: true, description: 'Microsoft Advertising.' })
  @ValidateNested()
  microsoft?: MicrosoftDestinationInput;

  @Field(() => WebhookDestinationInput, { nullable: true, description: 'A webhook.' })
  @ValidateNested()
  webhook?: WebhookDestinationInput;

  @Field(() => SmtpDestinationInput, { nullable: true, description: 'A mail server.' })
  @ValidateNested()
  smtp?: SmtpDestinationInput;

  @Field(() => FileDestinationInput, { nullable: true, description: 'Files.' })
  @ValidateNested()
  file?: FileDestinationInput;
}

/** A new destination. */
@InputType('CreateDestinationInput', { description: 'A new destination.' })
export class CreateDestinationInput {
  @Field(() => String, { description: 'Its name, at most 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => DestinationDefinitionInput, { description: 'What it is.' })
  @ValidateNested()
  definition!: DestinationDefinitionInput;
}

/** A change of a destination. */
@InputType('UpdateDestinationInput', {
  description: 'A change of a destination; what is absent or null stays as it is.',
})
export class UpdateDestinationInput {
  @Field(() => ID, { description: 'The destination.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The new name.' })
  @IsName()
  name?: string | null;

  @Field(() => DestinationDefinitionInput, {
    nullable: true,
    description: 'What is new about its settings and credentials; of the kind that it is.',
  })
  @ValidateNested()
  definition?: DestinationDefinitionInput | null;

  @Field(() => Boolean, { nullable: true, description: 'Takes it out of use, or into use again.' })
  isDisabled?: boolean | null;
}

/** A destination by its id. */
@InputType('DestinationIdInput', { description: 'A destination.' })
export class DestinationIdInput {
  @Field(() => ID, { description: 'The destination.' })
  id!: string;
}
