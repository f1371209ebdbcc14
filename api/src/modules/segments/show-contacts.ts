import type { RequestContext } from '../../platform/context.js';
import type { Page } from '../../platform/graphql/pagination.js';
import type { contactLoaders, ContactType } from '../contacts/index.js';
import type { Member } from './members.js';

/** The contacts of these ordinals, in their order. One that was erased since they were found is left out. */
export async function showContacts(
  contacts: ReturnType<typeof contactLoaders>,
  context: RequestContext,
  workspaceId: string,
  ordinals: readonly number[],
): Promise<ContactType[]> {
  const shown = await contacts(context, workspaceId).contact.loadMany(ordinals);
  return shown.flatMap((contact) => {
    if (contact instanceof Error) throw contact;
    return contact ?? [];
  });
}

/** A page of members as contacts. One that was erased since the page was read is left out. */
export async function showMembers(
  contacts: ReturnType<typeof contactLoaders>,
  context: RequestContext,
  workspaceId: string,
  page: Page<Member>,
): Promise<Page<ContactType>> {
  const shown = await contacts(context, workspaceId).contact.loadMany(
    page.edges.map(({ node }) => node.ordinal),
  );
  const edges = page.edges.flatMap(({ cursor }, index) => {
    const node = shown[index];
    if (node instanceof Error) throw node;
    return node ? [{ cursor, node }] : [];
  });
  return { ...page, edges };
}
