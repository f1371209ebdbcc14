import type { DataSource } from 'typeorm';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import { inTurns } from '../../platform/in-turns.js';
import type { Services } from '../../platform/module.js';
import { lookAfterSoon } from '../automations/index.js';
import { materialiseSoon } from '../segments/index.js';
import { applyBlueprint, type ApplyReport, type Wanted } from './apply.js';
import { findApplication } from './application.repository.js';
import type { Filling } from './placeholders.js';

/** Workspaces that are applied to side by side: no more than a few of everybody's connections. */
export const atOnce = 4;

/** What applying takes. */
export type ApplyServices = Pick<Services, 'withWorkspace' | 'enqueue' | 'directory' | 'log'>;

/** A workspace, with its parameters by key. */
export interface Target {
  workspaceId: string;
  parameters: ReadonlyMap<string, Filling>;
}

/** What applying came to in one workspace: a report, or why nothing was applied. */
export type Applied = { workspaceId: string } & (
  | { report: ApplyReport; failure?: undefined }
  | { failure: Failure; report?: undefined }
);

/** The live workspaces of an organization among these ids, in their order; all of them unless any are given. */
export async function workspacesOf(
  directory: DataSource,
  organizationId: string,
  ids?: readonly string[],
): Promise<string[]> {
  const rows: { id: string }[] = await directory.query(
    `select id from workspaces where organization_id = $1 and archived_at is null
       and ($2::uuid[] is null or id = any($2)) order by name, id`,
    [organizationId, ids?.filter(isId) ?? null],
  );
  return rows.map(({ id }) => id);
}

/** Workspaces in one call at most. */
const mostTargets = 100;

/** Those of an organization's workspaces that follow a blueprint at another version than this one, as many as one call takes. */
export async function followersOf(
  { directory, withWorkspace }: ApplyServices,
  { organizationId, blueprintId, version }: { organizationId: string; blueprintId: string; version: number },
): Promise<Target[]> {
  const ids = await workspacesOf(directory, organizationId);
  const found = await inTurns(ids, atOnce, async (workspaceId) => {
    const application = await withWorkspace(workspaceId, (tx) => findApplication(tx, blueprintId));
    return application && application.version !== version ? [{ workspaceId, parameters: new Map() }] : [];
  });
  return found.flat().slice(0, mostTargets);
}

/**
 * Applies a blueprint to workspaces of an organization, each by itself: what one of them lacks keeps no other from it.
 * @param isDryRun takes everything back again, so that only the report is left.
 */
export async function applyToMany(
  services: ApplyServices,
  organizationId: string,
  targets: readonly Target[],
  wanted: Omit<Wanted, 'parameters'>,
  editor: { actor: string; now: Date },
  isDryRun: boolean,
): Promise<Applied[]> {
  const ids = targets.map(({ workspaceId }) => workspaceId);
  const own = new Set(await workspacesOf(services.directory, organizationId, ids));
  return inTurns(targets, atOnce, async ({ workspaceId, parameters }) => {
    if (!own.has(workspaceId.toLowerCase()))
      return { workspaceId, failure: notFound('workspace', 'input.targets') };
    try {
      return {
        workspaceId,
        report: await applyToOne(services, workspaceId, { ...wanted, parameters }, editor, isDryRun),
      };
    } catch (error) {
      if (error instanceof Failure) return { workspaceId, failure: error };
      // The others have been done, or will be: who asked is to know which.
      services.log.error({ err: error, workspaceId }, 'a blueprint was not applied');
      const message = 'Something went wrong on our side; nothing was applied here.';
      return { workspaceId, failure: new Failure('INTERNAL', message, { cause: error }) };
    }
  });
}

/** Carries the report out of a transaction that is rolled back. */
class TakenBack extends Error {
  constructor(readonly report: ApplyReport) {
    super('a dry run is taken back');
  }
}

async function applyToOne(
  services: ApplyServices,
  workspaceId: string,
  wanted: Wanted,
  editor: { actor: string; now: Date },
  isDryRun: boolean,
): Promise<ApplyReport> {
  try {
    return await services.withWorkspace(workspaceId, async (tx) => {
      const report = await applyBlueprint(services, tx, wanted, editor);
      if (isDryRun) throw new TakenBack(report);
      await materialiseSoon(services.enqueue, tx);
      await lookAfterSoon(services.enqueue, tx);
      return report;
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.report;
    throw error;
  }
}
