import type { WorkspaceAccess } from '../../platform/context.js';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { Spool } from '../../platform/files/spool.js';
import type { FileFormat } from '../../platform/http/download.js';
import { attributeCatalog } from '../attributes/index.js';
import { chooseColumns, exportColumns, needsOf } from './columns.js';
import { readContacts, type ContactSource } from './exported.repository.js';
import { loadContacts } from './load-contacts.js';
import { lineFormats } from './write-lines.js';

/** What an export is to hold. */
export interface ExportPlan {
  /** What the file is called after. */
  name: string;
  source: ContactSource;
}

/** An export that was asked for. */
export interface ExportOrder {
  workspace: Pick<WorkspaceAccess, 'id' | 'timeZone'>;
  format: FileFormat;
  /** Names; null for the default. */
  columns: readonly string[] | null;
  /** Says what to export, in the snapshot that it is read in. */
  plan: (tx: WorkspaceTransaction) => Promise<ExportPlan>;
  /** Aborted when nobody waits for it any more. */
  signal: AbortSignal;
}

/**
 * Writes contacts to a file, batch by batch, all as of one version of the workspace.
 * @param onBegin told what the file is called after, once nothing can be wrong with the order any more.
 * Throws before that for a column or a segment that does not exist; whatever fails later is no fault of the order.
 */
export async function writeExport(
  withWorkspace: WithWorkspace,
  { workspace, format, columns: names, plan, signal }: ExportOrder,
  spool: Spool,
  onBegin: (name: string) => void,
): Promise<void> {
  const { header, lines } = lineFormats[format];
  await withWorkspace(
    workspace.id,
    async (tx) => {
      // What has been sent cannot be taken back: a snapshot that is lost is not taken again.
      if (spool.size > 0) throw new Error('The snapshot of an export was lost.');
      const { name, source } = await plan(tx);
      const columns = chooseColumns(exportColumns(await attributeCatalog(tx)), names);
      const needs = needsOf(columns);
      await spool.write(header(columns));
      onBegin(name);
      for await (const batch of readContacts(tx, source)) {
        if (signal.aborted) throw new Failure('UNAVAILABLE', 'The client went away.');
        await spool.write(lines(columns, await loadContacts(tx, batch, needs), workspace.timeZone));
      }
    },
    { snapshot: true },
  );
}
