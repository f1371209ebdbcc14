import type { ContactSummaryFragment } from '@coterie/client';

/** A contact as tables show it. */
export interface ContactRow {
  id: string;
  name: string;
  /** What the contact is known by, unless that is the name already. */
  identifier: string;
  jobTitle: string;
  company: string;
  stage: string;
  createdAt: string;
}

/** Which identity says most to people, best first. */
const telling = ['email', 'phone', 'external_id', 'anonymous_id'];

/** What a table shows of a contact. Somebody without a name goes by an identity. */
export function toContactRow(contact: ContactSummaryFragment): ContactRow {
  const valueOf = (key: string): string =>
    String(contact.attributes.find((attribute) => attribute.key === key)?.value ?? '');
  const identifier =
    telling.flatMap((kind) => contact.identities.filter((identity) => identity.kind === kind))[0]?.value ??
    '';
  const name = `${valueOf('first_name')} ${valueOf('last_name')}`.trim();
  return {
    id: contact.id,
    name: name || identifier || 'Unknown visitor',
    identifier: name ? identifier : '',
    jobTitle: valueOf('job_title'),
    company: contact.company?.name ?? '',
    stage: valueOf('lifecycle_stage'),
    createdAt: contact.createdAt,
  };
}
