/**
 * What it takes to bring 200 segments to the present after writes, against what it takes over fewer contacts.
 *
 * For each number of contacts: the first time, then a step after 1,000 writes, one after 10,000 and one after a single
 * write, each the median of three, and a look when nothing has happened. `--contacts=1000000` measures that number alone.
 */
import { performance } from 'node:perf_hooks';
// First, since the entities need what it loads.
import { openTenants } from '../../test/support/builders.js';
import { AttributeDefinitionEntity } from '../../api/src/modules/attributes/attribute-definition.entity.js';
import { createEngine } from '../../api/src/modules/segments/engine/engine.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import { PresentMemberships } from '../../api/src/modules/segments/membership/present-memberships.js';
import { SegmentEntity, SegmentVersionEntity } from '../../api/src/modules/segments/segment.entity.js';
import prepareServers from '../../test/support/servers.js';
import { fillWorkspace, makeSegments, write } from './materialise/workspace.js';
import { judge, report, type Figure } from './support/report.js';

const segments = 200;
const bytes = 256 * 1024 * 1024;
const rounds = 3;

const given = process.argv.find((argument) => argument.startsWith('--contacts='))?.split('=')[1];
const sizes = given
  ? [Number(given)]
  : process.env['FULL'] === '1'
    ? [200_000, 1_000_000]
    : [20_000, 100_000];

type Figures = Map<string, { value: number; unit: string }>;

async function measure(contacts: number): Promise<Figures> {
  const { database, withWorkspace, newWorkspace, close, statements } = await openTenants([
    SegmentEntity,
    SegmentVersionEntity,
    AttributeDefinitionEntity,
  ]);
  try {
    const workspaceId = await newWorkspace();
    await fillWorkspace(database, workspaceId, contacts);
    await makeSegments(withWorkspace, workspaceId, segments);
    const clock = { now: () => new Date() };
    const engine = createEngine({ withWorkspace, shared: undefined }, { mostBytes: bytes });
    const services = { withWorkspace, engine, clock, memberships: new PresentMemberships(bytes / 4) };
    const step = async (): Promise<number> => {
      statements.length = 0;
      const started = performance.now();
      await materialise(services, workspaceId, new AbortController().signal);
      return performance.now() - started;
    };
    const figures: Figures = new Map();
    const note = (metric: string, value: number, unit = 'ms'): void =>
      void figures.set(metric, { value, unit });
    note('the first time', await step());
    for (const [turn, writes] of [1, 1_000, 10_000].entries()) {
      const before = await transitions();
      const took: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await write(withWorkspace, workspaceId, { contacts, writes, round: turn * rounds + round });
        took.push(await step());
      }
      const after = `after ${writes.toLocaleString('en')} writes`;
      note(`a step ${after}`, took.toSorted((one, other) => one - other)[1]!);
      note(`who entered and left ${after}`, ((await transitions()) - before) / rounds, 'transitions');
    }
    note('a look when nothing has happened', await step());
    return figures;

    async function transitions(): Promise<number> {
      const { rows } = await database.owner.query<{ count: string }>(
        'select count(*) from segment_transitions where workspace_id = $1',
        [workspaceId],
      );
      return Number(rows[0]!.count);
    }
  } finally {
    await close();
  }
}

const stopServers = await prepareServers();
try {
  const figures: Figure[] = [];
  let fewer: Figures | undefined;
  for (const contacts of sizes) {
    const found = await measure(contacts);
    for (const [metric, { value, unit }] of found) {
      const than = fewer?.get(metric)?.value;
      const name = `${segments} segments, ${contacts.toLocaleString('en')} contacts`;
      figures.push({ case: name, metric, value, unit, ratio: than ? value / than : null, target: null });
    }
    fewer = found;
  }
  report(judge('materialise', figures), process.argv.includes('--json'));
} finally {
  await stopServers?.();
}
