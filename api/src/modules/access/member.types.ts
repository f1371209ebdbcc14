import { ArrayMaxSize, IsOptional, MaxLength, ValidateNested } from 'class-validator';
import { Field, GraphQLISODateTime, ID, InputType, ObjectType } from 'type-graphql';
import type { Role } from '../../platform/context.js';
import { Readable } from '../../platform/graphql/access.js';
import { IsName } from '../../platform/graphql/is-name.js';
import { RoleEnum } from '../workspaces/index.js';
import type { WorkspaceRole } from './members.js';

@ObjectType('WorkspaceRole', { description: 'A role in one workspace.' })
@Readable(null)
export class WorkspaceRoleType {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => RoleEnum, { description: 'The role in it.' })
  role!: Role;
}

@ObjectType('Member', { description: 'A person in an organization.' })
@Readable(null)
export class MemberType {
  @Field(() => ID, { description: 'Identifies the person.' })
  userId!: string;

  @Field(() => String, { description: 'The name of the person.' })
  name!: string;

  @Field(() => String, { description: 'The e-mail address of the person.' })
  email!: string;

  @Field(() => RoleEnum, {
    nullable: true,
    description: 'The role in the whole organization, if there is one.',
  })
  role!: Role | null;

  @Field(() => [WorkspaceRoleType], {
    description: 'The roles in single workspaces, when there is none in the whole.',
  })
  workspaces!: WorkspaceRoleType[];
}

@ObjectType('Invitation', { description: 'An invitation that can still be accepted.' })
@Readable(null)
export class InvitationType {
  @Field(() => ID, { description: 'Identifies the invitation; it is not the token.' })
  id!: string;

  @Field(() => String, { description: 'Who is invited.' })
  email!: string;

  @Field(() => RoleEnum, {
    nullable: true,
    description: 'The role in the whole organization, if there will be one.',
  })
  role!: Role | null;

  @Field(() => [WorkspaceRoleType], { description: 'The roles in single workspaces.' })
  workspaces!: WorkspaceRoleType[];

  @Field(() => GraphQLISODateTime, { description: 'When it was made.' })
  createdAt!: Date;

  @Field(() => GraphQLISODateTime, { description: 'Until when it can be accepted.' })
  expiresAt!: Date;
}

@ObjectType({ description: 'A new invitation.' })
@Readable(null)
export class CreatedInvitation {
  @Field(() => InvitationType, { description: 'The invitation as it is listed.' })
  invitation!: InvitationType;

  @Field(() => String, { description: 'What the invited person accepts with. It is shown this once.' })
  token!: string;
}

/** Roles that can be held in a single workspace. */
@InputType({ description: 'A role in one workspace.' })
export class WorkspaceRoleInput implements WorkspaceRole {
  @Field(() => ID, { description: 'The workspace.' })
  workspaceId!: string;

  @Field(() => RoleEnum, { description: 'ADMIN, EDITOR or VIEWER.' })
  role!: WorkspaceRole['role'];
}

@InputType({ description: 'What a member may do: a role in the whole organization, or roles in workspaces.' })
export class GrantInput {
  @Field(() => RoleEnum, { nullable: true, description: 'The role in the whole organization.' })
  role?: Role | null;

  @Field(() => [WorkspaceRoleInput], {
    nullable: true,
    description: 'Roles in single workspaces, at most 500.',
  })
  @IsOptional()
  @ArrayMaxSize(500)
  @ValidateNested()
  workspaces?: WorkspaceRoleInput[] | null;
}

@InputType({ description: 'Who is invited, and to what.' })
export class InviteMemberInput extends GrantInput {
  @Field(() => String, { description: 'The e-mail address of the person.' })
  @MaxLength(320)
  email!: string;
}

@InputType({ description: 'How an invitation is accepted.' })
export class AcceptInvitationInput {
  @Field(() => String, { description: 'The token of the invitation.' })
  @MaxLength(200)
  token!: string;

  @Field(() => String, { nullable: true, description: 'Your name, when you have no account yet.' })
  @IsOptional()
  @IsName()
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'Your password to be, when you have no account yet.' })
  password?: string | null;
}
