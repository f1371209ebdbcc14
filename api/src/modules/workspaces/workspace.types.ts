import { IsISO31661Alpha2, IsOptional, MaxLength } from 'class-validator';
import { Field, GraphQLISODateTime, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { Role, Viewer } from '../../platform/context.js';
import { Access, Readable } from '../../platform/graphql/access.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { connectionOf } from '../../platform/graphql/pagination.js';

/** Roles are spelled in capitals in GraphQL. */
export const RoleEnum = { OWNER: 'owner', ADMIN: 'admin', EDITOR: 'editor', VIEWER: 'viewer' } as const;

registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What a member may do; each role may do what the ones below it may.',
  valuesConfig: {
    OWNER: { description: 'Everything, the organization itself included.' },
    ADMIN: { description: 'Manages members, workspaces and API keys.' },
    EDITOR: { description: 'Changes contacts, segments and audiences.' },
    VIEWER: { description: 'Looks, and changes nothing.' },
  },
});

@ObjectType('User', { description: 'A person who signs in.' })
@Readable(null)
export class UserType {
  @Field(() => ID, { description: 'Identifies the person.' })
  id!: string;

  @Field(() => String, { description: 'The name of the person.' })
  name!: string;

  @Field(() => String, { description: 'The e-mail address that the person signs in with.' })
  email!: string;
}

@ObjectType('Viewer', { description: 'Who asks: a person who is signed in, or an API key.' })
@Readable(null)
export class ViewerType {
  @Field(() => UserType, { nullable: true, description: 'The person; null for an API key.' })
  user!: UserType | null;

  /** The viewer as the context knows it. */
  viewer!: Viewer;

  static of(viewer: Viewer): ViewerType {
    const user =
      viewer.kind === 'member' ? { id: viewer.userId, name: viewer.name, email: viewer.email } : null;
    return Object.assign(new ViewerType(), { user, viewer });
  }
}

@ObjectType('Workspace', {
  description: 'One client: everything below it is kept apart from every other workspace.',
})
@Readable(null)
export class WorkspaceType {
  @Access({ kind: 'parent' })
  @Field(() => ID, { description: 'Identifies the workspace.' })
  id!: string;

  @Access({ kind: 'parent' })
  @Field(() => ID, { description: 'The organization that owns it.' })
  organizationId!: string;

  @Access({ kind: 'parent' })
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Access({ kind: 'parent' })
  @Field(() => String, {
    description: 'The IANA time zone in which dates without a time and calendar windows are read.',
  })
  timeZone!: string;

  @Access({ kind: 'parent' })
  @Field(() => String, {
    nullable: true,
    description:
      'ISO 3166-1 alpha-2 code of the country that phone numbers without a country code belong to.',
  })
  defaultCountry!: string | null;

  @Access({ kind: 'parent' })
  @Field(() => Boolean, {
    description:
      'Whether a contact without a company is given the one of its e-mail address’s domain, which is made when it is ' +
      'not known. Free-mail, relay and disposable addresses give none.',
  })
  companiesFromEmail!: boolean;

  @Access({ kind: 'parent' })
  @Field(() => RoleEnum, { nullable: true, description: 'Your role in it; null for an API key.' })
  role!: Role | null;

  @Access({ kind: 'parent' })
  @Field(() => GraphQLISODateTime, { description: 'When it was made.' })
  createdAt!: Date;
}

/** A page of workspaces. */
export const WorkspaceConnection = connectionOf(WorkspaceType, 'Workspace', null);

@ObjectType('Organization', { description: 'An agency or a company: owns workspaces and has members.' })
@Readable(null)
export class OrganizationType {
  @Access({ kind: 'parent' })
  @Field(() => ID, { description: 'Identifies the organization.' })
  id!: string;

  @Access({ kind: 'parent' })
  @Field(() => String, { description: 'Its name.' })
  name!: string;

  @Access({ kind: 'parent' })
  @Field(() => RoleEnum, {
    nullable: true,
    description: 'Your role in all of it; null when you are a member of single workspaces only.',
  })
  role!: Role | null;

  @Access({ kind: 'parent' })
  @Field(() => GraphQLISODateTime, { description: 'When it was made.' })
  createdAt!: Date;
}

@InputType({ description: 'A new workspace.' })
export class CreateWorkspaceInput {
  @Field(() => String, { description: 'Its name, 1 to 200 characters.' })
  @IsName()
  name!: string;

  @Field(() => String, { defaultValue: 'UTC', description: 'Its IANA time zone, such as Europe/Berlin.' })
  @MaxLength(100)
  timeZone!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Country of phone numbers without a country code, ISO 3166-1 alpha-2.',
  })
  @IsOptional()
  @IsISO31661Alpha2()
  defaultCountry?: string | null;

  @Field(() => Boolean, {
    defaultValue: true,
    description: 'Whether contacts are given the company of their e-mail address’s domain.',
  })
  companiesFromEmail!: boolean;
}

@InputType({ description: 'What to change of a workspace; what is left out stays.' })
export class UpdateWorkspaceInput {
  @Field(() => String, { nullable: true, description: 'Its name, 1 to 200 characters.' })
  @IsOptional()
  @IsName()
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Its IANA time zone. It stays when a contact or company holds a date: dates were read in it.',
  })
  @IsOptional()
  @MaxLength(100)
  timeZone?: string | null;

  @Field(() => String, { nullable: true, description: 'Country of phone numbers without a country code.' })
  @IsOptional()
  @IsISO31661Alpha2()
  defaultCountry?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether contacts are given the company of their e-mail address’s domain, from the next address that comes in.',
  })
  companiesFromEmail?: boolean | null;
}
