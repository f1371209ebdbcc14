import type { CreateModule } from '../../platform/module.js';
import { companyLoaders } from '../companies/index.js';
import { consentLoaders } from '../consent/index.js';
import { contactLoaders } from './contact-loaders.js';
import {
  CompanyContactsResolver,
  ContactResolver,
  ContactResultResolver,
  WorkspaceContactsResolver,
} from './contact.resolver.js';
import { IdentityConflictResolver, IdentityResolver } from './identities/identity.resolver.js';
import {
  ContactHistoryResolver,
  ContactMergePreviewResolver,
  ContactMergeResolver,
  ContactMergesResolver,
  WorkspaceMergesResolver,
} from './merging/contact-merge.resolver.js';
import { createPurgeMergesTask, purgeMergesTask } from './merging/purge-merges.job.js';

export type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
export { contactLoaders, type ContactLoaders } from './contact-loaders.js';
export {
  identitiesOf,
  lockContactsOf,
  touchContacts,
  updateContacts,
  type Contact,
  type OwnedIdentity,
} from './contact.repository.js';
export { deleteContacts } from './delete-contacts.js';
export { ContactConnection, ContactKeyInput, ContactType, toContactType } from './contact.types.js';
export { findContact, type ContactKey } from './find-contact.js';
export {
  contactById,
  contactByIdentity,
  contactsByOrdinals,
  ordinalsByIds,
} from './list-contacts.repository.js';
export { countryOf, prepareContact } from './prepare-contact.js';
export { insertErased, liftErasure } from './identities/erased-identity.repository.js';
export { identityFields } from './identities/identity-fields.js';
export { erasedCode } from './identities/leave-out-blocked.js';
export { identitiesInJson, identitiesInRow, namingNobodyErased } from './identities/named-identities.js';
export { upsertContacts } from './upsert-contacts.js';
export { workspaceFacts } from './workspace-facts.js';

/** Contacts: identities, attributes, and what belongs to them. */
export const createContactsModule: CreateModule = (services) => {
  const { withWorkspace } = services;
  const loaders = {
    contact: contactLoaders(withWorkspace),
    company: companyLoaders(withWorkspace),
    consent: consentLoaders(withWorkspace),
  };
  return {
    resolvers: [
      new WorkspaceContactsResolver(withWorkspace),
      new ContactResultResolver(loaders),
      new ContactResolver(loaders),
      new CompanyContactsResolver(loaders),
      new IdentityResolver(withWorkspace),
      new IdentityConflictResolver(loaders),
      new ContactMergesResolver(withWorkspace),
      new WorkspaceMergesResolver(withWorkspace),
      new ContactMergeResolver(loaders),
      new ContactMergePreviewResolver(loaders),
      new ContactHistoryResolver(loaders),
    ],
    tasks: { [purgeMergesTask]: createPurgeMergesTask(services) },
  };
};
