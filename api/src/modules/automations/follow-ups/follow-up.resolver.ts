import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import { actorOf, type WorkspaceContext } from '../../../platform/context.js';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../../platform/errors.js';
import { Access } from '../../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import { isId, newId } from '../../../platform/ids.js';
import type { Services } from '../../../platform/module.js';
import { ContactType } from '../../contacts/index.js';
import { WorkspaceType } from '../../workspaces/index.js';
import { findContactOf } from '../recipient.repository.js';
import {
  insertFollowUp,
  listFollowUps,
  saveFollowUp,
  takeFollowUps,
  type FollowUp,
  type FollowUpFilter,
} from './follow-up.repository.js';
import {
  CreateFollowUpInput,
  FollowUpConnection,
  FollowUpsArgs,
  FollowUpType,
  UpdateFollowUpsInput,
} from './follow-up.types.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key need not name its own.' };

type FollowUpServices = Pick<Services, 'withWorkspace' | 'clock'>;

/** The queue of the sales team. */
@Resolver(() => WorkspaceType)
export class WorkspaceFollowUpsResolver {
  constructor(private readonly services: FollowUpServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => FollowUpConnection, {
    description: 'What the sales team has to do, what is due first.',
  })
  followUps(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => FollowUpsArgs) args: FollowUpsArgs,
  ): Promise<Page<FollowUpType>> {
    return this.services.withWorkspace(workspace.id, (tx) => pageOf(tx, args));
  }
}

/** What is to be done about one contact. */
@Resolver(() => ContactType)
export class ContactFollowUpsResolver {
  constructor(private readonly services: FollowUpServices) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => FollowUpConnection, { description: 'What is to be done about it, what is due first.' })
  followUps(
    @Root() { workspaceId, id }: ContactType,
    @Args(() => FollowUpsArgs) args: FollowUpsArgs,
  ): Promise<Page<FollowUpType>> {
    return this.services.withWorkspace(workspaceId, async (tx) =>
      pageOf(tx, args, (await findContactOf(tx, id))?.ids ?? [id]),
    );
  }
}

/** Changes of follow-ups. */
@Resolver()
export class FollowUpMutationsResolver {
  constructor(private readonly services: FollowUpServices) {}

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => FollowUpType, { description: 'Opens a follow-up.' })
  async createFollowUp(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => CreateFollowUpInput, { description: 'The follow-up.' }) input: CreateFollowUpInput,
  ): Promise<FollowUpType> {
    const { withWorkspace, clock } = this.services;
    if (input.note.trim() === '')
      throw new Failure('INVALID_INPUT', 'Say what is to be done.', { path: 'input.note' });
    requireMember(input.assigneeId);
    return withWorkspace(context.workspace.id, async (tx) => {
      const contact = isId(input.contactId) ? await findContactOf(tx, input.contactId) : undefined;
      if (!contact) throw notFound('contact', 'input.contactId');
      const followUp = {
        id: newId(),
        contactId: contact.id,
        runId: null,
        automationId: null,
        assigneeId: input.assigneeId ?? null,
        dueAt: input.dueAt,
        priority: input.priority,
        note: input.note.trim(),
        createdBy: actorOf(context),
        createdAt: clock.now(),
      };
      await insertFollowUp(tx, followUp);
      return toFollowUp(tx.workspaceId, { ...followUp, status: 'open', closedBy: null, closedAt: null });
    });
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => [FollowUpType], {
    description: 'Assigns, moves or closes follow-ups. Gives those that there are.',
  })
  async updateFollowUps(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | undefined,
    @Arg('input', () => UpdateFollowUpsInput, { description: 'The change.' }) input: UpdateFollowUpsInput,
  ): Promise<FollowUpType[]> {
    const { withWorkspace, clock } = this.services;
    requireMember(input.assigneeId);
    const now = clock.now();
    return withWorkspace(context.workspace.id, async (tx) => {
      const known = await takeFollowUps(tx, input.ids.filter(isId));
      const changed = known.map((followUp) => changedBy(followUp, input, { actor: actorOf(context), now }));
      for (const followUp of changed) await saveFollowUp(tx, followUp);
      return changed.map((followUp) => toFollowUp(tx.workspaceId, followUp));
    });
  }
}

function changedBy(
  followUp: FollowUp,
  { assigneeId, dueAt, priority, note, status }: UpdateFollowUpsInput,
  { actor, now }: { actor: string; now: Date },
): FollowUp {
  const changed = {
    ...followUp,
    assigneeId: assigneeId ?? followUp.assigneeId,
    dueAt: dueAt ?? followUp.dueAt,
    priority: priority ?? followUp.priority,
    note: note?.trim() || followUp.note,
  };
  if (!status || status === followUp.status) return changed;
  const closed = status === 'open' ? { closedBy: null, closedAt: null } : { closedBy: actor, closedAt: now };
  return { ...changed, status, ...closed };
}

function requireMember(id: string | null | undefined): void {
  if (id && !isId(id)) throw notFound('member', 'input.assigneeId');
}

async function pageOf(
  tx: WorkspaceTransaction,
  { statuses, assigneeId, dueBefore, ...page }: FollowUpsArgs,
  contactIds?: readonly string[],
): Promise<Page<FollowUpType>> {
  requireMember(assigneeId);
  const after = readCursor(page.after, 'instant', 'id');
  const filter: FollowUpFilter = {
    statuses: statuses ?? ['open'],
    assigneeId: assigneeId ?? undefined,
    dueBefore: dueBefore ?? undefined,
    contactIds,
  };
  const rows = await listFollowUps(tx, filter, after, page.first + 1);
  return toPage(
    rows,
    page,
    (row) => [row.dueExactly, row.id],
    (row) => toFollowUp(tx.workspaceId, row),
  );
}

function toFollowUp(workspaceId: string, { runId: _runId, ...shown }: FollowUp): FollowUpType {
  return { workspaceId, ...shown };
}
