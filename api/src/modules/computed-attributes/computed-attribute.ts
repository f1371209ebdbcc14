import type { AttributeType } from '@coterie/rules';
import type { Computation } from '../attributes/index.js';

/** An attribute that is computed, and how far that has come. */
export interface ComputedAttribute {
  key: string;
  type: AttributeType;
  computation: Computation;
  /** The minute that all values are of, but for what is under way. */
  asOf: Date;
  /** The first time: contacts beyond this ordinal have still to be looked at. Null when all have been. */
  sweepOrdinal: number | null;
  /** The minute that values are brought to at the moment; null when they are not. */
  slideTo: Date | null;
  /** Contacts beyond this ordinal have still to be brought there. */
  slideOrdinal: number;
  /** The place in the change feed up to which values follow. */
  feedVersion: number;
  feedOrdinal: number;
}

/** A place in the feed after everything of a version. */
export const afterAll = 2_147_483_647;
