import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import type { Laboratory } from './laboratory.js';

/** Snapshots of the workspace that are kept open, so that the truth can be asked at versions that are past. */
export class Snapshots {
  readonly #laboratory: Laboratory;
  readonly #open = new Map<number, { tx: WorkspaceTransaction; close: () => Promise<void> }>();

  constructor(laboratory: Laboratory) {
    this.#laboratory = laboratory;
  }

  /** Opens a snapshot of now, unless there is one of this version. */
  async take(): Promise<void> {
    const { withWorkspace, workspaceId } = this.#laboratory;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const { tx, version, done } = await new Promise<{
      tx: WorkspaceTransaction;
      version: number;
      done: () => Promise<unknown>;
    }>((resolve, reject) => {
      const work = withWorkspace(
        workspaceId,
        async (tx) => {
          resolve({ tx, version: await tx.version(), done: () => work });
          await released;
        },
        { snapshot: true },
      );
      work.catch(reject);
    });
    const close = async (): Promise<void> => {
      release();
      await done();
    };
    if (this.#open.has(version)) await close();
    else this.#open.set(version, { tx, close });
  }

  /** The snapshot of a version, if one was taken. */
  at(version: number): WorkspaceTransaction | undefined {
    return this.#open.get(version)?.tx;
  }

  get size(): number {
    return this.#open.size;
  }

  async close(): Promise<void> {
    for (const { close } of this.#open.values()) await close();
    this.#open.clear();
  }
}
