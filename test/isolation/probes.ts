import { print, type Rule } from '@coterie/rules';
import type { GraphQLSchema } from 'graphql';
import type { Stranger } from './attackers.js';
import type { Control } from './controls.js';
import { deepest, documentFor, forms, hasPages, type Document, type Form } from './documents.js';
import type { Random } from './random.js';
import {
  cursorPaths,
  differences,
  idPaths,
  isOptional,
  putArgument,
  rulePaths,
  valueAt,
  withScope,
  workspaceArgument,
  type Arguments,
  type Operation,
  type Path,
} from './schema-operations.js';
import { idNames, type CallerKind, type Tenant } from './tenants.js';

/** What of a call is the stranger's; the rest is the caller's own. */
export interface Place {
  kind: 'value' | 'cursor' | 'rule' | 'pages' | 'content' | 'everything';
  path: Path;
}

/** One question with something foreign in it. */
export interface Probe {
  operation: Operation;
  control: Control;
  place: Place;
  caller: CallerKind;
  form: Form;
  /** How many objects deep the answer is asked for. */
  depth: number;
  /** Leaves the workspace to the API key. */
  unnamedWorkspace: boolean;
  /** Puts an id of this kind in place instead of the right one. */
  wrongKind: keyof Tenant | undefined;
  /** The rule that names the id, where a rule stands. */
  rule: (theirs: Tenant) => Rule;
}

/**
 * Every place of an operation where something of a stranger can stand.
 * @param tenants two of them: what of the control differs between them is a place.
 */
export function placesOf(
  schema: GraphQLSchema,
  operation: Operation,
  control: Control,
  tenants: [Tenant, Tenant],
): Place[] {
  const [mine, theirs] = tenants.map((tenant) => withScope(operation, tenant, control(tenant, 'fresh')));
  const values = [...idPaths(operation), ...differences(mine, theirs)];
  const once = new Map(values.map((path) => [path.join('.'), path]));
  const workspace = workspaceArgument(operation);
  const content = differences({ ...mine, [workspace ?? '']: 0 }, { ...theirs, [workspace ?? '']: 0 });
  return [
    ...[...once.values()].map((path): Place => ({ kind: 'value', path })),
    ...cursorPaths(operation).map((path): Place => ({ kind: 'cursor', path })),
    ...rulePaths(operation).map((path): Place => ({ kind: 'rule', path })),
    ...(hasPages(operation, schema) ? [{ kind: 'pages', path: [] } as Place] : []),
    ...(content.length > 1 ? [{ kind: 'content', path: [] } as Place] : []),
    ...(differences(mine, theirs).length > 1 ? [{ kind: 'everything', path: [] } as Place] : []),
  ];
}

const rules: ((theirs: Tenant) => Rule)[] = [
  (t) => ({ segment: t.segmentId }),
  (t) => ({ list: t.listId }),
  (t) => ({ lookalike: { id: t.lookalikeId, top: 20 } }),
  (t) => ({ all: [{ identified: 'email' }, { not: { segment: t.spareSegmentId } }] }),
  (t) => ({ any: [{ list: t.listId }, { not: { lookalike: { id: t.lookalikeId, top: 1 } } }] }),
];

/** Draws what is left open of a probe. */
export function drawProbe(
  random: Random,
  fixed: Pick<Probe, 'operation' | 'control' | 'place' | 'caller'>,
): Probe {
  return {
    ...fixed,
    form: random.pick(forms),
    depth: fixed.place.kind === 'pages' ? deepest : random.pick([1, 1, 4, deepest]),
    unnamedWorkspace: fixed.caller.isKey && random.chance(0.3),
    wrongKind: random.chance(0.15) ? random.pick(idNames) : undefined,
    rule: random.pick(rules),
  };
}

/** Writes a probe down with what is the stranger's in its place. */
export function documentOf(
  schema: GraphQLSchema,
  probe: Probe,
  own: Tenant,
  stranger: Stranger,
  fresh: string,
): Document {
  const { operation, control, place, caller, form, depth } = probe;
  const mine = withScope(operation, own, control(own, fresh));
  const cursors = place.kind === 'pages' ? { cursors: stranger.cursors } : {};
  // Only where it works: of two calls that fail at the same time, either may be the one that is answered.
  const isBeside = form.wrap === 'alias' && operation.kind === 'query' && caller.seesAll;
  const beside = isBeside ? mine : undefined;
  return documentFor(
    operation,
    argumentsOf(probe, mine, stranger, fresh),
    form,
    { schema, depth, ...cursors },
    beside,
  );
}

function argumentsOf(probe: Probe, mine: Arguments, { tenant, cursors }: Stranger, fresh: string): Arguments {
  const { operation, control, place } = probe;
  const theirs = withScope(operation, tenant, control(tenant, fresh));
  const put = (value: unknown): Arguments =>
    putArgument(operation, workspaceLeftOut(probe, mine), place.path, value);
  switch (place.kind) {
    case 'everything':
      return theirs;
    case 'content': {
      const workspace = workspaceArgument(operation) ?? '';
      return workspaceLeftOut(
        probe,
        workspace in mine ? { ...theirs, [workspace]: mine[workspace] } : theirs,
      );
    }
    case 'pages':
      return workspaceLeftOut(probe, mine);
    case 'cursor':
      return put(cursors.get(operation.name) ?? [...cursors.values()][0]);
    case 'rule':
      return put(place.path.at(-1) === 'text' ? print(probe.rule(tenant)) : probe.rule(tenant));
    case 'value':
      return put(foreignValue(probe, mine, theirs, tenant));
  }
}

/** A key stands for its workspace and need not name it; not so where the workspace is what is foreign. */
function workspaceLeftOut({ operation, place, unnamedWorkspace }: Probe, args: Arguments): Arguments {
  const workspace = workspaceArgument(operation);
  if (!unnamedWorkspace || !workspace || place.path[0] === workspace || !isOptional(operation, workspace))
    return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== workspace));
}

function foreignValue(
  { operation, place, wrongKind }: Probe,
  mine: Arguments,
  theirs: Arguments,
  tenant: Tenant,
): unknown {
  const [own, other] = [valueAt(mine, place.path), valueAt(theirs, place.path)];
  const isGiven = other !== undefined && own !== other;
  // What is no id, such as an e-mail address, stays of its kind: an id there would only be badly formed.
  if (wrongKind && (!isGiven || /^[0-9a-f-]{36}$/.test(String(other)))) return tenant[wrongKind];
  return isGiven ? other : tenant[kindOfId(operation, place.path, tenant)];
}

/** What kind of id is meant: `input.contactIds.0`, `rule.tree.lookalike.id`, or `id` of `archiveSegment`. */
function kindOfId({ field }: Operation, path: Path, tenant: Tenant): keyof Tenant {
  const lastWord = /[A-Z]?[a-z]+$/.exec(field.name)?.[0].toLowerCase() ?? '';
  const names = [lastWord, ...path].filter((name) => !/^\d+$/.test(name)).toReversed();
  const kinds = names.map((name) => `${name.replace(/Ids?$/, '')}Id`);
  return (kinds.find((kind) => kind in tenant) ?? 'segmentId') as keyof Tenant;
}
