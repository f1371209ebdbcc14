import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { fold } from '@coterie/rules';
import { keyOf, type RequestContext, type Viewer, type WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { newId } from '../../platform/ids.js';
import { ContactType } from '../contacts/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { AcceptBatch } from './accept-batch.js';
import { toEventIncoming } from './event-incoming.js';
import type { Outcome } from './incoming.js';
import type { eventLoaders } from './event-loaders.js';
import { listEventNames, type EventRow } from './event.repository.js';
import {
  EventConnection,
  EventInput,
  EventNameConnection,
  EventNamesArgs,
  EventsArgs,
  RecordEventResultType,
  RecordEventsInput,
  toRecordEventResult,
  type EventNameType,
  type EventType,
} from './event.types.js';

const workspaceIdDescription = 'The workspace; an API key need not name its own.';

/** Records events over GraphQL. */
@Resolver()
export class RecordEventsResolver {
  constructor(private readonly accept: AcceptBatch) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'events:write' })
  @Mutation(() => [RecordEventResultType], {
    description:
      'Records events: a result for each, in the given order. A bad event does not keep the others out.',
  })
  async recordEvents(
    @Ctx() { workspace, viewer, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, { nullable: true, description: workspaceIdDescription }) _workspaceId:
      | string
      | undefined,
    @Arg('input', () => RecordEventsInput, { description: 'The events.' }) { events }: RecordEventsInput,
  ): Promise<RecordEventResultType[]> {
    const incoming = events.map((event, index) =>
      toEventIncoming(event, clock.now(), { place: `input.events[${index}]` }),
    );
    const outcomes = await this.accept(workspace, incoming, keyOf(viewer));
    return outcomes.map((outcome) => toResult(viewer, outcome));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'events:write' })
  @Mutation(() => RecordEventResultType, {
    description: 'Records one event. One that is not acceptable is an error.',
  })
  async recordEvent(
    @Ctx() { workspace, viewer, clock }: WorkspaceContext,
    @Arg('workspaceId', () => ID, { nullable: true, description: workspaceIdDescription }) _workspaceId:
      | string
      | undefined,
    @Arg('input', () => EventInput, { description: 'The event.' }) event: EventInput,
  ): Promise<RecordEventResultType> {
    const [outcome] = await this.accept(
      workspace,
      [toEventIncoming(event, clock.now(), { place: 'input' })],
      keyOf(viewer),
    );
    if (!outcome) throw new Error('A batch of one has no outcome.');
    if (outcome.status !== 'refused' && (outcome.status !== 'erased' || !mayRead(viewer)))
      return toResult(viewer, outcome);
    const { code, path, message } = outcome.problem;
    throw new Failure(code === 'TOO_LARGE' ? 'TOO_LARGE' : 'INVALID_INPUT', message, { path });
  }
}

/**
 * A key that may only write must learn nothing: which of two addresses belong to one contact would be something, or who
 * was erased. Such a key stands in the source of every page.
 */
function toResult(viewer: Viewer, outcome: Outcome): RecordEventResultType {
  if (mayRead(viewer)) return toRecordEventResult(outcome);
  const shown: Outcome =
    outcome.status === 'erased' ? { status: 'stored', contactId: '', eventId: newId() } : outcome;
  return { ...toRecordEventResult(shown), contactId: null };
}

function mayRead(viewer: Viewer): boolean {
  return viewer.kind !== 'key' || viewer.scopes.includes('contacts:read');
}

/** What a workspace knows of events as a whole. */
@Resolver(() => WorkspaceType)
export class WorkspaceEventsResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => EventNameConnection, {
    description: 'The names that events were recorded under, for suggestions.',
  })
  async eventNames(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => EventNamesArgs) args: EventNamesArgs,
  ): Promise<Page<EventNameType>> {
    const [after] = readCursor(args.after, 'text') ?? [];
    const rows = await this.withWorkspace(workspace.id, (transaction) =>
      listEventNames(transaction, fold(args.search ?? ''), after, args.first + 1),
    );
    return toPage(
      rows,
      args,
      (row) => [row.folded_name],
      ({ name, count, last_seen_at }) => ({
        name,
        count: Number(count),
        lastSeenAt: last_seen_at,
      }),
    );
  }
}

/** What a contact did. */
@Resolver(() => ContactType)
export class ContactEventsResolver {
  constructor(private readonly loaders: ReturnType<typeof eventLoaders>) {}

  @FieldResolver(() => EventConnection, { description: 'What the contact did, the newest first.' })
  async events(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
    @Args(() => EventsArgs) args: EventsArgs,
  ): Promise<Page<EventType>> {
    const after = readCursor(args.after, 'instant', 'id');
    const filter = {
      foldedName: args.name == null ? undefined : fold(args.name),
      since: args.since ?? undefined,
      until: args.until ?? undefined,
    };
    const { timeline } = this.loaders(context, workspaceId);
    const rows = await timeline.load({ ordinal, filter, after, limit: args.first + 1 });
    return toPage(rows, args, (row) => [row.occurred_exactly, row.id], toEvent);
  }
}

function toEvent(row: EventRow): EventType {
  return {
    id: row.id,
    name: row.name,
    target: row.target,
    properties: row.properties,
    occurredAt: row.occurred_at,
    receivedAt: row.received_at,
    source: row.source,
    messageId: row.message_id,
  };
}
