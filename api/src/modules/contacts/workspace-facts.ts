import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { UpsertSettings } from './contact-input.js';

/** How the workspace reads dates and phone numbers: for whoever comes without a session that knows it. */
export async function workspaceFacts(
  tx: WorkspaceTransaction,
): Promise<Pick<UpsertSettings, 'timeZone' | 'defaultCountry'>> {
  const [workspace] = await tx.query<Pick<UpsertSettings, 'timeZone' | 'defaultCountry'>>(
    'select time_zone as "timeZone", default_country as "defaultCountry" from workspaces where id = $1',
    [tx.workspaceId],
  );
  if (!workspace) throw new Error(`Workspace ${tx.workspaceId} has gone.`);
  return workspace;
}
