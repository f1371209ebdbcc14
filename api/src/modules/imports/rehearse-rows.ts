import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { DigestSet } from '../../platform/digest-set.js';
import { importRows } from './import-rows.js';
import type { ImportedRows, ImportSettings } from './imported-rows.js';
import type { CsvRecord } from './read-csv.js';

/** Carries what a transaction found out, out of it, and takes everything back that it did. */
class TakenBack extends Error {
  override name = 'TakenBack';

  constructor(readonly found: ImportedRows) {
    super('A dry run is taken back.');
  }
}

/**
 * Finds out what importing rows would do, by doing it in transactions that are taken back: the same code decides, so a
 * dry run cannot tell another story than the import. One transaction for a whole file would keep everybody else from
 * writing meanwhile; so each batch has one, and whom earlier ones would have made is remembered.
 */
export class Rehearsal {
  readonly #withWorkspace: WithWorkspace;
  /** What those are known by that earlier rows would have made. */
  readonly #made = new DigestSet();

  constructor(withWorkspace: WithWorkspace) {
    this.#withWorkspace = withWorkspace;
  }

  async rows(
    workspaceId: string,
    settings: ImportSettings,
    rows: readonly CsvRecord[],
  ): Promise<ImportedRows> {
    const { outcomes, rejections } = await this.#tryOut(workspaceId, settings, rows);
    return {
      rejections,
      outcomes: outcomes.map(({ outcome, about }) => {
        if (outcome !== 'created') return { outcome, about };
        const isKnown = about.some((key) => this.#made.has(key));
        for (const key of about) this.#made.add(key);
        return { outcome: isKnown ? 'updated' : 'created', about };
      }),
    };
  }

  async #tryOut(
    workspaceId: string,
    settings: ImportSettings,
    rows: readonly CsvRecord[],
  ): Promise<ImportedRows> {
    try {
      return await this.#withWorkspace(workspaceId, async (transaction) => {
        throw new TakenBack(await importRows(transaction, settings, rows));
      });
    } catch (error) {
      if (error instanceof TakenBack) return error.found;
      throw error;
    }
  }
}
