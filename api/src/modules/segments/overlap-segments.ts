import { performance } from 'node:perf_hooks';
import type { Bitmap } from '@coterie/bitmap';
import type { Clock } from '../../platform/clock.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { Engine, Turn } from './engine/engine.js';
import { furthest, type SetSource } from './engine/fresh-sets.js';
import { loadQuestions, ruleOf } from './question.js';
import type { SegmentEntity } from './segment.entity.js';
import { segmentsByIds } from './segment.repository.js';

/** How many segments can be laid over each other at once. */
export const overlapLimits = { least: 2, most: 20 } as const;

/** Of so many segments every part of the diagram is told; of more there would be more parts than anybody looks at. */
const mostInDiagram = 3;

/** How much segments have in common, all at one version of the workspace. */
export interface Overlap {
  version: number;
  asOf: Date;
  source: SetSource;
  tookMs: number;
  /** In the given order. */
  segments: { segment: SegmentEntity; size: number }[];
  /** Contacts in any of them. */
  union: number;
  pairs: PairOverlap[];
  /** The parts of the Venn diagram of two or three segments; null of more. */
  regions: OverlapRegion[] | null;
}

/** How much two segments have in common. */
export interface PairOverlap {
  a: string;
  b: string;
  intersection: number;
  /** Of all in either the share that is in both, from 0 to 1; 0 where nobody is in either. */
  jaccard: number;
  /** Of all in the one the share that is in the other, too; 0 where nobody is in it. */
  shareOfA: number;
  shareOfB: number;
}

/** Those who are in all of these segments, and in none of the others. */
export interface OverlapRegion {
  segmentIds: string[];
  count: number;
}

/**
 * Tells how much segments have in common: each pair of them, and of two or three every part of their Venn diagram.
 * Throws INVALID_INPUT for too few segments or one that is given twice, TOO_LARGE for too many, NOT_FOUND and CONFLICT
 * for one that is not there or archived.
 * @param signal aborted when nobody waits for it any more.
 */
export async function overlapSegments(
  { engine, clock }: { engine: Engine; clock: Clock },
  workspaceId: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Overlap> {
  checkIds(ids);
  const started = performance.now();
  const asOf = clock.now();
  const overlap = await engine.inLongTurn(workspaceId, (turn) => layOver(turn, ids, asOf), { signal });
  return { ...overlap, tookMs: performance.now() - started };
}

function checkIds(ids: readonly string[]): void {
  const { least, most } = overlapLimits;
  if (ids.length < least) {
    throw new Failure('INVALID_INPUT', `At least ${least} segments are needed.`, { path: 'ids' });
  }
  if (ids.length > most) {
    throw new Failure('TOO_LARGE', `At most ${most} segments can be given.`, { path: 'ids' });
  }
  const known = new Set<string>();
  for (const [index, id] of ids.entries()) {
    if (known.has(id.toLowerCase())) {
      throw new Failure('INVALID_INPUT', 'This segment is given twice.', { path: `ids[${index}]` });
    }
    known.add(id.toLowerCase());
  }
}

async function layOver(turn: Turn, ids: readonly string[], asOf: Date): Promise<Omit<Overlap, 'tookMs'>> {
  const segments = await activeSegments(turn.tx, ids);
  const sets: Bitmap[] = [];
  const sources: SetSource[] = [];
  for (const question of await loadQuestions(turn.tx, segments.map(ruleOf), asOf)) {
    const { members, source } = await turn.evaluate(question);
    sets.push(members);
    sources.push(source);
  }
  const named = segments.map(({ id }, index) => ({ id, set: sets[index] as Bitmap }));
  return {
    version: turn.version,
    asOf,
    source: furthest(sources),
    segments: segments.map((segment, index) => ({ segment, size: (sets[index] as Bitmap).size })),
    union: sets.reduce((one, other) => one.or(other)).size,
    pairs: named.flatMap((a, index) => named.slice(index + 1).map((b) => comparePair(a, b))),
    regions: named.length <= mostInDiagram ? regionsOf(named) : null,
  };
}

/** The segments in the given order. */
async function activeSegments(tx: WorkspaceTransaction, ids: readonly string[]): Promise<SegmentEntity[]> {
  const found = await segmentsByIds(tx, ids.filter(isId));
  const byId = new Map(found.map((segment) => [segment.id, segment]));
  return ids.map((id, index) => {
    const segment = byId.get(id.toLowerCase());
    const path = `ids[${index}]`;
    if (!segment) throw notFound('segment', path);
    if (segment.archivedAt) throw new Failure('CONFLICT', 'The segment is archived.', { path });
    return segment;
  });
}

interface NamedSet {
  id: string;
  set: Bitmap;
}

function comparePair(a: NamedSet, b: NamedSet): PairOverlap {
  const intersection = a.set.andSize(b.set);
  return {
    a: a.id,
    b: b.id,
    intersection,
    jaccard: share(intersection, a.set.size + b.set.size - intersection),
    shareOfA: share(intersection, a.set.size),
    shareOfB: share(intersection, b.set.size),
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Every choice of the segments that is not empty, the smaller choices first. */
function regionsOf(named: readonly NamedSet[]): OverlapRegion[] {
  const choices = Array.from({ length: 2 ** named.length - 1 }, (_, index) =>
    named.filter((_segment, place) => ((index + 1) >> place) & 1),
  );
  return choices
    .toSorted((one, other) => one.length - other.length)
    .map((chosen) => {
      const others = named.filter((each) => !chosen.includes(each));
      const inAll = chosen.map(({ set }) => set).reduce((one, other) => one.and(other));
      const alone = others.reduce((rest, { set }) => rest.andNot(set), inAll);
      return { segmentIds: chosen.map(({ id }) => id), count: alone.size };
    });
}
