import { isDeepStrictEqual } from 'node:util';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { activateAutomation } from '../automations/index.js';
import { checkAttributes, type LackingAttribute } from './check-attributes.js';
import {
  deletePart,
  findApplication,
  isPart,
  lockApplication,
  partsOfApplication,
  saveApplication,
  savePart,
  type AppliedPart,
} from './application.repository.js';
import { partsOf, type BlueprintDocument, type DocumentPart, type PartKind } from './document.js';
import { asStored, readDrift, type Drift } from './drift.js';
import { fillParameters } from './fill-parameters.js';
import { partTypes, type Making } from './parts/index.js';
import { fill, type Filling } from './placeholders.js';

/** What becomes of things that were changed by hand, or put aside, since the blueprint was applied. */
export type OnDrift = 'refuse' | 'keep' | 'overwrite';

/** What is to be applied, and how. */
export interface Wanted {
  blueprintId: string;
  version: number;
  document: BlueprintDocument;
  /** By key; those that are not given stay as they were, or are the default. */
  parameters: ReadonlyMap<string, Filling>;
  onDrift: OnDrift;
  /** Whether things that have the name of a part are taken over, rather than refused. */
  adopt: boolean;
  /** Whether attributes that the workspace lacks are made. */
  defineAttributes: boolean;
  /** Whether automations that are made begin at once. */
  activate: boolean;
}

/** What became of a part. */
export type Outcome = 'created' | 'changed' | 'unchanged' | 'adopted' | 'kept' | 'archived' | 'released';

/** What became of one part, and why it was left where it was. */
export interface PartReport {
  kind: PartKind;
  key: string;
  name: string;
  objectId: string;
  outcome: Outcome;
  detail: string | null;
}

/** What applying came to. */
export interface ApplyReport {
  definedAttributes: LackingAttribute[];
  parts: PartReport[];
}

/**
 * Applies a version of a blueprint to a workspace: makes what is not there, brings what is there in step, and puts aside
 * what the blueprint has no more. All of it happens, or nothing.
 * Throws INVALID_INPUT or CONFLICT with the place: attributes that are lacking, parameters that were not given, names that
 * are taken, things that were changed by hand.
 */
export async function applyBlueprint(
  services: Making['services'],
  tx: WorkspaceTransaction,
  wanted: Wanted,
  editor: Making['editor'],
): Promise<ApplyReport> {
  const { blueprintId, version, document } = wanted;
  const making: Making = { services, tx, editor };
  await lockApplication(tx, blueprintId);
  const former = await findApplication(tx, blueprintId);
  const definedAttributes = await checkAttributes(
    tx,
    document.attributes,
    wanted.defineAttributes,
    editor.now,
  );
  const parameters = await fillParameters(
    tx,
    document.parameters,
    wanted.parameters,
    former?.parameters ?? {},
  );
  await saveApplication(tx, {
    blueprintId,
    version,
    parameters,
    appliedBy: editor.actor,
    appliedAt: editor.now,
  });
  const known = await readDrift(tx, await partsOfApplication(tx, blueprintId));
  const parts = partsOf(document);
  if (wanted.onDrift === 'refuse') refuseDrift(known);
  const fillings = new Map<string, Filling>(Object.entries(parameters));
  const reports: PartReport[] = [];
  for (const part of parts) {
    const drift = known.find((each) => each.part.kind === part.kind && each.part.key === part.key);
    const report = await applyPart(making, wanted, part, drift, fillings).catch((error: unknown) => {
      throw at(part, error);
    });
    fillings.set(`${part.kind}.${part.key}`, report.objectId);
    reports.push(report);
  }
  const left = known.filter(
    ({ part }) => !parts.some(({ kind, key }) => kind === part.kind && key === part.key),
  );
  return { definedAttributes, parts: [...reports, ...(await putAside(making, blueprintId, left))] };
}

function refuseDrift(known: readonly Drift[]): void {
  const drifted = known.filter(({ state }) => state !== 'in_step');
  if (drifted.length === 0) return;
  const problems: Problem[] = drifted.map(({ part, name, state, fields }) => ({
    code: 'CONFLICT',
    path: `${part.kind}.${part.key}`,
    message: `"${name}" ${state === 'changed' ? `was changed here: ${fields.join(', ')}` : `is ${state} here`}.`,
  }));
  throw new Failure('CONFLICT', `Not as the blueprint left it: ${problems[0]!.message}`, {
    path: 'input.onDrift',
    problems,
  });
}

async function applyPart(
  making: Making,
  wanted: Wanted,
  part: DocumentPart,
  drift: Drift | undefined,
  fillings: ReadonlyMap<string, Filling>,
): Promise<PartReport> {
  const { tx } = making;
  const { kind, key, path } = part;
  const type = partTypes[kind];
  if (drift && drift.state !== 'in_step' && wanted.onDrift === 'keep') {
    const detail =
      drift.state === 'changed' ? `Changed here: ${drift.fields.join(', ')}.` : `Is ${drift.state} here.`;
    return { kind, key, name: drift.name, objectId: drift.part.objectId, outcome: 'kept', detail };
  }
  const definition = type.define(fill(part.body, fillings), path);
  const { name } = definition as { name: string };
  const isThere = drift && (drift.state === 'in_step' || drift.state === 'changed');
  const adopted = isThere ? undefined : await findToAdopt(tx, wanted, part, name);
  const id = isThere ? drift.part.objectId : adopted;
  const objectId = id ?? (await type.create(making, definition));
  if (id) await type.change(making, id, definition);
  else if (kind === 'automation' && wanted.activate) await activateAutomation(tx, objectId, making.editor);
  const applied = (await type.read(tx, objectId))!.definition;
  await savePart(tx, wanted.blueprintId, { kind, key, objectId, applied });
  const outcome = adopted
    ? 'adopted'
    : id
      ? isAsBefore(drift, applied)
        ? 'unchanged'
        : 'changed'
      : 'created';
  return { kind, key, name, objectId, outcome, detail: null };
}

/** Whether a thing stands as it did before the blueprint was applied again. */
function isAsBefore(drift: Drift | undefined, applied: object): boolean {
  return drift?.state === 'in_step' && isDeepStrictEqual(drift.part.applied, asStored(applied));
}

async function findToAdopt(
  tx: WorkspaceTransaction,
  { adopt }: Wanted,
  { kind }: DocumentPart,
  name: string,
): Promise<string | undefined> {
  const found = await partTypes[kind].find(tx, name);
  if (!found) return undefined;
  if (!adopt)
    throw new Failure(
      'CONFLICT',
      `There is another ${kind} with the name "${name}": rename it, or take it over.`,
    );
  if (await isPart(tx, kind, found)) throw new Failure('CONFLICT', `"${name}" belongs to another blueprint.`);
  return found;
}

/** Puts aside what the blueprint has no more, last made first; what is in use is left to the workspace. */
async function putAside(making: Making, blueprintId: string, left: readonly Drift[]): Promise<PartReport[]> {
  const order: readonly PartKind[] = ['automation', 'audience', 'segment'];
  let open = [...left].sort((a, b) => order.indexOf(a.part.kind) - order.indexOf(b.part.kind));
  const reasons = new Map<Drift, string | null>();
  // One may be in use by another that goes as well: it is tried again until nothing more can go.
  for (let before = Infinity; open.length > 0 && open.length < before;) {
    before = open.length;
    for (const drift of open) reasons.set(drift, await archiveUnused(making, drift.part, drift.state));
    open = open.filter((drift) => reasons.get(drift) !== null);
  }
  const reports: PartReport[] = [];
  for (const [{ part, name }, reason] of reasons) {
    const { kind, key, objectId } = part;
    await deletePart(making.tx, blueprintId, part);
    reports.push({ kind, key, name, objectId, outcome: reason ? 'released' : 'archived', detail: reason });
  }
  return reports;
}

/** @returns why it was not archived; null when it was. */
async function archiveUnused(
  making: Making,
  { kind, objectId }: AppliedPart,
  state: Drift['state'],
): Promise<string | null> {
  if (state === 'gone' || state === 'archived') return null;
  if (state === 'changed') return 'It was changed here, and is left as it is.';
  try {
    await partTypes[kind].archive(making, objectId);
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

/** The same failure, at the place of the part in the document. */
function at({ path, name }: DocumentPart, error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const within = (inner: string): string =>
    inner.startsWith('input') ? path + inner.slice('input'.length) : inner || path;
  return new Failure(error.code, `${name}: ${error.message}`, {
    path: within(error.path),
    problems: error.problems.map((problem) => ({ ...problem, path: within(problem.path) })),
    cause: error,
  });
}
