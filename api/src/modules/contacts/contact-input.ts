import type { Problem } from '../../platform/errors.js';
import type { AttributeCatalog } from '../attributes/index.js';
import type { CompanyInput } from '../companies/index.js';
import type { ConsentInput } from '../consent/index.js';

/** A contact as it is handed in. At least one identity; what is absent stays as it is. */
export interface ContactInput {
  /** The id in the customer's own systems: the strongest identity. */
  externalId?: string | null;
  email?: string | null;
  /** In any form; without a country code it is read in the workspace's default country. */
  phone?: string | null;
  /** A browser or device. */
  anonymousId?: string | null;
  /**
   * An id that the contact was known by before: an external id or an anonymous id. Whoever has it becomes part of this
   * contact; if nobody has, it is taken as the id of a device. Two external ids become one contact in no other way.
   */
  previousId?: string | null;
  /** By key; null or blank text removes a value. */
  attributes?: Record<string, unknown> | null;
  /** By key: set only where the contact holds no value yet, such as the campaign that made it known. */
  initialAttributes?: Record<string, unknown> | null;
  /** The company the contact belongs to; made when it is not known. */
  company?: CompanyInput | null;
  consents?: ConsentInput[] | null;
  /** Where it comes from; what the settings say unless given. */
  source?: string | null;
}

/** What upserting contacts needs to know of the workspace and the moment. */
export interface UpsertSettings {
  /** IANA name, for dates without an offset. */
  timeZone: string;
  /** ISO 3166-1 alpha-2, for phone numbers without a country code. */
  defaultCountry: string | null;
  now: Date;
  /** When consents without a time of their own were said, if that was not now: when their file was handed over. */
  consentsSaidAt?: Date;
  /** The catalog, if it was read in this transaction already, as a steady one. */
  catalog?: AttributeCatalog;
  /**
   * Leaves out what cannot be taken (an unknown attribute, an unreadable value, phone number, company or consent) with
   * a warning, instead of refusing the item: for sources that cannot be corrected, such as a tag on a page.
   */
  lenient?: boolean;
  /** Where it comes from: the source of conflicts, and of consents that name none; `api` unless said. */
  source?: string;
}

/** What became of one item. Problems have paths relative to the item: `email`, `attributes.city`, `consents[1].state`. */
export type ContactResult =
  | {
      ok: true;
      contactId: string;
      ordinal: number;
      /**
       * The ordinal of the stored contact that the item meant, if that one has become part of this one by the end of the
       * batch; what is stored for the item is then marked as having been its. Null otherwise.
       */
      mergedFrom: number | null;
      outcome: 'created' | 'updated' | 'unchanged';
      warnings: Problem[];
    }
  | { ok: false; problems: Problem[] };
