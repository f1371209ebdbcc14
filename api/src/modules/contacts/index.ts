export type { ContactInput, ContactResult, UpsertSettings } from './contact-input.js';
export type { Contact, OwnedIdentity } from './contact.repository.js';
export { identityPriority, normaliseIdentity, type Identity } from '../consent/index.js';
export { resolveContacts } from './resolve-contacts.js';
export { upsertContacts } from './upsert-contacts.js';
