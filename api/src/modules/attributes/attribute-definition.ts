import type { AttributeType } from '@coterie/rules';
import type { Computation } from './computation.js';

/** Who has the attribute. */
export type AttributeSubject = 'contact' | 'company';

/** An attribute that the workspace knows: from the standard set or of its own making. */
export interface AttributeDefinition {
  readonly subject: AttributeSubject;
  /** What rules and imports name it by. Rules write `company.` in front of a company's. */
  readonly key: string;
  readonly label: string;
  readonly description: string;
  readonly type: AttributeType;
  /** Whether it belongs to the set that every workspace has, and which cannot be changed. */
  readonly standard: boolean;
  /** Whether it mirrors an identity or a column, and so is not set as an attribute. */
  readonly mirrored: boolean;
  /** Archived ones keep their values, but take no new ones and are not offered. */
  readonly archivedAt: Date | null;
  /** Keys that it had before and still takes; set of those in a catalog. */
  readonly formerKeys?: readonly string[];
  /** What it is computed from; such a one is not set by anybody. Absent for the others. */
  readonly computed?: ComputedState;
}

/** What an attribute is computed from, and how fresh that is. */
export interface ComputedState {
  readonly computation: Computation;
  /** When all values were up to date last; null before they were for the first time. */
  readonly computedAt: Date | null;
}

/** The attributes of one workspace, archived ones included, by key. */
export interface AttributeCatalog {
  readonly contact: ReadonlyMap<string, AttributeDefinition>;
  readonly company: ReadonlyMap<string, AttributeDefinition>;
  /** Keys that attributes had before, each with the present one: what comes in may still use them. */
  readonly former: Readonly<Record<AttributeSubject, ReadonlyMap<string, string>>>;
}

/** The attribute that something which comes in means by a key: its own, or one that it had before. */
export function definitionFor(
  catalog: AttributeCatalog,
  subject: AttributeSubject,
  key: string,
): AttributeDefinition | undefined {
  return catalog[subject].get(key) ?? catalog[subject].get(catalog.former[subject].get(key) ?? '');
}

/** The form of a key: what the text form of a rule can spell without quotes. */
export const attributeKeyPattern = /^[a-z][a-z0-9_]{0,62}$/;
