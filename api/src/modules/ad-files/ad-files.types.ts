import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { PlatformId } from '@coterie/ad-formats';
import { Readable } from '../../platform/graphql/access.js';
import type { AdIdentifier } from './identifiers.js';

/** GraphQL's enum of platforms. */
export const AdPlatformEnum = {
  META: 'meta',
  GOOGLE: 'google',
  LINKEDIN: 'linkedin',
  TIKTOK: 'tiktok',
  X: 'x',
  MICROSOFT: 'microsoft',
} as const satisfies Record<string, PlatformId>;
registerEnumType(AdPlatformEnum, {
  name: 'AdPlatform',
  description: 'Where audiences are shown ads; `adPlatforms` tells what each takes.',
  valuesConfig: {
    META: { description: 'Facebook and Instagram: custom audiences of customer files.' },
    GOOGLE: { description: 'Google Customer Match.' },
    LINKEDIN: { description: 'LinkedIn Matched Audiences, of contacts or of companies.' },
    TIKTOK: { description: 'TikTok custom audiences of customer files.' },
    X: { description: 'X list custom audiences.' },
    MICROSOFT: { description: 'Microsoft Advertising customer match.' },
  },
});

/** GraphQL's enum of what an audience can list. */
export const AudienceKindEnum = { CONTACTS: 'contacts', COMPANIES: 'companies' } as const;
export type AudienceKind = (typeof AudienceKindEnum)[keyof typeof AudienceKindEnum];
registerEnumType(AudienceKindEnum, {
  name: 'AudienceKind',
  description: 'Who the rows of an audience are.',
  valuesConfig: {
    CONTACTS: { description: 'The people of the segment.' },
    COMPANIES: {
      description:
        'The companies of the people of the segment. A company is listed when at least one of these people may be handed to ad platforms; its row says nothing of any person.',
    },
  },
});

/** GraphQL's enum of what may be said of a person or a company. */
export const AudienceIdentifierEnum = {
  EMAIL: 'email',
  PHONE: 'phone',
  MOBILE_AD_ID: 'mobile_ad_id',
  EXTERNAL_ID: 'external_id',
  NAME: 'name',
  LOCATION: 'location',
  BIRTHDAY: 'birthday',
  GENDER: 'gender',
  JOB: 'job',
  DOMAIN: 'domain',
  EMAIL_DOMAIN: 'email_domain',
  LINKEDIN_URL: 'linkedin_url',
  STOCK_SYMBOL: 'stock_symbol',
} as const satisfies Record<string, AdIdentifier>;
registerEnumType(AudienceIdentifierEnum, {
  name: 'AudienceIdentifier',
  description:
    'What may leave about a person or a company, normalised and hashed as the platform wants it. Nothing else does, but for the industry and place of companies.',
  valuesConfig: {
    EMAIL: { description: 'E-mail addresses.' },
    PHONE: { description: 'Phone numbers.' },
    MOBILE_AD_ID: { description: 'Advertising ids of phones, from the attribute `mobile_ad_ids`.' },
    EXTERNAL_ID: { description: 'The id in your own systems, unhashed.' },
    NAME: { description: 'First and last name; of a company, its name.' },
    LOCATION: { description: 'City, state, postal code and country, as far as the platform takes them.' },
    BIRTHDAY: { description: 'The year of birth.' },
    GENDER: { description: 'f or m.' },
    JOB: { description: 'The job title and the name of the company, unhashed.' },
    DOMAIN: { description: "The domain of a company's website." },
    EMAIL_DOMAIN: { description: "The domain of a company's e-mail addresses, where it is another one." },
    LINKEDIN_URL: { description: "The address of a company's LinkedIn page." },
    STOCK_SYMBOL: { description: 'The symbol that a company is traded under.' },
  },
});

/** What a platform takes of one kind of audience. */
@ObjectType('AdPlatformList', { description: 'What a platform takes of one kind of audience.' })
@Readable(null)
export class AdPlatformListType {
  @Field(() => AudienceKindEnum, { description: 'Who its rows are.' })
  kind!: AudienceKind;

  @Field(() => [AudienceIdentifierEnum], { description: 'What its files can say.' })
  identifiers!: readonly AdIdentifier[];

  @Field(() => [AudienceIdentifierEnum], {
    description:
      'What they say unless you choose: of people, what the platform can find them by; the others only help.',
  })
  defaultIdentifiers!: readonly AdIdentifier[];

  @Field(() => [[AudienceIdentifierEnum]], {
    description: 'The sets of identifiers of which one suffices to find somebody.',
  })
  matching!: readonly (readonly AdIdentifier[])[];
}

/** What a platform takes. */
@ObjectType('AdPlatformFormat', { description: 'What an ad platform takes.' })
@Readable(null)
export class AdPlatformFormatType {
  @Field(() => AdPlatformEnum, { description: 'The platform.' })
  platform!: PlatformId;

  @Field(() => String, { description: 'What it is called.' })
  label!: string;

  @Field(() => Int, {
    description: 'People, or companies, that it has to match before it shows ads to an audience.',
  })
  minimumSize!: number;

  @Field(() => Int, { nullable: true, description: 'Rows of a file at most; null where it sets no limit.' })
  maximumRows!: number | null;

  @Field(() => Int, { nullable: true, description: 'Bytes of a file at most; null where it sets no limit.' })
  maximumBytes!: number | null;

  @Field(() => [AdPlatformListType], { description: 'The kinds of audience that it takes.' })
  lists!: AdPlatformListType[];
}

/** How many rows carry an identifier. */
@ObjectType('IdentifierCoverage', { description: 'How many rows of a file carry an identifier.' })
@Readable('audiences:read')
export class IdentifierCoverageType {
  @Field(() => AudienceIdentifierEnum, { description: 'The identifier.' })
  identifier!: AdIdentifier;

  @Field(() => Int, { description: 'The rows with at least one usable value of it.' })
  rows!: number;
}

/** What a file holds. */
@ObjectType('FileReadiness', {
  description:
    'What a file for an ad platform would hold if it were written now, and whether the platform would take it. The file itself comes from the same code. `members` = `withoutConsent` + `suppressed` + `eligible`; `eligible`, or `companies`, = `withoutIdentifier` + `refused` + `duplicates` + `rows`.',
})
@Readable('audiences:read')
export class FileReadinessType {
  @Field(() => AdPlatformEnum, { description: 'The platform that it is for.' })
  platform!: PlatformId;

  @Field(() => Int, { description: 'The contacts that the file is about.' })
  members!: number;

  @Field(() => Int, {
    description: 'Members who have not granted consent for ads: withdrawn, or never asked.',
  })
  withoutConsent!: number;

  @Field(() => Int, {
    description: 'Members with consent of whom an identity is suppressed for ads.',
  })
  suppressed!: number;

  @Field(() => Int, { description: 'Members who may be handed to ad platforms.' })
  eligible!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Eligible members without a company; null in a file of people.',
  })
  withoutCompany!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The different companies of eligible members; null in a file of people.',
  })
  companies!: number | null;

  @Field(() => Int, {
    description:
      "Eligible members, or companies, without a value that the platform could find them by after its own normalisation: nothing is stored, or it is not valid by the platform's rules.",
  })
  withoutIdentifier!: number;

  @Field(() => Int, {
    description:
      'Eligible members with an address that the platform takes for one by which nobody may be sent: that of somebody who withdrew consent, or a suppressed one. Google, for one, looks past the dots in a Gmail address.',
  })
  refused!: number;

  @Field(() => Int, {
    description:
      'Eligible members, or companies, whom the platform would find by nothing but what is in an earlier row.',
  })
  duplicates!: number;

  @Field(() => Int, { description: 'Rows of the file, without its header.' })
  rows!: number;

  @Field(() => Int, {
    nullable: true,
    description:
      'Rows whose value is empty: no value is known of the contact. Null in a file without values.',
  })
  rowsWithoutValue!: number | null;

  @Field(() => [IdentifierCoverageType], {
    description: 'For each chosen identifier, how many rows carry it.',
  })
  identifiers!: IdentifierCoverageType[];

  @Field(() => Int, {
    description: 'People, or companies, that the platform has to match before it shows ads.',
  })
  minimumSize!: number;

  @Field(() => Boolean, {
    description:
      'Whether there are at least as many rows as that. It matches some of them only, so more are needed as a rule.',
  })
  reachesMinimum!: boolean;

  @Field(() => Float, { description: 'Bytes of the file, its header included.' })
  bytes!: number;

  @Field(() => Int, { nullable: true, description: 'Rows of a file at most; null where there is no limit.' })
  maximumRows!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Bytes of a file at most; null where there is no limit.',
  })
  maximumBytes!: number | null;

  @Field(() => Boolean, {
    description: 'Whether the file is within these limits; it can be downloaded only then.',
  })
  fits!: boolean;

  @Field(() => Float, { description: 'The version of the workspace that all of it was read at.' })
  version!: number;

  @Field(() => Date, {
    description: 'When it was asked. What is relative to now is relative to this minute.',
  })
  asOf!: Date;
}
