import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMoves, type Moves } from '../../api/src/modules/segments/membership/moves.repository.js';
import { newId } from '../../api/src/platform/ids.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;

beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

const now = new Date('2026-11-25T12:00:00Z');
const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** A segment that had these sizes so many hours ago, the last one the present. */
async function segmentWith(
  name: string,
  sizes: readonly (readonly [hoursAgo: number, size: number])[],
  archived = false,
): Promise<string> {
  const id = newId();
  await segments.inside(async (tx) => {
    await tx.query(
      `insert into segments (workspace_id, id, kind, name, folded_name, description, version, rule, created_by, created_at, updated_at, archived_at)
       values ($1, $2, 'static', $3, lower($3), '', 1, null, 'system', now(), now(), $4)`,
      [tx.workspaceId, id, name, archived ? now : null],
    );
    await tx.query(
      `insert into segment_memberships (workspace_id, segment_id, size, version, as_of, follows)
       values ($1, $2, $3, 1, $4, true)`,
      [tx.workspaceId, id, sizes.at(-1)![1], now],
    );
    for (const [ago, size] of sizes) {
      await tx.query(
        `insert into segment_sizes (workspace_id, segment_id, at, size, entered, exited, version)
         values ($1, $2, $3, $4, 0, 0, 1)`,
        [tx.workspaceId, id, hoursAgo(ago), size],
      );
    }
  });
  return id;
}

const moves = (limit = 5): Promise<Moves> => segments.inside((tx) => readMoves(tx, { days: 3, now, limit }));

describe('the segments that move', () => {
  it('are those that grew or shrank since the beginning, most of all first, without archived ones', async () => {
    const grew = await segmentWith('Grew', [
      [100, 10],
      [30, 40],
      [1, 60],
    ]);
    const grewMore = await segmentWith('Grew more', [
      [80, 5],
      [2, 300],
    ]);
    const shrank = await segmentWith('Shrank', [
      [90, 50],
      [50, 20],
    ]);
    await segmentWith('Stayed', [[500, 7]]);
    await segmentWith(
      'Archived',
      [
        [90, 1],
        [1, 900],
      ],
      true,
    );
    const { growing, shrinking } = await moves();
    expect(growing.map(({ segmentId, change }) => [segmentId, change])).toEqual([
      [grewMore, 295],
      [grew, 50],
    ]);
    expect(growing[1]?.sizes).toEqual([10, 10, 40, 60]);
    expect(shrinking).toEqual([{ segmentId: shrank, size: 20, change: -30, sizes: [50, 20, 20, 20] }]);
    expect((await moves(1)).growing).toHaveLength(1);
  });

  it('have not grown by those who were in them when they were made', async () => {
    const made = await segmentWith('Made today', [[3, 1_000]]);
    const { growing } = await moves();
    expect(growing.map(({ segmentId }) => segmentId)).not.toContain(made);
  });
});
