import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { RequestContext } from '../../platform/context.js';
import { Access } from '../../platform/graphql/access.js';
import type { Services } from '../../platform/module.js';
import { checkTimeZone, ViewerType } from '../workspaces/index.js';
import { ChangePasswordInput, SignInInput, SignUpInput } from './access.types.js';
import { endSession, viewerOfSession } from './sessions.js';
import { changePassword, signIn } from './sign-in.js';
import { canSignUp, signUp } from './sign-up.js';
import type { SessionCookies } from './session-cookies.js';

/** Signing up, in and out. The session travels in an http-only cookie. */
@Resolver()
export class SessionResolver {
  constructor(
    private readonly services: Pick<Services, 'directory' | 'settings'>,
    private readonly cookies: SessionCookies,
  ) {}

  @Access({ kind: 'public' })
  @Query(() => Boolean, {
    description: 'Whether `signUp` would let somebody begin an organization here now.',
  })
  async canSignUp(): Promise<boolean> {
    return canSignUp(this.services.directory, this.services.settings.signUp);
  }

  @Access({ kind: 'public' })
  @Mutation(() => ViewerType, {
    description: 'Makes an account with an organization and its first workspace, and signs in.',
  })
  async signUp(
    @Arg('input', () => SignUpInput, { description: 'Who and what.' }) input: SignUpInput,
    @Ctx() context: RequestContext,
  ): Promise<ViewerType> {
    await checkTimeZone(this.services.directory, input.timeZone, 'input.timeZone');
    const token = await signUp(this.services.directory, this.services.settings.signUp, input);
    return this.#enter(context, token);
  }

  @Access({ kind: 'public' })
  @Mutation(() => ViewerType, { description: 'Signs in: the answer sets an http-only cookie.' })
  async signIn(
    @Arg('input', () => SignInInput, { description: 'Who signs in.' }) input: SignInInput,
    @Ctx() context: RequestContext,
  ): Promise<ViewerType> {
    return this.#enter(context, await signIn(this.services.directory, input));
  }

  @Access({ kind: 'member' })
  @Mutation(() => Boolean, { description: 'Ends the session.' })
  async signOut(@Ctx() context: RequestContext): Promise<boolean> {
    if (context.viewer.kind === 'member') await endSession(this.services.directory, context.viewer);
    this.cookies.clear(context);
    return true;
  }

  @Access({ kind: 'member' })
  @Mutation(() => Boolean, { description: 'Changes the password and ends every other session.' })
  async changePassword(
    @Arg('input', () => ChangePasswordInput, { description: 'The old and the new one.' })
    input: ChangePasswordInput,
    @Ctx() context: RequestContext,
  ): Promise<boolean> {
    const { viewer } = context;
    if (viewer.kind === 'member') {
      const passwords = { current: input.currentPassword, next: input.newPassword };
      await changePassword(this.services.directory, viewer, passwords);
    }
    return true;
  }

  async #enter(context: RequestContext, token: string): Promise<ViewerType> {
    this.cookies.set(context, token);
    context.viewer = (await viewerOfSession(this.services.directory, token)) ?? context.viewer;
    return ViewerType.of(context.viewer);
  }
}
