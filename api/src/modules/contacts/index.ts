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

export type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
export { contactLoaders, type ContactLoaders } from './contact-loaders.js';
export { identitiesOf, type Contact, type OwnedIdentity } from './contact.repository.js';
export { ContactConnection, ContactType, toContactType } from './contact.types.js';
export { findContact, type ContactKey } from './find-contact.js';
export { contactByIdentity, contactsByIds, contactsByOrdinals } from './list-contacts.repository.js';
export { resolveContacts, type ContactIdentities } from './resolve-contacts.js';
export { upsertContacts } from './upsert-contacts.js';

/** Contacts: identities, attributes, and what belongs to them. */
export const createContactsModule: CreateModule = ({ withWorkspace }) => {
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
    ],
  };
};
