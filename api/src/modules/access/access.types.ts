import { ArrayMaxSize, ArrayNotEmpty, MaxLength } from 'class-validator';
import { Field, GraphQLISODateTime, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { scopes, type Scope } from '../../platform/context.js';
import { Readable } from '../../platform/graphql/access.js';
import { IsName } from '../../platform/graphql/is-name.js';

/** `contacts:read` is spelled `CONTACTS_READ` in GraphQL, where a name may hold no colon. */
export const ScopeEnum = Object.fromEntries(
  scopes.map((scope) => [scope.replace(':', '_').toUpperCase(), scope]),
) as Record<string, Scope>;

registerEnumType(ScopeEnum, {
  name: 'Scope',
  description: 'What an API key may do.',
  valuesConfig: {
    CONTACTS_READ: { description: 'Read contacts, companies, attributes, consent and imports.' },
    CONTACTS_WRITE: { description: 'Write contacts, companies, attributes and consent, and import files.' },
    EVENTS_WRITE: { description: 'Send events, also over the tracking API.' },
    SEGMENTS_READ: { description: 'Read and preview segments.' },
    SEGMENTS_WRITE: { description: 'Make and change segments and lists.' },
    AUDIENCES_READ: { description: 'Read custom audiences and seed lists, and export their files.' },
    AUDIENCES_WRITE: { description: 'Make and change custom audiences and seed lists.' },
    USAGE_READ: { description: 'Read usage figures.' },
  },
});

@InputType({ description: 'A new account, with its organization and first workspace.' })
export class SignUpInput {
  @Field(() => String, { description: 'Your name, 1 to 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => String, { description: 'Your e-mail address: what you sign in with.' })
  @MaxLength(320)
  email!: string;

  @Field(() => String, { description: '12 to 200 characters.' })
  password!: string;

  @Field(() => String, { description: 'The name of your agency or company, 1 to 200 characters.' })
  @IsName()
  organizationName!: string;

  @Field(() => String, { description: 'The name of the first workspace, 1 to 200 characters.' })
  @IsName()
  workspaceName!: string;

  @Field(() => String, {
    defaultValue: 'UTC',
    description: "The workspace's time zone, such as Europe/Berlin.",
  })
  timeZone!: string;
}

@InputType({ description: 'Who signs in.' })
export class SignInInput {
  @Field(() => String, { description: 'The e-mail address of the account.' })
  @MaxLength(320)
  email!: string;

  @Field(() => String, { description: 'Its password.' })
  @MaxLength(1000)
  password!: string;
}

@InputType({ description: 'A new password.' })
export class ChangePasswordInput {
  @Field(() => String, { description: 'The password as it is now.' })
  @MaxLength(1000)
  currentPassword!: string;

  @Field(() => String, { description: 'The password from now on, 12 to 200 characters.' })
  newPassword!: string;
}

@InputType({ description: 'A new API key.' })
export class CreateApiKeyInput {
  @Field(() => String, { description: 'What the key is for, 1 to 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => [ScopeEnum], { description: 'What the key may do.' })
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  scopes!: Scope[];

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'From when on the key is refused; never unless given.',
  })
  expiresAt?: Date | null;
}

@ObjectType('ApiKey', { description: 'A key with which a program uses one workspace.' })
@Readable(null)
export class ApiKeyType {
  @Field(() => ID, { description: 'Identifies the key; it is not the key itself.' })
  id!: string;

  @Field(() => String, { description: 'What the key is for.' })
  name!: string;

  @Field(() => String, { description: 'The part of the key that is not secret: `ck_<prefix>_…`.' })
  prefix!: string;

  @Field(() => [ScopeEnum], { description: 'What the key may do.' })
  scopes!: Scope[];

  @Field(() => GraphQLISODateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'From when on it is refused.' })
  expiresAt!: Date | null;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When it was last used, to the minute; null for never.',
  })
  lastUsedAt!: Date | null;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was revoked.' })
  revokedAt!: Date | null;
}

@ObjectType({ description: 'A new API key.' })
@Readable(null)
export class CreatedApiKey {
  @Field(() => ApiKeyType, { description: 'The key as it is listed.' })
  apiKey!: ApiKeyType;

  @Field(() => String, { description: 'The key itself. It is shown this once: keep it in a safe place.' })
  key!: string;
}
