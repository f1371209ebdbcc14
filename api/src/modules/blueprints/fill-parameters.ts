import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import { findDestination } from '../destinations/index.js';
import { fitsType, type BlueprintParameter } from './document.js';
import type { Filling } from './placeholders.js';

/**
 * What each parameter is in a workspace: as given, else as it was before, else the default.
 * Throws INVALID_INPUT with every one that is lacking, of another type, or names what there is not.
 */
export async function fillParameters(
  tx: WorkspaceTransaction,
  parameters: readonly BlueprintParameter[],
  given: ReadonlyMap<string, Filling>,
  before: Readonly<Record<string, Filling>>,
): Promise<Record<string, Filling>> {
  const problems: Problem[] = [];
  const filled: Record<string, Filling> = {};
  for (const parameter of parameters) {
    const { key } = parameter;
    const value = given.has(key) ? given.get(key) : (before[key] ?? parameter.default);
    const fault = await faultOf(tx, parameter, value);
    if (fault) problems.push({ code: 'INVALID_INPUT', path: `parameters.${key}`, message: fault });
    else filled[key] = value ?? null;
  }
  for (const key of given.keys())
    if (!parameters.some((each) => each.key === key))
      problems.push({
        code: 'INVALID_INPUT',
        path: `parameters.${key}`,
        message: `The blueprint has no parameter ${key}.`,
      });
  if (problems.length > 0)
    throw new Failure('INVALID_INPUT', problems.map(({ message }) => message).join(' '), {
      path: problems[0]!.path,
      problems,
    });
  return filled;
}

async function faultOf(
  tx: WorkspaceTransaction,
  { label, type, kind, default: usual }: BlueprintParameter,
  value: Filling | undefined,
): Promise<string | undefined> {
  if (value === undefined || (value === null && usual !== null)) return `${label}: has to be given.`;
  if (value === null) return undefined;
  if (!fitsType(type, value))
    return `${label}: has to be ${type === 'destination' || type === 'member' ? 'an id' : `a ${type}`}.`;
  if (type === 'member' && !isId(String(value))) return `${label}: is no id of a member.`;
  if (type !== 'destination') return undefined;
  const destination = await findDestination(tx, String(value), 'for key share');
  if (!destination) return `${label}: there is no such destination here.`;
  if (destination.kind !== kind) return `${label}: "${destination.name}" is a destination of another kind.`;
  return undefined;
}
