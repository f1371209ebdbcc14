import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { fold } from '@coterie/rules';
import type { RequestContext, WorkspaceContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import {
  PageArgs,
  readCursor,
  invalidCursor,
  readTimeCursor,
  toPage,
  type Page,
} from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import { ContactType } from '../contacts/index.js';
import { WorkspaceType } from '../workspaces/index.js';
import type { AcceptBatch, Incoming, Outcome } from './accept-batch.js';
import type { eventLoaders } from './event-loaders.js';
import { listEventNames, listQuarantined, type EventRow } from './event.repository.js';
import {
  EventConnection,
  EventInput,
  EventNameConnection,
  EventNamesArgs,
  EventsArgs,
  QuarantinedEventConnection,
  RecordEventResultType,
  RecordEventsInput,
  RecordEventStatus,
  type EventNameType,
  type EventType,
  type QuarantinedEventType,
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
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, { nullable: true, description: workspaceIdDescription }) _workspaceId:
      | string
      | undefined,
    @Arg('input', () => RecordEventsInput, { description: 'The events.' }) { events }: RecordEventsInput,
  ): Promise<RecordEventResultType[]> {
    const incoming = events.map((event, index) => toIncoming(event, `input.events[${index}]`));
    return (await this.accept(workspace, incoming, 'graphql')).map(toResult);
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'events:write' })
  @Mutation(() => RecordEventResultType, {
    description: 'Records one event. One that is not acceptable is an error.',
  })
  async recordEvent(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, { nullable: true, description: workspaceIdDescription }) _workspaceId:
      | string
      | undefined,
    @Arg('input', () => EventInput, { description: 'The event.' }) event: EventInput,
  ): Promise<RecordEventResultType> {
    const [outcome] = await this.accept(workspace, [toIncoming(event, 'input')], 'graphql');
    if (!outcome) throw new Error('A batch of one has no outcome.');
    if (outcome.status !== 'refused') return toResult(outcome);
    const { code, path, message } = outcome.problem;
    throw new Failure(code === 'TOO_LARGE' ? 'TOO_LARGE' : 'INVALID_INPUT', message, { path });
  }
}

function toIncoming(event: EventInput, path: string): Incoming {
  const { externalId, email, phone, anonymousId } = event;
  return {
    body: JSON.stringify(event),
    at: (inner) => (inner === '' ? path : `${path}.${inner}`),
    identity: { externalId, email, phone, anonymousId },
    messageId: event.messageId ?? null,
    event,
    traits: undefined,
    previousId: null,
  };
}

function toResult(outcome: Outcome): RecordEventResultType {
  const nothing = { eventId: null, contactId: null, error: null };
  if (outcome.status === 'duplicate') return { ...nothing, status: RecordEventStatus.duplicate };
  if (outcome.status === 'refused') {
    const { code, path, message } = outcome.problem;
    return { ...nothing, status: RecordEventStatus.refused, error: { code, path, message } };
  }
  const { eventId, contactId } = outcome;
  return { ...nothing, status: RecordEventStatus.stored, eventId, contactId };
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
    const after = readName(args.after);
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

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => QuarantinedEventConnection, {
    description: 'Events that could not be taken, the newest first: nothing that was sent is lost.',
  })
  async quarantinedEvents(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<QuarantinedEventType>> {
    const after = readId(page.after);
    const rows = await this.withWorkspace(workspace.id, (transaction) =>
      listQuarantined(transaction, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.id],
      ({ received_at, ...row }) => ({ ...row, receivedAt: received_at }),
    );
  }
}

function readName(after: string | null | undefined): string | undefined {
  const [name] = readCursor(after, 1) ?? [];
  if (name === undefined || (typeof name === 'string' && !name.includes('\0') && name.isWellFormed()))
    return name;
  throw invalidCursor();
}

function readId(after: string | null | undefined): string | undefined {
  const [id] = readCursor(after, 1) ?? [];
  if (id === undefined || (typeof id === 'string' && isId(id))) return id;
  throw invalidCursor();
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
    const after = readTimeCursor(args.after);
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
