import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../platform/context.js';
import { notFound } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { costs } from '../../platform/graphql/limits.js';
import { PageArgs, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import type { Services } from '../../platform/module.js';
import { WorkspaceType } from '../workspaces/index.js';
import { eventsNamed, oldestKept } from './event-retention.js';
import {
  allRetention,
  countOldEvents,
  listRetention,
  removeRetention,
  saveRetention,
} from './event-retention.repository.js';
import {
  EventRetentionConnection,
  EventRetentionInput,
  EventRetentionPreviewType,
  EventRetentionType,
  RemoveEventRetentionInput,
} from './retention.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** How long a workspace keeps its events. */
@Resolver(() => WorkspaceType)
export class RetentionResolver {
  constructor(private readonly services: Pick<Services, 'withWorkspace'>) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => EventRetentionConnection, {
    description:
      'How long events are kept: that of all others first, then by name. What is not set is kept for ever.',
  })
  async eventRetention(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<EventRetentionType>> {
    const [after] = readCursor(page.after, 'text') ?? [];
    const rows = await this.services.withWorkspace(workspace.id, (tx) =>
      listRetention(tx, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.foldedName],
      (row) => row,
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:read' })
  @Query(() => EventRetentionPreviewType, {
    complexity: costs.preview,
    description: 'How many events a setting would delete at once.',
  })
  async previewEventRetention(
    @Ctx() { workspace, clock, signal }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => EventRetentionInput, { description: 'The setting.' }) input: EventRetentionInput,
  ): Promise<EventRetentionPreviewType> {
    const { foldedName } = eventsNamed(input.name);
    const { days } = input;
    if (days == null) return { events: 0 };
    const count = this.services.withWorkspace(
      workspace.id,
      async (tx) => {
        const others = (await allRetention(tx)).map((one) => one.foldedName);
        return countOldEvents(tx, { foldedName, others, before: oldestKept(days, clock.now()) });
      },
      { snapshot: true, signal },
    );
    return { events: await count };
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:write' })
  @Mutation(() => EventRetentionType, {
    description:
      'Sets how long events are kept: those of a name, or all that have no setting of their own. What is older is deleted ' +
      'with the next run of a daily job, and cannot be brought back: see `previewEventRetention`.',
  })
  async setEventRetention(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => EventRetentionInput, { description: 'The setting.' })
    { name, days = null }: EventRetentionInput,
  ): Promise<EventRetentionType> {
    const setting = { days, setBy: actorOf(context), setAt: context.clock.now() };
    return this.services.withWorkspace(context.workspace.id, (tx) =>
      saveRetention(tx, eventsNamed(name), setting),
    );
  }

  @Access({ kind: 'workspace', role: 'admin', scope: 'contacts:write' })
  @Mutation(() => EventRetentionType, {
    description: 'Takes a setting away, so that the one for all others counts; gives what it was.',
  })
  async removeEventRetention(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => RemoveEventRetentionInput, { description: 'Which one.' })
    { name }: RemoveEventRetentionInput,
  ): Promise<EventRetentionType> {
    const removed = await this.services.withWorkspace(workspace.id, (tx) =>
      removeRetention(tx, eventsNamed(name)),
    );
    if (!removed) throw notFound('setting', 'input.name');
    return removed;
  }
}
