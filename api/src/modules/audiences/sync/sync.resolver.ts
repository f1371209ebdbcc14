import {
  Arg,
  Args,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Resolver,
  Root,
  Subscription,
  type SubscribeResolverData,
} from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../../platform/context.js';
import type { WithWorkspace } from '../../../platform/database/with-workspace.js';
import { Access } from '../../../platform/graphql/access.js';
import { costs } from '../../../platform/graphql/limits.js';
import { live } from '../../../platform/graphql/live.js';
import { PageArgs, readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import type { Services } from '../../../platform/module.js';
import { PrivacyRequestType } from '../../privacy/index.js';
import type { CustomAudience } from '../audience.repository.js';
import { toAudience } from '../audience.mapper.js';
import { CustomAudienceIdInput, CustomAudienceType } from '../audience.types.js';
import type { AudienceSync } from './audience-sync.js';
import type { Delivery, SyncSchedule } from './delivery.js';
import {
  cancelSync,
  emptyAudience,
  pauseAudience,
  resumeAudience,
  setDelivery,
  syncNow,
  type SyncEditing,
} from './edit-sync.js';
import type { createSyncLoaders } from './sync.loaders.js';
import { listSyncs } from './sync.repository.js';
import {
  AudienceSyncConnection,
  AudienceSyncIdInput,
  AudienceSyncType,
  ErasureNoticeType,
  SetAudienceDestinationInput,
  SyncScheduleEnum,
} from './sync.types.js';
import { watchSyncs } from './watch-sync.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type Loaders = ReturnType<typeof createSyncLoaders>;

/** Where a custom audience goes, and how that is going. */
@Resolver(() => CustomAudienceType)
export class AudienceSyncsResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly loaders: Loaders,
  ) {}

  @FieldResolver(() => ID, {
    nullable: true,
    description: 'The destination that it is sent to; null: it is for downloads only.',
  })
  async destinationId(
    @Ctx() context: RequestContext,
    @Root() audience: CustomAudienceType,
  ): Promise<string | null> {
    return (await this.delivery(context, audience)).destinationId;
  }

  @FieldResolver(() => SyncScheduleEnum, { description: 'When it is brought up to date there.' })
  async schedule(
    @Ctx() context: RequestContext,
    @Root() audience: CustomAudienceType,
  ): Promise<SyncSchedule> {
    return (await this.delivery(context, audience)).schedule;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: "The hour of a DAILY schedule, in the workspace's time zone.",
  })
  async dailyHour(
    @Ctx() context: RequestContext,
    @Root() audience: CustomAudienceType,
  ): Promise<number | null> {
    return (await this.delivery(context, audience)).dailyHour;
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description:
      'Since when it rests; null while it does not. Who may not be sent any more is removed all the same.',
  })
  async pausedAt(@Ctx() context: RequestContext, @Root() audience: CustomAudienceType): Promise<Date | null> {
    return (await this.delivery(context, audience)).pausedAt;
  }

  @FieldResolver(() => Date, {
    nullable: true,
    description: 'When it is due by its schedule; null where it does not go by the clock, or rests.',
  })
  async nextSyncAt(
    @Ctx() context: RequestContext,
    @Root() audience: CustomAudienceType,
  ): Promise<Date | null> {
    const { nextSyncAt, pausedAt } = await this.delivery(context, audience);
    return pausedAt || audience.archivedAt ? null : nextSyncAt;
  }

  @FieldResolver(() => Int, {
    complexity: costs.count,
    description: 'How many people, or companies, the destination has of it, by our books.',
  })
  held(@Ctx() context: RequestContext, @Root() { workspaceId, id }: CustomAudienceType): Promise<number> {
    return this.loaders(context, workspaceId).held.load(id);
  }

  @FieldResolver(() => AudienceSyncType, {
    nullable: true,
    description: 'The latest sync, under way or not.',
  })
  lastSync(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: CustomAudienceType,
  ): Promise<AudienceSyncType | null> {
    return this.loaders(context, workspaceId).lastSync.load(id);
  }

  @FieldResolver(() => AudienceSyncConnection, { description: 'Its syncs, the newest first.' })
  async syncs(
    @Root() { workspaceId, id }: CustomAudienceType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<AudienceSyncType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.withWorkspace(workspaceId, (tx) => listSyncs(tx, id, after, page.first + 1));
    return toPage(
      rows,
      page,
      (row) => [row.startedExactly, row.id],
      (row) => row,
    );
  }

  private delivery(context: RequestContext, { workspaceId, id }: CustomAudienceType): Promise<Delivery> {
    return this.loaders(context, workspaceId).delivery.load(id);
  }
}

/** Changes of where audiences go, and syncs. */
@Resolver()
export class SyncMutationsResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description:
      'Says where a custom audience goes, and when. Refused while another destination still has members of it.',
  })
  setAudienceDestination(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => SetAudienceDestinationInput, { description: 'Where to.' })
    input: SetAudienceDestinationInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (editing) => setDelivery(editing, input));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description:
      'Lets a custom audience rest: nobody is added any more. Who may not be sent any more is removed all the same.',
  })
  pauseCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (editing) => pauseAudience(editing, input.id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, { description: 'Goes on with a custom audience that rests.' })
  resumeCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, (editing) => resumeAudience(editing, input.id));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description:
      'Brings a custom audience up to date at its destination now: `lastSync` tells how it goes. While that is under way, nothing more is begun.',
  })
  syncCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, async (editing) => (await syncNow(editing, input.id)).audience);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => CustomAudienceType, {
    description:
      'Removes everybody of a custom audience, archived or not, from its destination, and lets it rest. To be done before it gets another destination.',
  })
  emptyCustomAudience(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CustomAudienceIdInput, { description: 'The custom audience.' })
    input: CustomAudienceIdInput,
  ): Promise<CustomAudienceType> {
    return this.change(context, async (editing) => (await emptyAudience(editing, input.id)).audience);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'audiences:write' })
  @Mutation(() => AudienceSyncType, {
    description: 'Ends a sync that is under way. What the destination has by then, it keeps.',
  })
  cancelAudienceSync(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => AudienceSyncIdInput, { description: 'The sync.' }) input: AudienceSyncIdInput,
  ): Promise<AudienceSyncType> {
    return this.within(context, (editing) => cancelSync(editing, input.id));
  }

  private async change(
    context: WorkspaceContext,
    work: (editing: SyncEditing) => Promise<CustomAudience>,
  ): Promise<CustomAudienceType> {
    return toAudience(context.workspace.id, await this.within(context, work));
  }

  private within<Result>(
    context: WorkspaceContext,
    work: (editing: SyncEditing) => Promise<Result>,
  ): Promise<Result> {
    const { withWorkspace, clock, enqueue } = this.services;
    const editor = { actor: actorOf(context), now: clock.now() };
    return withWorkspace(context.workspace.id, (tx) => work({ tx, enqueue, editor }));
  }
}

/** The destinations that an erasure had to tell. */
@Resolver(() => PrivacyRequestType)
export class ErasureNoticesResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => [ErasureNoticeType], {
    description:
      'The destinations that had been told of an erased person, with when each confirmed that they are removed.',
  })
  destinationsTold(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, id }: PrivacyRequestType,
  ): Promise<ErasureNoticeType[]> {
    return this.loaders(context, workspaceId).notices.load(id);
  }
}

/** Makes the resolver of the subscription, with what it needs: type-graphql begins a subscription without an instance. */
export function createSyncProgressResolver(withWorkspace: WithWorkspace): object {
  @Resolver()
  class SyncProgressResolver {
    @Access({ kind: 'workspace', role: 'viewer', scope: 'audiences:read' })
    @Subscription(() => AudienceSyncType, {
      description:
        'The latest sync of a custom audience, and again whenever it has come further or another has begun.',
      subscribe: ({ args, context }: SubscribeResolverData) => {
        const { workspace } = context as WorkspaceContext;
        const place = { workspaceId: workspace.id, audienceId: (args as { id: string }).id };
        return live((signal) => watchSyncs(withWorkspace, place, signal));
      },
    })
    audienceSyncProgress(
      @Root() sync: AudienceSync,
      @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
      @Arg('id', () => ID, { description: 'The id of the custom audience.' }) _id: string,
    ): AudienceSyncType {
      return sync;
    }
  }
  return new SyncProgressResolver();
}
