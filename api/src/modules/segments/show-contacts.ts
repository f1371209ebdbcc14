import type { RequestContext } from '../../platform/context.js';
import type { contactLoaders, ContactType } from '../contacts/index.js';

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
