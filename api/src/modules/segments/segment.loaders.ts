import { describe, references } from '@coterie/rules';
import DataLoader from 'dataloader';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.js';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import { failureOf } from '../../platform/failure-of.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import type { Count, CountMembers } from './count-members.js';
import type { Engine } from './engine/engine.js';
import { segmentsOfContacts } from './members.js';
import { loadQuestions, ruleOf } from './question.js';
import { loadNames } from './rule-schema.js';
import type { SegmentEntity } from './segment.entity.js';
import { toSegment } from './segment.mapper.js';
import { allActiveSegments, segmentsByIds } from './segment.repository.js';
import type { SegmentType } from './segment.types.js';
import { usersOf, type SegmentUser } from './used-by.js';

/** A segment as far as loaders need it. */
export type SegmentKey = Pick<SegmentEntity, 'id' | 'rule'>;

/** What a request loads of a workspace's segments, in one go for all that it asks for at a time. */
export interface SegmentLoaders {
  size: DataLoader<SegmentKey, Count>;
  sentence: DataLoader<SegmentKey, string | null>;
  usedBy: DataLoader<string, SegmentUser[]>;
  /** By the id of a contact. */
  segmentsOf: DataLoader<string, SegmentEntity[]>;
}

/** Makes the loaders of each request and workspace. */
export function createSegmentLoaders(services: {
  withWorkspace: WithWorkspace;
  engine: Engine;
  clock: Clock;
  countMembers: CountMembers;
  log: Logger;
}): ReturnType<typeof perRequest<SegmentLoaders>> {
  const { withWorkspace, clock, countMembers } = services;
  return perRequest((workspaceId, signal) => ({
    size: new DataLoader((segments: readonly SegmentKey[]) =>
      countMembers(workspaceId, (tx) => loadQuestions(tx, segments.map(ruleOf), clock.now()), signal),
    ),
    sentence: new DataLoader((segments: readonly SegmentKey[]) =>
      withWorkspace(workspaceId, async (tx) => {
        const names = await loadNames(tx, segments.flatMap(namedBy));
        return segments.map(({ rule }) => rule && describe(rule, names));
      }),
    ),
    usedBy: new DataLoader((ids: readonly string[]) =>
      withWorkspace(workspaceId, async (tx) => {
        const users = await usersOf(tx, ids);
        return ids.map((id) => users.filter((user) => user.segmentId === id));
      }),
    ),
    segmentsOf: new DataLoader((contactIds: readonly string[]) =>
      membershipsOf(services, workspaceId, contactIds, signal),
    ),
  }));
}

/** What finding the segments of contacts takes. */
export interface MembershipServices {
  engine: Engine;
  clock: Clock;
  log: Logger;
}

/**
 * The segments of contacts, all at one version of the workspace. When a rule fails, each is asked by itself, so that one which cannot be answered any more (it
 * has grown too large through the segments it names) does not take the answer to all others away; its size says why.
 */
export async function membershipsOf(
  { engine, clock, log }: MembershipServices,
  workspaceId: string,
  contactIds: readonly string[],
  signal: AbortSignal,
): Promise<SegmentEntity[][]> {
  const segments = await engine.inTurn(workspaceId, ({ tx }) => allActiveSegments(tx), { signal });
  const ask = async (some: readonly SegmentEntity[]): Promise<SegmentEntity[][]> => {
    const asked = { contactIds, segments: some, now: clock.now() };
    const found = await engine.inTurn(workspaceId, (turn) => segmentsOfContacts(turn, asked), { signal });
    return contactIds.map((id) => found.get(id) ?? []);
  };
  try {
    return await ask(segments);
  } catch (error) {
    if (['UNAVAILABLE', 'TIMEOUT'].includes(failureOf(error).code)) throw error;
    const alone: SegmentEntity[][][] = [];
    for (const segment of segments) alone.push(await ask([segment]).catch(leftOut(segment)));
    return contactIds.map((_, index) => alone.flatMap((found) => found[index] ?? []));
  }

  function leftOut({ id }: SegmentEntity): (error: unknown) => SegmentEntity[][] {
    return (error) => {
      log.warn({ err: error, segmentId: id }, 'a segment cannot be asked for its members');
      return [];
    };
  }
}

/** Makes, for each request and workspace, what reads the segments that other things point to: by id, many at once. */
export function createSegmentById(
  withWorkspace: WithWorkspace,
): ReturnType<typeof perRequest<DataLoader<string, SegmentType>>> {
  return perRequest(
    (workspaceId) =>
      new DataLoader<string, SegmentType>((ids) =>
        withWorkspace(workspaceId, async (tx) => {
          const segments = new Map((await segmentsByIds(tx, ids)).map((segment) => [segment.id, segment]));
          return ids.map((id) => {
            const segment = segments.get(id);
            return segment ? toSegment(segment) : notFound('segment');
          });
        }),
      ),
  );
}

function namedBy({ rule }: SegmentKey): string[] {
  if (!rule) return [];
  const { segments, lists, lookalikes } = references(rule);
  return [...segments, ...lists, ...lookalikes];
}
