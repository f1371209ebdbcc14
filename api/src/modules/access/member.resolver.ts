import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { RequestContext, Role } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import type { Services } from '../../platform/module.js';
import { OrganizationType, ViewerType } from '../workspaces/index.js';
import { acceptInvitation, invite, listInvitations, revokeInvitation } from './invitations.js';
import { changeMember, listMembers, removeMember, roleIn, type Grant } from './members.js';
import {
  AcceptInvitationInput,
  CreatedInvitation,
  GrantInput,
  InvitationType,
  InviteMemberInput,
  MemberType,
} from './member.types.js';
import type { SessionCookies } from './session-cookies.js';
import { viewerOfSession } from './sessions.js';

/** The people of an organization. */
@Resolver(() => OrganizationType)
export class MemberResolver {
  constructor(
    private readonly services: Pick<Services, 'directory'>,
    private readonly cookies: SessionCookies,
  ) {}

  @Access({ kind: 'organization', role: 'admin' })
  @FieldResolver(() => [MemberType], { description: 'Everybody in it, by name.' })
  async members(@Root() organization: OrganizationType): Promise<MemberType[]> {
    return listMembers(this.services.directory, organization.id);
  }

  @Access({ kind: 'organization', role: 'admin' })
  @FieldResolver(() => [InvitationType], {
    description: 'The invitations that can still be accepted, newest first.',
  })
  async invitations(@Root() organization: OrganizationType): Promise<InvitationType[]> {
    return listInvitations(this.services.directory, organization.id);
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => CreatedInvitation, { description: 'Invites somebody. Hand the token over yourself.' })
  async inviteMember(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('input', () => InviteMemberInput, { description: 'Who, and to what.' }) input: InviteMemberInput,
    @Ctx() context: RequestContext,
  ): Promise<CreatedInvitation> {
    const by = await this.#giver(context, organizationId);
    return invite(this.services.directory, by, { email: input.email, ...toGrant(input) });
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => Boolean, { description: 'Ends an invitation before it is accepted.' })
  async revokeInvitation(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('id', () => ID, { description: 'The invitation.' }) id: string,
  ): Promise<boolean> {
    await revokeInvitation(this.services.directory, organizationId, id);
    return true;
  }

  @Access({ kind: 'public' })
  @Mutation(() => ViewerType, {
    description: 'Joins an organization; makes an account and signs in where there is none.',
  })
  async acceptInvitation(
    @Arg('input', () => AcceptInvitationInput, { description: 'The token, and who you are.' })
    input: AcceptInvitationInput,
    @Ctx() context: RequestContext,
  ): Promise<ViewerType> {
    const { directory } = this.services;
    const token = await acceptInvitation(directory, context.viewer, input);
    if (token === undefined) return ViewerType.of(context.viewer);
    this.cookies.set(context, token);
    context.viewer = (await viewerOfSession(directory, token)) ?? context.viewer;
    return ViewerType.of(context.viewer);
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => MemberType, { description: 'Changes what a member may do.' })
  async changeMember(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('userId', () => ID, { description: 'The member.' }) userId: string,
    @Arg('input', () => GrantInput, { description: 'The role or roles from now on.' }) input: GrantInput,
    @Ctx() context: RequestContext,
  ): Promise<MemberType> {
    const { own } = await this.#giver(context, organizationId);
    return changeMember(this.services.directory, { organizationId, userId, own }, toGrant(input));
  }

  @Access({ kind: 'organization', role: 'admin' })
  @Mutation(() => Boolean, { description: 'Takes a member out of the organization.' })
  async removeMember(
    @Arg('organizationId', () => ID, { description: 'The organization.' }) organizationId: string,
    @Arg('userId', () => ID, { description: 'The member.' }) userId: string,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    const { own } = await this.#giver(context, organizationId);
    await removeMember(this.services.directory, { organizationId, userId, own });
    return true;
  }

  async #giver(
    context: RequestContext,
    organizationId: string,
  ): Promise<{ organizationId: string; userId: string; own: Role }> {
    if (context.viewer.kind !== 'member')
      throw new Failure('FORBIDDEN', 'This needs a person who is signed in.');
    const { userId } = context.viewer;
    return { organizationId, userId, own: await roleIn(this.services.directory, organizationId, userId) };
  }
}

function toGrant({ role, workspaces }: GrantInput): Grant {
  return { role: role ?? null, workspaces: workspaces ?? [] };
}
