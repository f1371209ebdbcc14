import { references, type Rule } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { compileTemplate } from '../../platform/templates/template.js';
import { partsOfApplication } from './application.repository.js';
import { attributeCatalog, definitionFor, type AttributeSubject } from '../attributes/index.js';
import { requireAudience } from '../audiences/index.js';
import { contactKeysIn, requireAutomation, type AutomationDefinition } from '../automations/index.js';
import { requireDestination } from '../destinations/index.js';
import { requireSegment } from '../segments/index.js';
import {
  documentFormat,
  partKinds,
  readDocument,
  type BlueprintAttribute,
  type BlueprintDocument,
  type BlueprintParameter,
  type PartKind,
} from './document.js';
import { partTypes } from './parts/index.js';
import type { AudienceDefinition } from './parts/audience.js';
import type { SegmentDefinition } from './parts/segment.js';
import { mapLeaves, placeholderOf, placeholdersIn } from './placeholders.js';

/** A value that is to be a parameter, wherever it stands in rules and actions. */
export interface CapturedParameter {
  key: string;
  label: string;
  value: string | number | boolean;
}

/** What of a workspace is to become a blueprint. What these name comes along. */
export interface Capture {
  segmentIds: readonly string[];
  audienceIds: readonly string[];
  automationIds: readonly string[];
  parameters: readonly CapturedParameter[];
}

/** A thing of the workspace under the key that it has in the document. */
interface Captured<Definition> {
  id: string;
  key: string;
  definition: Definition;
}

type Definitions = {
  segment: SegmentDefinition;
  audience: AudienceDefinition;
  automation: AutomationDefinition;
};
/** The blueprint that a new version is captured for: what it had keeps its key, whatever it is called by now. */
export interface Former {
  blueprintId: string;
  document: BlueprintDocument;
}

type Found = { [Kind in PartKind]: Map<string, Captured<Definitions[Kind]>> };

/**
 * Makes a document of things of a workspace and of all that they name: segments that rules name, lists that actions
 * change, and the workspace's own attributes. Destinations and members become parameters, for each workspace has its own.
 * Throws NOT_FOUND for what there is not, INVALID_INPUT for what cannot be the same elsewhere: a lookalike.
 */
export async function captureDocument(
  tx: WorkspaceTransaction,
  wanted: Capture,
  former?: Former,
): Promise<BlueprintDocument> {
  const found: Found = { segment: new Map(), audience: new Map(), automation: new Map() };
  const keys = await keysOf(tx, former);
  for (const [index, id] of wanted.segmentIds.entries()) {
    await requireSegment(tx, id, `input.source.segmentIds[${index}]`);
    await collect(tx, found, keys, 'segment', id);
  }
  for (const [index, id] of wanted.audienceIds.entries()) {
    await requireAudience(tx, id, `input.source.audienceIds[${index}]`);
    await collect(tx, found, keys, 'audience', id);
  }
  for (const [index, id] of wanted.automationIds.entries()) {
    await requireAutomation(tx, id, `input.source.automationIds[${index}]`);
    await collect(tx, found, keys, 'automation', id);
  }
  refusePlaceholders(found);
  const parameters = [...(await parametersOf(tx, found)), ...wanted.parameters.map(ofValue)];
  const abstract = createAbstract(found, parameters);
  return readDocument({
    format: documentFormat,
    parameters: parameters.map(({ stands: _stands, ...parameter }) => parameter),
    attributes: await attributesOf(tx, found),
    segments: [...found.segment.values()].map(({ key, definition }) => ({ key, ...abstract(definition) })),
    audiences: [...found.audience.values()].map(({ key, definition }) => {
      const { segmentId: segment, destinationId: destination, ...rest } = definition;
      return { key, ...abstract({ ...rest, segment, destination }) };
    }),
    automations: [...found.automation.values()].map(({ key, definition }) => {
      const { segmentId: segment, ...rest } = definition;
      return { key, ...abstract({ ...rest, segment }) };
    }),
  });
}

/** Keys that parts of a blueprint have: by the id of what they are here, and by what they are called in the document. */
interface KnownKeys {
  byId: ReadonlyMap<string, string>;
  byName: ReadonlyMap<string, string>;
}

async function keysOf(tx: WorkspaceTransaction, former: Former | undefined): Promise<KnownKeys> {
  const parts = former ? await partsOfApplication(tx, former.blueprintId) : [];
  const listed = partKinds.flatMap((kind) =>
    (former?.document[`${kind}s`] ?? []).map(({ name, key }): [string, string] => [`${kind} ${name}`, key]),
  );
  return { byId: new Map(parts.map(({ objectId, key }) => [objectId, key])), byName: new Map(listed) };
}

/** Takes a thing up with what it names, that first. */
async function collect(
  tx: WorkspaceTransaction,
  found: Found,
  keys: KnownKeys,
  kind: PartKind,
  id: string,
): Promise<void> {
  const own = found[kind] as Map<string, Captured<object>>;
  if (own.has(id)) return;
  const held = await partTypes[kind].read(tx, id);
  if (!held || held.isArchived)
    throw new Failure('CONFLICT', `The ${kind} ${id} is archived: a blueprint takes what is in use.`, {
      path: 'input.source',
    });
  const { definition } = held;
  for (const [neededKind, neededId] of needsOf(kind, definition))
    await collect(tx, found, keys, neededKind, neededId);
  const { name } = definition as { name: string };
  const taken = [...own.values()].map(({ key }) => key);
  const known = keys.byId.get(id) ?? keys.byName.get(`${kind} ${name}`);
  // Keys of the former version are not given to anything else.
  const reserved = [...taken, ...keys.byId.values(), ...keys.byName.values()];
  const key = known !== undefined && !taken.includes(known) ? known : keyOf(name, reserved, id);
  own.set(id, { id, key, definition });
}

function needsOf(kind: PartKind, definition: object): [PartKind, string][] {
  if (kind === 'segment') return segmentsOf(definition as SegmentDefinition).map((id) => ['segment', id]);
  const { segmentId, actions = [] } = definition as AudienceDefinition & Partial<AutomationDefinition>;
  const named = actions.flatMap((action): [PartKind, string][] => {
    if (action.kind === 'list') return [['segment', action.segmentId]];
    return action.kind === 'audience' ? [['audience', action.audienceId]] : [];
  });
  return [['segment', segmentId], ...named];
}

function segmentsOf({ name, rule }: SegmentDefinition): string[] {
  if (!rule) return [];
  const { segments, lists, lookalikes } = references(rule);
  if (lookalikes.length > 0)
    throw new Failure(
      'INVALID_INPUT',
      `"${name}" uses a lookalike, which grows from this workspace's own people: it cannot be the same elsewhere.`,
      { path: 'input.source' },
    );
  return [...segments, ...lists];
}

/** A parameter with the value that it takes the place of. */
type Standing = BlueprintParameter & { stands: string | number | boolean };

function ofValue({ key, label, value }: CapturedParameter): Standing {
  const type = typeof value === 'string' ? 'text' : (typeof value as 'number' | 'boolean');
  return { key, label, description: '', type, default: value, stands: value };
}

/** A parameter for each destination and each member that is named. */
async function parametersOf(tx: WorkspaceTransaction, { audience, automation }: Found): Promise<Standing[]> {
  const actions = [...automation.values()].flatMap(({ definition }) => definition.actions);
  const destinationIds = new Set(
    [
      ...[...audience.values()].map(({ definition }) => definition.destinationId),
      ...actions.map((action) => ('destinationId' in action ? action.destinationId : null)),
    ].filter((id) => id !== null),
  );
  const parameters: Standing[] = [];
  const add = (label: string, rest: Omit<Standing, 'key' | 'label' | 'description'>): void => {
    const key = keyOf(
      label,
      parameters.map((each) => each.key),
    );
    parameters.push({ key, label, description: '', ...rest });
  };
  for (const id of destinationIds) {
    const { name, kind } = await requireDestination(tx, id, 'input.source');
    add(name, { type: 'destination', kind, stands: id });
  }
  const members = new Set(
    actions.flatMap((action) => (action.kind === 'followUp' && action.assigneeId) || []),
  );
  for (const id of members) add('Follow-ups go to', { type: 'member', default: null, stands: id });
  return parameters;
}

/** Words of the rule language and of actions stand under these keys, not what somebody chose. */
const fixed = new Set([
  'op',
  'kind',
  'key',
  'change',
  'priority',
  'state',
  'channel',
  'trigger',
  'platform',
  'schedule',
  'unit',
]);
/** In what people are to read, a parameter is put in place of a piece. */
const prose = new Set(['subject', 'html', 'text', 'note']);

/** Puts placeholders in the place of ids, and of values that are parameters. */
function createAbstract(found: Found, parameters: readonly Standing[]): <Value>(value: Value) => Value {
  const names = new Map<unknown, string>(parameters.map(({ stands, key }) => [stands, key]));
  for (const kind of partKinds)
    for (const { id, key } of found[kind].values()) names.set(id, `${kind}.${key}`);
  const texts = parameters.filter(({ type }) => type === 'text');
  const abstract = (leaf: unknown, key: string): unknown => {
    if (fixed.has(key)) return leaf;
    const name = names.get(leaf);
    if (name !== undefined) return placeholderOf(name);
    if (typeof leaf !== 'string' || !prose.has(key)) return leaf;
    return texts.reduce((text, each) => text.replaceAll(String(each.stands), placeholderOf(each.key)), leaf);
  };
  return <Value>(value: Value) => mapLeaves(value, abstract) as Value;
}

/** A text that looks like a placeholder would be filled in elsewhere. */
function refusePlaceholders(found: Found): void {
  for (const kind of partKinds)
    for (const { definition } of found[kind].values()) {
      const [first] = placeholdersIn(definition, kind);
      if (!first) continue;
      const { name } = definition as { name: string };
      throw new Failure(
        'INVALID_INPUT',
        `"${name}" says [[${first[0]}]] (${first[1]}), which stands for a parameter.`,
        {
          path: 'input.source',
        },
      );
    }
}

/** The workspace's own attributes that rules and actions name. */
async function attributesOf(tx: WorkspaceTransaction, found: Found): Promise<BlueprintAttribute[]> {
  const catalog = await attributeCatalog(tx);
  const named = new Map<string, BlueprintAttribute>();
  const note = (subject: AttributeSubject, keys: readonly string[]): void => {
    for (const key of keys) {
      const definition = definitionFor(catalog, subject, key);
      if (!definition || definition.standard) continue;
      const { type, label } = definition;
      named.set(`${subject} ${definition.key}`, { subject, key: definition.key, type, label });
    }
  };
  for (const { definition } of found.segment.values()) {
    if (!definition.rule) continue;
    const { attributeKeys, companyKeys } = references(definition.rule as Rule);
    note('contact', attributeKeys);
    note('company', companyKeys);
  }
  for (const { definition } of found.automation.values())
    for (const action of definition.actions) {
      if (action.kind === 'attribute') note('contact', [action.key]);
      if (action.kind === 'webhook') note('contact', action.attributes);
      if (action.kind === 'email') note('contact', contactKeysIn(compileTemplate(action).variables));
    }
  return [...named.values()];
}

/** A key that a name suggests and that is not taken. */
function keyOf(name: string, taken: readonly string[], id = ''): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[^a-z]+|_+$/g, '')
    .slice(0, 50);
  // A name without Latin letters says nothing in a key: the id keeps it apart from others.
  const base = words || `part_${id.slice(-8)}`;
  for (let turn = 1; ; turn += 1) {
    const key = turn === 1 ? base : `${base}_${turn}`;
    if (!taken.includes(key)) return key;
  }
}
