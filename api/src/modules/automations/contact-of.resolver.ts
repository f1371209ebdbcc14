import DataLoader from 'dataloader';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { RequestContext } from '../../platform/context.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { ContactType, type contactLoaders } from '../contacts/index.js';
import { AutomationRunType } from './automation.types.js';
import { FollowUpType } from './follow-ups/follow-up.types.js';
import { ordinalsOf } from './recipient.repository.js';

/** Finds contacts by the ids that they were called by, many in one statement; null for one that is gone. */
export function createContactOf(withWorkspace: WithWorkspace, contacts: ReturnType<typeof contactLoaders>) {
  const ordinals = perRequest(
    (workspaceId) =>
      new DataLoader<string, number | null>((ids) =>
        withWorkspace(workspaceId, async (tx) => {
          const found = await ordinalsOf(tx, ids);
          return ids.map((id) => found.get(id) ?? null);
        }),
      ),
  );
  return async (context: RequestContext, workspaceId: string, id: string): Promise<ContactType | null> => {
    const ordinal = await ordinals(context, workspaceId).load(id);
    return ordinal === null ? null : contacts(context, workspaceId).contact.load(ordinal);
  };
}

type ContactOf = ReturnType<typeof createContactOf>;
const description = 'The contact as it is now, also after a merge; null when it is gone.';

/** Whom a run is about. */
@Resolver(() => AutomationRunType)
export class AutomationRunContactResolver {
  constructor(private readonly contactOf: ContactOf) {}

  @FieldResolver(() => ContactType, { nullable: true, description })
  async contact(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, contactId }: AutomationRunType,
  ): Promise<ContactType | null> {
    return contactId === null ? null : this.contactOf(context, workspaceId, contactId);
  }
}

/** Whom a follow-up is about. */
@Resolver(() => FollowUpType)
export class FollowUpContactResolver {
  constructor(private readonly contactOf: ContactOf) {}

  @FieldResolver(() => ContactType, { nullable: true, description })
  contact(
    @Ctx() context: RequestContext,
    @Root() { workspaceId, contactId }: FollowUpType,
  ): Promise<ContactType | null> {
    return this.contactOf(context, workspaceId, contactId);
  }
}
