import { fold } from '@coterie/rules';
import { identitiesInJson, identitiesInRow } from '../contacts/index.js';
import type { Subject } from './privacy-request.js';

/** Tells whether something that was kept as it came names a person: by an identity, or by an address within a text. */
export class Traces {
  readonly #keys: ReadonlySet<string>;
  readonly #emails: readonly string[];
  readonly #country: string | null;

  /** @param defaultCountry for phone numbers without a country code. */
  constructor(identities: Subject['identities'], defaultCountry: string | null) {
    this.#keys = new Set(identities.map(({ kind, value }) => `${kind} ${value}`));
    const emails = identities.filter(({ kind }) => kind === 'email').map(({ value }) => value);
    // In the address of a page it may be written otherwise.
    this.#emails = [...emails, ...emails.map((email) => fold(encodeURIComponent(email)))];
    this.#country = defaultCountry;
  }

  inJson(value: unknown): boolean {
    return this.#are(identitiesInJson(value, this.#country)) || this.#within(JSON.stringify(value));
  }

  inRow(cells: readonly string[], targets: readonly (string | null)[]): boolean {
    return (
      this.#are(identitiesInRow(cells, targets, this.#country)) || cells.some((cell) => this.#within(cell))
    );
  }

  #are(identities: Subject['identities']): boolean {
    return identities.some(({ kind, value }) => this.#keys.has(`${kind} ${value}`));
  }

  #within(text: string): boolean {
    const folded = fold(text);
    return this.#emails.some((email) => folded.includes(email));
  }
}

/** Those of the requests that are about the person whose traces these are, by the contact or by what they name. */
export function requestsAbout<Request extends { subject: Subject }>(
  requests: readonly Request[],
  { contactId }: Pick<Subject, 'contactId'>,
  traces: Pick<Traces, 'inJson'>,
): Request[] {
  return requests.filter(
    ({ subject }) =>
      (contactId !== null && subject.contactId === contactId) ||
      subject.identities.some(({ kind, value }) => traces.inJson({ [kind]: value })),
  );
}
