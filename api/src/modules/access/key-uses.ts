import type { WithWorkspace } from '../../platform/database/with-workspace.js';

/** How often it is written down which keys were used, in milliseconds: fresh to the minute, also over many processes. */
export const keyUsesEvery = 30_000;

/**
 * When each API key was last used. A use is only noted; what was noted is written in batches, one statement a workspace,
 * so that no request waits for it.
 */
export class KeyUses {
  readonly #withWorkspace: WithWorkspace;
  /** The instant of the last use by key, for each workspace. */
  #noted = new Map<string, Map<string, number>>();

  constructor(withWorkspace: WithWorkspace) {
    this.#withWorkspace = withWorkspace;
  }

  note(workspaceId: string, keyId: string, at = Date.now()): void {
    const uses = this.#noted.get(workspaceId);
    if (uses) uses.set(keyId, Math.max(at, uses.get(keyId) ?? 0));
    else this.#noted.set(workspaceId, new Map([[keyId, at]]));
  }

  /** When a key was last used as far as it is not written down yet; undefined otherwise. */
  latest(workspaceId: string, keyId: string): Date | undefined {
    const at = this.#noted.get(workspaceId)?.get(keyId);
    return at === undefined ? undefined : new Date(at);
  }

  /** Writes down what was noted. What cannot be written is kept for the next time. */
  async flush(): Promise<void> {
    const noted = this.#noted;
    this.#noted = new Map();
    const failures: unknown[] = [];
    for (const [workspaceId, uses] of noted) {
      try {
        await this.#write(workspaceId, uses);
      } catch (error) {
        failures.push(error);
        for (const [keyId, at] of uses) this.note(workspaceId, keyId, at);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The last uses of keys were not written.');
  }

  async #write(workspaceId: string, uses: ReadonlyMap<string, number>): Promise<void> {
    const instants = [...uses.values()].map((at) => new Date(at));
    await this.#withWorkspace(workspaceId, (tx) =>
      tx.query(
        `update api_keys set last_used_at = greatest(last_used_at, used.at)
         from unnest($1::uuid[], $2::timestamptz[]) as used (id, at) where api_keys.id = used.id`,
        [[...uses.keys()], instants],
      ),
    );
  }
}
