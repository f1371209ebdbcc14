import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { beginAfter, requireActiveSegment } from '../segments/index.js';
import { requireAutomation, saveAutomation } from './automation.repository.js';
import type { Action, Automation, Guards, Trigger } from './automation.js';
import { checkActions } from './check-actions.js';

/** What somebody decides about an automation. */
export interface AutomationDefinition {
  name: string;
  segmentId: string;
  trigger: Trigger;
  actions: readonly Action[];
  guards: Guards;
}

/** Who changes an automation, and when. */
export interface AutomationEditor {
  actor: string;
  now: Date;
}

/** Makes an automation that does nothing yet. Throws INVALID_INPUT for actions that cannot be done, each at its place. */
export async function createAutomation(
  tx: WorkspaceTransaction,
  definition: AutomationDefinition,
  { actor, now }: AutomationEditor,
): Promise<Automation> {
  await checkDefinition(tx, definition);
  const automation: Automation = {
    ...definition,
    name: definition.name.trim(),
    id: newId(),
    status: 'draft',
    version: 1,
    place: null,
    trouble: null,
    createdBy: actor,
    createdAt: now,
    updatedAt: now,
    activatedAt: null,
  };
  await saveAutomation(tx, automation);
  return automation;
}

/** What is to be different; undefined stays as it is. */
export type AutomationChange = {
  [Field in keyof AutomationDefinition]?: AutomationDefinition[Field] | undefined;
};

/**
 * Changes an automation. Runs that have begun go on as they began. Throws NOT_FOUND, CONFLICT when it has been changed since
 * `version`, and as {@link createAutomation} does.
 */
export async function changeAutomation(
  tx: WorkspaceTransaction,
  { id, version, change }: { id: string; version: number; change: AutomationChange },
  { now }: AutomationEditor,
): Promise<Automation> {
  const known = await requireUsable(tx, id);
  if (known.version !== version)
    throw new Failure('CONFLICT', 'Somebody has changed it since: look at it again.', {
      path: 'input.version',
    });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const changed: Automation = { ...known, ...given, version: known.version + 1, updatedAt: now };
  changed.name = changed.name.trim();
  await checkDefinition(tx, changed);
  const isMoved = changed.segmentId !== known.segmentId;
  if (isMoved && known.status === 'active')
    changed.place = await beginAfter(tx, changed.segmentId, undefined);
  await saveAutomation(tx, changed);
  return changed;
}

/** Has an automation begin, or go on: with what happens from now on. */
export async function activateAutomation(
  tx: WorkspaceTransaction,
  id: string,
  { now }: AutomationEditor,
): Promise<Automation> {
  const known = await requireUsable(tx, id);
  if (known.status === 'active') return known;
  await checkDefinition(tx, known);
  const active: Automation = {
    ...known,
    status: 'active',
    place: await beginAfter(tx, known.segmentId, undefined),
    trouble: null,
    activatedAt: now,
    updatedAt: now,
  };
  await saveAutomation(tx, active);
  return active;
}

/** Has an automation stand still. Runs that wait go on when it does. */
export async function pauseAutomation(
  tx: WorkspaceTransaction,
  id: string,
  { now }: AutomationEditor,
): Promise<Automation> {
  const known = await requireUsable(tx, id);
  if (known.status !== 'active') return known;
  const paused: Automation = { ...known, status: 'paused', updatedAt: now };
  await saveAutomation(tx, paused);
  return paused;
}

/** Puts an automation aside for good. Runs that wait come to nothing. */
export async function archiveAutomation(
  tx: WorkspaceTransaction,
  id: string,
  { now }: AutomationEditor,
): Promise<Automation> {
  const known = await requireAutomation(tx, id, 'input.id', 'for no key update');
  const archived: Automation = { ...known, status: 'archived', updatedAt: now };
  await saveAutomation(tx, archived);
  return archived;
}

async function requireUsable(tx: WorkspaceTransaction, id: string): Promise<Automation> {
  const known = await requireAutomation(tx, id, 'input.id', 'for no key update');
  if (known.status === 'archived')
    throw new Failure('CONFLICT', `${known.name} is archived.`, { path: 'input.id' });
  return known;
}

async function checkDefinition(tx: WorkspaceTransaction, definition: AutomationDefinition): Promise<void> {
  await requireActiveSegment(tx, definition.segmentId, 'input.segmentId');
  await checkActions(tx, definition);
}
