import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { Automation, AutomationStatus } from './automation.js';

/** An automation with its time of creation in full precision, for cursors. */
export type AutomationRow = Automation & { createdExactly: string };

const columns = `id, name, segment_id as "segmentId", trigger, actions, guards, status, version, place::float8 as place,
  trouble, created_by as "createdBy", created_at as "createdAt", updated_at as "updatedAt",
  activated_at as "activatedAt"`;

/** The automation; throws NOT_FOUND with `path` when the workspace has none of this id. */
export async function requireAutomation(
  tx: WorkspaceTransaction,
  id: string,
  path: string,
  lock: '' | 'for no key update' | 'for key share' = '',
): Promise<Automation> {
  const found = await findAutomation(tx, id, lock);
  if (!found) throw notFound('automation', path);
  return found;
}

/** The automation, or undefined when the workspace has none of this id. */
export async function findAutomation(
  tx: WorkspaceTransaction,
  id: string,
  lock: '' | 'for no key update' | 'for key share' = '',
): Promise<Automation | undefined> {
  if (!isId(id)) return undefined;
  const [row] = await tx.query<Automation>(`select ${columns} from automations where id = $1 ${lock}`, [id]);
  return row;
}

/** The id of an automation in use with this name, in any case; of several, of the oldest. */
export async function findAutomationNamed(
  tx: WorkspaceTransaction,
  name: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `select id from automations where lower(name) = lower($1) and status <> 'archived'
     order by created_at, id limit 1`,
    [name],
  );
  return row?.id;
}

/** What an automation does in one of its versions. */
export async function automationAt(
  tx: WorkspaceTransaction,
  id: string,
  version: number,
): Promise<Automation | undefined> {
  const [row] = await tx.query<Automation>(
    `select ${columns
      .replace('actions, guards', 'v.actions, v.guards')
      .replace(' version,', ' a.version,')} from automations as a
     join automation_versions as v on v.automation_id = a.id and v.version = $2
     where a.id = $1`,
    [id, version],
  );
  return row;
}

/** Automations, the newest first, after the one named. */
export async function listAutomations(
  tx: WorkspaceTransaction,
  statuses: readonly AutomationStatus[],
  after: [createdAt: string, id: string] | undefined,
  limit: number,
): Promise<AutomationRow[]> {
  return tx.query(
    `select ${columns}, created_at::text as "createdExactly" from automations
     where ($1::text is null or (created_at, id) < ($1::timestamptz, $2::uuid)) and status = any($4::text[])
     order by created_at desc, id desc limit $3`,
    [after?.[0] ?? null, after?.[1] ?? null, limit, statuses],
  );
}

/** Those that are to be looked after. */
export async function activeAutomations(tx: WorkspaceTransaction): Promise<Automation[]> {
  return tx.query(`select ${columns} from automations where status = 'active' order by id`, []);
}

/** Whether there is anything to look after: something active, or runs that wait. */
export async function hasWork(tx: WorkspaceTransaction): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(
    `select exists (select from automations where status = 'active')
       or exists (select from automation_runs where status = 'due') as found`,
    [],
  );
  return row?.found ?? false;
}

/** Stores an automation as it is, and what it does under its version. */
export async function saveAutomation(tx: WorkspaceTransaction, automation: Automation): Promise<void> {
  const { id, name, segmentId, trigger, actions, guards, status, version, place, trouble } = automation;
  const { createdBy, createdAt, updatedAt, activatedAt } = automation;
  await tx.query(
    `insert into automations (workspace_id, id, name, segment_id, trigger, actions, guards, status, version, place, trouble,
       created_by, created_at, updated_at, activated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     on conflict (workspace_id, id) do update set name = $3, segment_id = $4, trigger = $5, actions = $6, guards = $7,
       status = $8, version = $9, place = $10, trouble = $11, updated_at = $14, activated_at = $15`,
    [
      tx.workspaceId,
      id,
      name,
      segmentId,
      trigger,
      JSON.stringify(actions),
      JSON.stringify(guards),
      status,
      version,
      place,
      trouble,
      createdBy,
      createdAt,
      updatedAt,
      activatedAt,
    ],
  );
  await tx.query(
    `insert into automation_versions (workspace_id, automation_id, version, actions, guards)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [tx.workspaceId, id, version, JSON.stringify(actions), JSON.stringify(guards)],
  );
}

/** Moves the place of an automation in the log of its segment, unless somebody else has. @returns whether it was moved. */
export async function movePlace(
  tx: WorkspaceTransaction,
  { id, place }: Automation,
  to: number,
  trouble: string | null = null,
): Promise<boolean> {
  const rows = await tx.query(
    `with moved as (
       update automations set place = $3, trouble = $4
       where id = $1 and place = $2 and status = 'active' returning id
     )
     select id from moved`,
    [id, place, to, trouble],
  );
  return rows.length > 0;
}

/** The automations that go to a destination or a list, in words for whoever wants to delete that. */
export async function automationsNaming(tx: WorkspaceTransaction, id: string): Promise<{ name: string }[]> {
  return tx.query(
    `select name from automations
     where status <> 'archived' and exists (
       select from jsonb_array_elements(actions) as action
       where $1 in (action ->> 'destinationId', action ->> 'segmentId', action ->> 'audienceId'))
     order by name limit 100`,
    [id],
  );
}
