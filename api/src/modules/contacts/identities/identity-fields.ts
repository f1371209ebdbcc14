import type { IdentityKind } from '@coterie/rules';

/** How inputs name an identity, and what people call it. */
export const identityFields = {
  external_id: { field: 'externalId', name: 'external id' },
  email: { field: 'email', name: 'e-mail address' },
  phone: { field: 'phone', name: 'phone number' },
  anonymous_id: { field: 'anonymousId', name: 'anonymous id' },
} as const satisfies Record<IdentityKind, { field: string; name: string }>;
