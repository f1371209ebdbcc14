import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AttributeSubject } from './attribute-definition.js';

/** An attribute has another key from now on: it was renamed, or its values became those of another attribute. */
export interface KeyChange {
  subject: AttributeSubject;
  from: string;
  to: string;
  /** Whether there was an attribute of the new key before. */
  merged: boolean;
}

/** Who changes keys, and when. */
export interface KeyEditor {
  /** `user:<id>`, `key:<id>` or `system`. */
  actor: string;
  now: Date;
}

/**
 * What a module does about things of its own that name attributes, in the transaction that changes the key. Modules know
 * those below them only, so each that names attributes gives one of these to the composition.
 */
export type KeyFollower = (tx: WorkspaceTransaction, change: KeyChange, editor: KeyEditor) => Promise<void>;
