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

/** Names a contact: by name, else by an identity. */
export function nameOfContact(contact: Named): string {
  const name = `${valueOf(contact, 'first_name')} ${valueOf(contact, 'last_name')}`.trim();
  return name || identifierOf(contact) || 'Unknown visitor';
}

type Named = Pick<ContactSummaryFragment, 'identities'> & {
  attributes: readonly { key: string; value: unknown }[];
};

/** Which identity says most to people, best first. */
const telling = ['email', 'phone', 'external_id', 'anonymous_id'];

function identifierOf({ identities }: Named): string {
  const ranked = telling.flatMap((kind) => identities.filter((identity) => identity.kind === kind));
  return ranked[0]?.value ?? '';
}

function valueOf({ attributes }: Named, key: string): string {
  return String(attributes.find((attribute) => attribute.key === key)?.value ?? '');
}

/** What a table shows of a contact. */
export function toContactRow(contact: ContactSummaryFragment): ContactRow {
  const name = nameOfContact(contact);
  const identifier = identifierOf(contact);
  return {
    id: contact.id,
    name,
    identifier: identifier === name ? '' : identifier,
    jobTitle: valueOf(contact, 'job_title'),
    company: contact.company?.name ?? '',
    stage: valueOf(contact, 'lifecycle_stage'),
    createdAt: contact.createdAt,
  };
}
