import type { Problem } from '../../platform/errors.js';
import type { AttributeCatalog, AttributeValue } from '../attributes/index.js';

/** A company as it is handed in. What is absent stays as it is. */
export interface CompanyInput {
  externalId?: string | null;
  domain?: string | null;
  name?: string | null;
  /** By key; null or blank text removes a value. */
  attributes?: Record<string, unknown> | null;
}

/** A checked company: at least one of the first three is set. */
export interface PreparedCompany {
  externalId: string | null;
  domain: string | null;
  name: string | null;
  values: Map<string, AttributeValue | null>;
  warnings: Problem[];
  /** Where it stands in the input. */
  path: string;
}

/** What checking companies needs to know. */
export interface CompanySettings {
  /** IANA name, for dates without an offset. */
  timeZone: string;
  catalog: AttributeCatalog;
  /** Leaves out attributes that cannot be taken, with a warning, instead of refusing the company. */
  lenient?: boolean;
}

/** What became of one company. */
export interface UpsertedCompany {
  companyId: string;
  outcome: 'created' | 'updated' | 'unchanged';
  warnings: Problem[];
}

/** A row of `companies`. */
export interface Company {
  id: string;
  externalId: string | null;
  /** In lower case, without `www.`. */
  domain: string | null;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}
