export type { Consent, ConsentInput, PreparedConsent, RecordedState } from './consent.js';
export { prepareConsent, type ConsentSettings } from './prepare-consent.js';
export { recordConsents, type ConsentRecord } from './record-consents.js';
export { identityPriority, normaliseIdentity, type Identity } from './normalise-identity.js';
