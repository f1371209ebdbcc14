import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { AppliedPart } from './application.repository.js';
import { partTypes } from './parts/index.js';

/** Whether a thing is still as the blueprint left it. */
export type PartState = 'in_step' | 'changed' | 'archived' | 'gone';

/** How a thing stands to what the blueprint left. */
export interface Drift {
  part: AppliedPart;
  state: PartState;
  /** What it is called now, or was. */
  name: string;
  /** What was changed by hand since, such as `rule`. */
  fields: string[];
}

/** Compares things with what a blueprint left. */
export async function readDrift(tx: WorkspaceTransaction, parts: readonly AppliedPart[]): Promise<Drift[]> {
  const drifts: Drift[] = [];
  for (const part of parts) drifts.push(await driftOf(tx, part));
  return drifts;
}

/** A definition in the form in which it is kept. */
export function asStored(definition: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(definition)) as Record<string, unknown>;
}

async function driftOf(tx: WorkspaceTransaction, part: AppliedPart): Promise<Drift> {
  const left = part.applied as Record<string, unknown>;
  const held = await partTypes[part.kind].read(tx, part.objectId);
  if (!held) return { part, state: 'gone', name: String(left['name']), fields: [] };
  const now = asStored(held.definition);
  const fields = Object.keys({ ...left, ...now }).filter(
    (field) => !isDeepStrictEqual(left[field], now[field]),
  );
  const state = held.isArchived ? 'archived' : fields.length > 0 ? 'changed' : 'in_step';
  return { part, state, name: String(now['name']), fields };
}
