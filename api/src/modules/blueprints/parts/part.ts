import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Services } from '../../../platform/module.js';

/** What making parts takes. */
export interface Making {
  services: Pick<Services, 'enqueue'>;
  tx: WorkspaceTransaction;
  editor: { actor: string; now: Date };
}

/** A thing in a workspace that a part of a blueprint became, or could become. */
export interface Held<Definition> {
  definition: Definition;
  /** Whether it was put aside. */
  isArchived: boolean;
}

/** How parts of one kind are read from a document, and kept in step with it in a workspace. */
export interface PartType<Definition extends object = object> {
  /** What the part comes to be, of a body whose placeholders are filled in. Throws INVALID_INPUT with the place below `path`. */
  define(body: unknown, path: string): Definition;
  /** What it is now; undefined when it is gone. */
  read(tx: WorkspaceTransaction, id: string): Promise<Held<Definition> | undefined>;
  /** One that is in use under this name. */
  find(tx: WorkspaceTransaction, name: string): Promise<string | undefined>;
  /** @returns its id. */
  create(making: Making, definition: Definition): Promise<string>;
  change(making: Making, id: string, definition: Definition): Promise<void>;
  /** Throws Failure while it is in use. */
  archive(making: Making, id: string): Promise<void>;
}
