import type { CreateModule } from '../../platform/module.js';
import { ConsentResolver } from './consent.resolver.js';

export {
  hold,
  isNews,
  joinConsents,
  standing,
  type Consent,
  type ConsentInput,
  type HeldConsent,
  type HeldConsents,
  type OfContact,
  type PreparedConsent,
  type RecordedState,
} from './consent.js';
export {
  appendHistory,
  consentsOf,
  heldBy,
  replaceConsents,
  saveConsents,
  wholeHistoryOf,
  withdrawalsAfter,
  type HistoryEntry,
} from './consent.repository.js';
export { consentLoaders, longestHistory, type ConsentLoaders } from './consent-loaders.js';
export { ChannelEnum, ConsentInputType, ConsentType } from './consent.types.js';
export {
  consentingContacts,
  reachableAmong,
  refusedAddresses,
  refusedMobileAdIds,
  suppressedContacts,
} from './eligible.js';
export { identityPriority, normaliseIdentity, type Identity } from './normalise-identity.js';
export { prepareConsent, type ConsentSettings } from './prepare-consent.js';
export { recordContactConsents } from './record-contact-consents.js';
export { recordConsents, type ConsentRecord } from './record-consents.js';
export { saveHeldConsents } from './save-held-consents.js';
export {
  addSuppressions,
  removeSuppressions,
  type SuppressionChange,
  type SuppressionResult,
} from './suppress.js';
export type { SuppressibleKind, Suppression } from './suppression.js';

/** Consents with their history, and identities that must not be contacted. */
export const createConsentModule: CreateModule = ({ withWorkspace }) => ({
  resolvers: [new ConsentResolver(withWorkspace)],
});
