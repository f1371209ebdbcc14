import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { actorOf, type RequestContext, type WorkspaceContext } from '../../../platform/context.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Access } from '../../../platform/graphql/access.js';
import { PageArgs, readCursor, toPage, type Page } from '../../../platform/graphql/pagination.js';
import { attributeCatalog, showValues, type AttributeCatalog } from '../../attributes/index.js';
import { CompanyType } from '../../companies/index.js';
import { WorkspaceType } from '../../workspaces/index.js';
import type { Loaders } from '../contact.resolver.js';
import { ContactType } from '../contact.types.js';
import { listAllMerges, mergeById } from './contact-merge.repository.js';
import {
  ContactMergeConnection,
  ContactMergePreviewType,
  ContactMergesArgs,
  ContactMergeType,
  MergeContactsInput,
  type MergedAttributeType,
  toMergeType,
} from './contact-merge.types.js';
import { mergeByHand } from './merge-by-hand.js';
import { previewMerge, type MergePreview } from './preview-merge.js';
import { undoMerge } from './undo-merge.js';

const workspaceIdArg = { nullable: true, description: 'The workspace; an API key may leave it out.' };

/** Merging contacts by hand, and taking merges apart. */
@Resolver()
export class ContactMergesResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @Query(() => ContactMergePreviewType, {
    description:
      'What merging two contacts would come to: who brings what, and which values stand. Stores nothing.',
  })
  async previewContactMerge(
    @Ctx() { workspace }: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('winnerId', () => ID, { description: 'Whose id and values stay.' }) winnerId: string,
    @Arg('loserId', () => ID, { description: 'The contact that would become part of it.' }) loserId: string,
  ): Promise<ContactMergePreviewType> {
    return this.withWorkspace(
      workspace.id,
      async (tx) => {
        const preview = await previewMerge(tx, { winnerId, loserId });
        return toPreviewType(workspace.id, preview, await attributeCatalog(tx));
      },
      { snapshot: true },
    );
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ContactMergeType, {
    description:
      'Makes one contact part of another: identities, events and lists are joined, of two values the ' +
      "winner's stays, of two consents the stricter. The loser's id leads to the winner from then on. Can be undone for 30 days.",
  })
  async mergeContacts(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('input', () => MergeContactsInput, { description: 'The two contacts.' }) input: MergeContactsInput,
  ): Promise<ContactMergeType> {
    return this.change(context, (tx, by) => mergeByHand(tx, input, by));
  }

  @Access({ kind: 'workspace', role: 'editor', scope: 'contacts:write' })
  @Mutation(() => ContactMergeType, {
    description:
      'Takes a merge apart: the loser is again what it was, with what was its own. What came in after the merge stays ' +
      'with the winner, but what was withdrawn since is withdrawn for both. The two do not merge by themselves again.',
  })
  async undoContactMerge(
    @Ctx() context: WorkspaceContext,
    @Arg('workspaceId', () => ID, workspaceIdArg) _workspaceId: string | null,
    @Arg('mergeId', () => ID, { description: 'The merge.' }) mergeId: string,
  ): Promise<ContactMergeType> {
    return this.change(context, async (tx, by) => {
      await undoMerge(tx, mergeId, by);
      return mergeId;
    });
  }

  private change(
    context: WorkspaceContext,
    work: (tx: WorkspaceTransaction, by: { by: string; now: Date }) => Promise<string>,
  ): Promise<ContactMergeType> {
    const by = { by: actorOf(context), now: context.clock.now() };
    return this.withWorkspace(context.workspace.id, async (tx) =>
      toMergeType(context.workspace.id, (await mergeById(tx, await work(tx, by)))!),
    );
  }
}

/** The merges of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceMergesResolver {
  constructor(private readonly withWorkspace: WithWorkspace) {}

  @Access({ kind: 'workspace', role: 'viewer', scope: 'contacts:read' })
  @FieldResolver(() => ContactMergeConnection, {
    description: 'Contacts that became part of others, the latest first: by a rule, by alias or by hand.',
  })
  async contactMerges(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => ContactMergesArgs) { reason, undone, ...page }: ContactMergesArgs,
  ): Promise<Page<ContactMergeType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const filter = { reason: reason ?? null, undone: undone ?? null };
    const rows = await this.withWorkspace(workspace.id, (tx) =>
      listAllMerges(tx, filter, after, page.first + 1),
    );
    return toPage(
      rows,
      page,
      (row) => [row.mergedExactly, row.id],
      (row) => toMergeType(workspace.id, row),
    );
  }
}

/** The contacts of a merge. */
@Resolver(() => ContactMergeType)
export class ContactMergeResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactType, {
    description: 'The winner, or what it has become part of since.',
  })
  async winner(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, holder }: ContactMergeType,
  ): Promise<ContactType> {
    return (await this.loaders.contact(context, workspaceId).contact.load(holder))!;
  }

  @FieldResolver(() => ContactType, {
    nullable: true,
    description: 'The loser, if it is a contact of its own again.',
  })
  async loser(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, loserOrdinal, undoneAt }: ContactMergeType,
  ): Promise<ContactType | null> {
    return undoneAt ? this.loaders.contact(context, workspaceId).contact.load(loserOrdinal) : null;
  }
}

/** The contacts and the company of a preview. */
@Resolver(() => ContactMergePreviewType)
export class ContactMergePreviewResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactType, { nullable: true, description: 'The winner as it is now.' })
  async winner(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, winnerOrdinal }: ContactMergePreviewType,
  ): Promise<ContactType | null> {
    return this.loaders.contact(context, workspaceId).contact.load(winnerOrdinal);
  }

  @FieldResolver(() => ContactType, { nullable: true, description: 'The loser as it is now.' })
  async loser(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, loserOrdinal }: ContactMergePreviewType,
  ): Promise<ContactType | null> {
    return this.loaders.contact(context, workspaceId).contact.load(loserOrdinal);
  }

  @FieldResolver(() => CompanyType, {
    nullable: true,
    description: 'The company that the merged contact would belong to.',
  })
  async company(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, companyId }: ContactMergePreviewType,
  ): Promise<CompanyType | null> {
    return companyId ? this.loaders.company(context, workspaceId).company.load(companyId) : null;
  }
}

/** The merges that a contact was part of. */
@Resolver(() => ContactType)
export class ContactHistoryResolver {
  constructor(private readonly loaders: Loaders) {}

  @FieldResolver(() => ContactMergeConnection, {
    description: 'Merges that it was part of, the latest first, those that were undone included.',
  })
  async merges(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, ordinal }: ContactType,
    @Args(() => PageArgs) page: PageArgs,
  ): Promise<Page<ContactMergeType>> {
    const after = readCursor(page.after, 'instant', 'id');
    const rows = await this.loaders
      .contact(context, workspaceId)
      .merges.load({ ordinal, after, limit: page.first + 1 });
    return toPage(
      rows,
      page,
      (row) => [row.mergedExactly, row.id],
      (row) => toMergeType(workspaceId, row),
    );
  }
}

function toPreviewType(
  workspaceId: string,
  preview: MergePreview,
  catalog: AttributeCatalog,
): ContactMergePreviewType {
  const { attributes, events, memberships, ...rest } = preview;
  return {
    ...rest,
    workspaceId,
    attributes: showChoices(attributes, catalog),
    winnerEvents: events.winner,
    loserEvents: events.loser,
    memberships: memberships.map(({ kind, of, name, from }) => ({ kind, id: of, name, from })),
  };
}

function showChoices(
  { held, choices, loser }: MergePreview['attributes'],
  catalog: AttributeCatalog,
): MergedAttributeType[] {
  const discarded = new Map(
    showValues(catalog.contact, loser).map((attribute) => [attribute.key, attribute]),
  );
  const sorted = new Map([...held].sort(([one], [other]) => (one < other ? -1 : 1)));
  return showValues(catalog.contact, sorted).map((attribute) => {
    const choice = choices.get(attribute.key)!;
    const other = choice === 'winner_stays' ? discarded.get(attribute.key) : undefined;
    return { attribute, choice, discarded: other ?? null };
  });
}
