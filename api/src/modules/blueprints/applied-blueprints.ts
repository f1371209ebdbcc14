import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  findApplication,
  listApplications,
  partsOfApplication,
  type Application,
} from './application.repository.js';
import type { Blueprint } from './blueprint.repository.js';
import type { AppliedBlueprintType } from './blueprint.types.js';
import { readDrift } from './drift.js';

type Known = Pick<Blueprint, 'id' | 'name' | 'latestVersion'>;

/**
 * What a workspace follows of blueprints, with what was changed by hand since.
 * @param known the blueprints that are asked about, or how those that the workspace follows are found.
 */
export async function appliedBlueprints(
  tx: WorkspaceTransaction,
  known: readonly Known[] | ((ids: readonly string[]) => Promise<Known[]>),
): Promise<AppliedBlueprintType[]> {
  const applications =
    typeof known === 'function'
      ? await listApplications(tx)
      : (await Promise.all(known.map(({ id }) => findApplication(tx, id)))).filter(
          (each) => each !== undefined,
        );
  const blueprints =
    typeof known === 'function' ? await known(applications.map(({ blueprintId }) => blueprintId)) : known;
  const shown: AppliedBlueprintType[] = [];
  for (const application of applications) {
    const blueprint = blueprints.find(({ id }) => id === application.blueprintId);
    if (blueprint) shown.push(await show(tx, application, blueprint));
  }
  return shown;
}

async function show(
  tx: WorkspaceTransaction,
  { blueprintId, version, parameters, appliedBy, appliedAt }: Application,
  { name, latestVersion }: Known,
): Promise<AppliedBlueprintType> {
  const drifts = await readDrift(tx, await partsOfApplication(tx, blueprintId));
  const parts = drifts.map(({ part: { kind, key, objectId }, state, name: present, fields }) => {
    return { kind, key, name: present, objectId, state, fields };
  });
  return {
    blueprintId,
    name,
    version,
    latestVersion,
    parameters: JSON.stringify(parameters),
    appliedBy,
    appliedAt,
    parts,
  };
}
