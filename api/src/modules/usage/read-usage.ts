import type { DataSource } from 'typeorm';
import { Failure, notFound } from '../../platform/errors.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { day, type Clock } from '../../platform/clock.js';
import type { UsageCount, UsageMeter, UsageMetric } from '../../platform/usage.js';
import type { QuotaBook } from './quota-book.js';
import {
  keyNames,
  listCounts,
  listOwnedWorkspaces,
  listQuotas,
  writeQuota,
  type OwnedWorkspace,
  type QuotaRow,
} from './usage.repository.js';
import { writeUsage } from './write-usage.js';

/** What usage is read and quotas are written with. */
export interface UsageServices {
  directory: DataSource;
  withWorkspace: WithWorkspace;
  meter: UsageMeter;
  clock: Clock;
  book: QuotaBook;
}

/** Days, both included. */
export interface DayRange {
  since: string;
  until: string;
}

/** What a workspace used. */
export interface WorkspaceUsage {
  range: DayRange;
  counts: UsageCount[];
  quotas: QuotaRow[];
  keyNames: ReadonlyMap<string, string>;
}

/** Days that can be asked about at once. */
export const mostDays = 400;

/** Reads a range of days; the last 30 unless given. Throws INVALID_INPUT. */
export function readRange(clock: Clock, since?: string | null, until?: string | null): DayRange {
  const last = readDay(until ?? clock.now().toISOString().slice(0, 10), 'until');
  const first = since == null ? last - 29 * day : readDay(since, 'since');
  if (first > last) throw new Failure('INVALID_INPUT', 'The range ends before it begins.', { path: 'since' });
  if (last - first >= mostDays * day)
    throw new Failure('INVALID_INPUT', `At most ${mostDays} days can be asked about.`, { path: 'since' });
  return { since: toDay(first), until: toDay(last) };
}

const toDay = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

function readDay(text: string, path: string): number {
  const instant = /^\d{4}-\d\d-\d\d$/u.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(instant) && toDay(instant) === text) return instant;
  throw new Failure('INVALID_INPUT', 'This is not a day: write it as 2026-11-25.', { path });
}

/** What a workspace used in a range of days, up to this moment as far as this process knows. */
export async function readUsage(
  services: UsageServices,
  workspaceId: string,
  range: DayRange,
): Promise<WorkspaceUsage> {
  const { withWorkspace, meter, clock, book } = services;
  await writeUsage(meter, withWorkspace, (id) => book.forget(id));
  const month = `${clock.now().toISOString().slice(0, 7)}-01`;
  return withWorkspace(
    workspaceId,
    async (tx) => ({
      range,
      counts: await listCounts(tx, range),
      quotas: await listQuotas(tx, month),
      keyNames: await keyNames(tx),
    }),
    { snapshot: true },
  );
}

/** What every workspace of an organization used, one after the other: no statement spans tenants. */
export async function readOrganizationUsage(
  services: UsageServices,
  organizationId: string,
  range: DayRange,
): Promise<(WorkspaceUsage & { workspace: OwnedWorkspace })[]> {
  const used: (WorkspaceUsage & { workspace: OwnedWorkspace })[] = [];
  for (const workspace of await listOwnedWorkspaces(services.directory, organizationId))
    used.push({ ...(await readUsage(services, workspace.id, range)), workspace });
  return used;
}

/** Sets or lifts a quota of a workspace of the organization. Throws NOT_FOUND when it is not one of them. */
export async function setQuota(
  { directory, withWorkspace, book, clock }: UsageServices,
  organizationId: string,
  input: { workspaceId: string; metric: UsageMetric; monthly: number | null },
): Promise<QuotaRow[]> {
  const owned = await listOwnedWorkspaces(directory, organizationId);
  const workspace = owned.find(({ id }) => id === input.workspaceId.toLowerCase());
  if (!workspace) throw notFound('workspace', 'input.workspaceId');
  const month = `${clock.now().toISOString().slice(0, 7)}-01`;
  const quotas = await withWorkspace(workspace.id, async (tx) => {
    await writeQuota(tx, input.metric, input.monthly);
    return listQuotas(tx, month);
  });
  book.forget(workspace.id);
  return quotas;
}
