import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from 'type-graphql';
import { day } from '../../../platform/clock.js';
import type { RequestContext, WorkspaceContext } from '../../../platform/context.js';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import { Access } from '../../../platform/graphql/access.js';
import { costs } from '../../../platform/graphql/limits.js';
import { live } from '../../../platform/graphql/live.js';
import { readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import { ContactType, type contactLoaders } from '../../contacts/index.js';
import { WorkspaceType } from '../../workspaces/index.js';
import type { createSegmentById } from '../segment.loaders.js';
import { requireSegment } from '../segment.repository.js';
import { SegmentType } from '../segment.types.js';
import {
  beginAfter,
  followSize,
  followTransitions,
  readAfter,
  type Following,
  type Heard,
} from './follow-membership.js';
import type { createStandingLoader } from './membership.loader.js';
import { toCountChange, toMembership, toMembershipChange, toTransition } from './membership.mapper.js';
import type { Standing } from './membership.js';
import {
  SegmentCountChangeType,
  SegmentMembershipChangeType,
  SegmentMembershipType,
  SegmentMovesArgs,
  SegmentMovesType,
  SegmentMoveType,
  SegmentSizePointType,
  SegmentTransitionConnection,
  SegmentTransitionsArgs,
  SegmentTransitionType,
  SizeHistoryArgs,
} from './membership.types.js';
import { readMoves, type Move } from './moves.repository.js';
import { readSizes } from './size.repository.js';
import { readTransitions } from './transition.repository.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };
const segmentIdArg = { description: 'The segment.' };

/** Who is in a segment and was, as it is kept. */
@Resolver(() => SegmentType)
export class SegmentMembershipResolver {
  constructor(
    private readonly services: {
      withWorkspace: WithWorkspace;
      standings: ReturnType<typeof createStandingLoader>;
    },
  ) {}

  @FieldResolver(() => SegmentMembershipType, {
    nullable: true,
    description:
      'Its members as they are kept, with everything that it takes to follow them. Null until they are found for the first time, seconds after it was made.',
  })
  async materialised(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: SegmentType,
  ): Promise<SegmentMembershipType | null> {
    const standing = await this.services.standings(context, workspaceId).load(id);
    return standing && toMembership(standing);
  }

  @FieldResolver(() => [SegmentSizePointType], {
    complexity: costs.count,
    description:
      'How large it was: a point for each minute, hour, day or thirty days in which it moved, whichever makes 1,000 at most, after the last one before `from`. Points are kept for ever, but one an hour after 30 days, and one a day after a year.',
  })
  async sizeHistory(
    @Ctx() { clock }: RequestContext,
    @Root() { workspaceId, id }: SegmentType,
    @Args(() => SizeHistoryArgs) args: SizeHistoryArgs,
  ): Promise<SegmentSizePointType[]> {
    const span = spanOf(args, clock.now());
    return this.services.withWorkspace(workspaceId, (tx) => readSizes(tx, id, span));
  }

  @FieldResolver(() => SegmentTransitionConnection, {
    complexity: costs.count,
    description:
      'Who entered it and who left it in the last 90 days, the oldest first. Who was in it when it was made has not entered it.',
  })
  async transitions(
    @Root() { workspaceId, id }: SegmentType,
    @Args(() => SegmentTransitionsArgs) { latestFirst, ...page }: SegmentTransitionsArgs,
  ): Promise<Page<SegmentTransitionType>> {
    const [after] = readCursor(page.after, 'count') ?? [];
    const limit = page.first + 1;
    const rows = await this.services.withWorkspace(workspaceId, (tx) =>
      after === undefined || latestFirst
        ? readTransitions(tx, id, { after, latestFirst, limit })
        : readAfter(tx, id, { after, limit }),
    );
    return toPage(
      rows,
      page,
      ({ sequence }) => [sequence],
      (row) => toTransition(workspaceId, row),
    );
  }
}

/** Which segments of a workspace move. */
@Resolver(() => WorkspaceType)
export class SegmentMovesResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
  @FieldResolver(() => SegmentMovesType, {
    complexity: costs.count,
    description: 'The active segments that grew and shrank most, as their memberships are kept.',
  })
  async segmentMoves(
    @Ctx() { workspace, clock }: WorkspaceContext,
    @Args(() => SegmentMovesArgs) { days, first }: SegmentMovesArgs,
  ): Promise<SegmentMovesType> {
    const asked = { days, now: clock.now(), limit: first };
    const { growing, shrinking } = await this.withWorkspace(workspace.id, (tx) => readMoves(tx, asked));
    const show = (moves: readonly Move[]): SegmentMoveType[] =>
      moves.map((move) => ({ ...move, workspaceId: workspace.id }));
    return { growing: show(growing), shrinking: show(shrinking) };
  }
}

/** Which segment moved. */
@Resolver(() => SegmentMoveType)
export class SegmentMoveResolver {
  constructor(private readonly segmentById: ReturnType<typeof createSegmentById>) {}

  @FieldResolver(() => SegmentType, { description: 'The segment.' })
  segment(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, segmentId }: SegmentMoveType,
  ): Promise<SegmentType> {
    return this.segmentById(context, workspaceId).load(segmentId);
  }
}

/** A time before there was anything to remember: what is asked from earlier on is asked from here. */
const beginning = new Date('2000-01-01T00:00:00Z');

function spanOf({ from, to }: SizeHistoryArgs, now: Date): { from: Date; to: Date } {
  const end = to && to < now ? to : now;
  const start = from ?? new Date(end.getTime() - 30 * day);
  if (start > end) throw new Failure('INVALID_INPUT', 'It ends before it begins.', { path: 'from' });
  return { from: start < beginning ? beginning : start, to: end < beginning ? beginning : end };
}

/** Whom a transition is about. */
@Resolver(() => SegmentTransitionType)
export class SegmentTransitionResolver {
  constructor(private readonly contacts: ReturnType<typeof contactLoaders>) {}

  @FieldResolver(() => ContactType, {
    nullable: true,
    description: 'The contact as it is now; null when it is gone, or has become part of another.',
  })
  async contact(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: SegmentTransitionType,
  ): Promise<ContactType | null> {
    return ordinal === null ? null : this.contacts(context, workspaceId).contact.load(ordinal);
  }
}

/**
 * Makes the resolver of the subscriptions. The class is made with what it needs, because type-graphql begins a subscription
 * without an instance.
 */
export function createSegmentChangesResolver(following: Following): object {
  const { withWorkspace } = following;

  @Resolver()
  class SegmentChangesResolver {
    @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
    @Subscription(() => SegmentCountChangeType, {
      description: 'How many members a segment has, and again whenever that has changed.',
      async subscribe({ args, context }: SubscribeResolverData) {
        const { workspace } = context as WorkspaceContext;
        const { segmentId } = args as { segmentId: string };
        const { id } = await withWorkspace(workspace.id, (tx) => requireSegment(tx, segmentId, 'segmentId'));
        const place = { workspaceId: workspace.id, segmentId: id };
        return live((signal) => followSize(following, place, signal));
      },
    })
    segmentCountChanged(
      @Root() standing: Standing,
      @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
      @Arg('segmentId', () => ID, segmentIdArg) _segmentId: string,
    ): SegmentCountChangeType {
      return toCountChange(standing);
    }

    @Access({ kind: 'workspace', role: 'viewer', scope: 'segments:read' })
    @Subscription(() => SegmentMembershipChangeType, {
      description:
        'Who enters a segment and who leaves it. With the cursor of an earlier event it begins with everything that has happened since, in order, nothing left out and nothing twice; the first event comes at once.',
      async subscribe({ args, context }: SubscribeResolverData) {
        const { workspace } = context as WorkspaceContext;
        const { segmentId, after } = args as { segmentId: string; after?: string | null };
        const [given] = readCursor(after, 'count') ?? [];
        const begin = await withWorkspace(workspace.id, (tx) => beginAfter(tx, segmentId, given));
        const place = { workspaceId: workspace.id, segmentId: segmentId.toLowerCase(), after: begin };
        return live((signal) => followTransitions(following, place, signal));
      },
    })
    segmentMembershipChanged(
      @Root() heard: Heard,
      @Ctx() { workspace }: WorkspaceContext,
      @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
      @Arg('segmentId', () => ID, segmentIdArg) segmentId: string,
      @Arg('after', () => String, {
        nullable: true,
        description: 'The cursor of the last event heard; from now on unless given.',
      })
      _after: string | null,
    ): SegmentMembershipChangeType {
      return toMembershipChange(workspace.id, segmentId.toLowerCase(), heard);
    }
  }
  return new SegmentChangesResolver();
}
