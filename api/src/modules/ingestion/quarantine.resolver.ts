import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Resolver } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { invalidCursor, readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import { WorkspaceType } from '../workspaces/index.js';
import { toRecordEventResult } from './event.types.js';
import { deleteQuarantined, listQuarantined, type QuarantineFilter } from './quarantine.repository.js';
import {
  QuarantinedEventConnection,
  QuarantinedEventKind,
  QuarantinedEventsArgs,
  QuarantineFilterInput,
  ReplayArgs,
  ReplayEventsResultType,
  type QuarantinedEventType,
} from './quarantine.types.js';
import type { ReplayQuarantined } from './replay-quarantined.js';

/** Events that could not be taken. */
@Resolver(() => WorkspaceType)
export class QuarantineResolver {
  constructor(
    private readonly withWorkspace: WithWorkspace,
    private readonly replay: ReplayQuarantined,
  ) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => QuarantinedEventConnection, {
    description: 'Events that could not be taken, the newest first: nothing that was sent is lost.',
  })
  async quarantinedEvents(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => QuarantinedEventsArgs) { filter, ...page }: QuarantinedEventsArgs,
  ): Promise<Page<QuarantinedEventType>> {
    const [after] = readCursor(page.after, 'id') ?? [];
    const rows = await this.withWorkspace(workspace.id, (transaction) =>
      listQuarantined(transaction, toFilter(filter), after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.id],
      (row) => ({ ...row, kind: QuarantinedEventKind[row.kind] }),
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ReplayEventsResultType, {
    description:
      'Takes quarantined events again, the oldest first, as if they came in when they did. Those that can be stored ' +
      'now leave the quarantine; the others stay, with the reason of this time.',
  })
  async replayQuarantinedEvents(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => ReplayArgs) { filter, first, after }: ReplayArgs,
  ): Promise<ReplayEventsResultType> {
    if (after != null && !isId(after)) throw invalidCursor();
    const replayed = await this.replay(workspace, toFilter(filter), after ?? undefined, first);
    return {
      results: replayed.results.map(({ id, outcome }) => ({ id, ...toRecordEventResult(outcome) })),
      hasMore: replayed.hasMore,
      endCursor: replayed.lastId,
    };
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => Int, {
    description: 'Deletes quarantined events for good: those that fit the filter, which must not be empty.',
  })
  async deleteQuarantinedEvents(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, {
      nullable: true,
      description: 'The workspace; an API key need not name its own.',
    })
    _workspaceId: string | null,
    @Arg('filter', () => QuarantineFilterInput, { description: 'Which of them.' })
    given: QuarantineFilterInput,
  ): Promise<number> {
    const filter = toFilter(given);
    if (Object.values(filter).every((condition) => condition == null)) {
      throw new Failure('INVALID_INPUT', 'Say which: an empty filter would delete them all.', {
        path: 'filter',
      });
    }
    return this.withWorkspace(workspace.id, (transaction) => deleteQuarantined(transaction, filter));
  }
}

/** What is no id names nothing. */
function toFilter(filter: QuarantineFilterInput | null | undefined): QuarantineFilter {
  return { ...filter, ids: filter?.ids?.filter(isId) };
}
