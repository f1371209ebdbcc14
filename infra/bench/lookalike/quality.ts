import { areaUnderCurve, liftAt, randomOf, score, shuffled, train, type Features } from '@coterie/lookalike';
import type { Figure } from '../support/report.js';
import { baselines, type Draw, type Quality } from './baselines.js';
import { readPeople, type DataSet, type People } from './data.js';

const draws = 5;
/** How far below the best baseline's the AUC may be, and which part of its lift at 1 % has to be reached. */
const asked = { below: 0.005, lift: 0.95 };

/** A way to rank a pool by likeness to a seed. */
type Method = (people: People, seed: Uint32Array, pool: Uint32Array, draw: number) => ArrayLike<number>;

const methods: Record<string, Method> = {
  lookalike: ({ features }, rows, pool, draw) =>
    score(train(features, { seed: { rows }, pool, random: draw }), features, pool),
  'cosine to the centroid': ({ features }, seed, pool) => cosines(features, seed, pool),
  random: (_, __, pool, draw) => {
    const random = randomOf(1000 + draw);
    return Float64Array.from(pool, () => random.share());
  },
};

/** AUC and lift of each method for seeds of each size, the mean of five draws, beside what textbook methods reach. */
export function measureQuality(folder: string, set: DataSet): Figure[] {
  const people = readPeople(folder, set);
  const positive = Uint32Array.from(people.positive.keys()).filter((row) => people.positive[row] === 1);
  const sizes: [Draw, number][] = [
    ['30 %', Math.round(positive.length * 0.3)],
    ['200', 200],
    ['50', 50],
  ];
  return sizes.flatMap(([name, size]) => {
    const found = new Map<string, Quality[]>();
    for (let draw = 0; draw < draws; draw += 1) {
      const seed = shuffled(positive, randomOf(draw)).slice(0, size).sort();
      const seeds = new Set(seed);
      const pool = Uint32Array.from(people.positive.keys()).filter((row) => !seeds.has(row));
      const sought = Uint8Array.from(pool, (row) => people.positive[row]!);
      for (const [method, rank] of Object.entries(methods)) {
        const scores = rank(people, seed, pool, draw);
        const lift = (share: number): number => liftAt(scores, sought, share);
        const quality: Quality = [areaUnderCurve(scores, sought), lift(0.01), lift(0.05), lift(0.1)];
        found.set(method, [...(found.get(method) ?? []), quality]);
      }
    }
    const means = Object.fromEntries([...found].map(([method, all]) => [method, meanOf(all)]));
    return figuresOf(set.name, name, means);
  });
}

function figuresOf(set: string, draw: Draw, measured: Record<string, Quality>): Figure[] {
  const textbook = Object.values(baselines[set]!).map((byDraw) => byDraw[draw]);
  const best = (place: 0 | 1 | 2 | 3): number => Math.max(...textbook.map((quality) => quality[place]));
  const where = `${set}, seed of ${draw}`;
  const figures: Figure[] = [];
  const note = (metric: string, value: number, reference: number, target: number | null): void =>
    void figures.push({ case: where, metric, value, unit: '', ratio: value / reference, target });
  const own = measured['lookalike']!;
  note('AUC, against the best baseline', own[0], best(0), (best(0) - asked.below) / best(0));
  note('lift at 1 %, against the best baseline', own[1], best(1), asked.lift);
  note('lift at 5 %, against the best baseline', own[2], best(2), null);
  note('lift at 10 %, against the best baseline', own[3], best(3), null);
  for (const [method, quality] of Object.entries(measured)) {
    if (method === 'lookalike') continue;
    for (const [place, metric] of ['AUC', 'lift at 1 %', 'lift at 5 %', 'lift at 10 %'].entries())
      figures.push({
        case: where,
        metric: `${method}: ${metric}`,
        value: quality[place]!,
        unit: '',
        ratio: null,
        target: null,
      });
  }
  for (const [method, byDraw] of Object.entries(baselines[set]!))
    figures.push({
      case: where,
      metric: `once, ${method}: AUC`,
      value: byDraw[draw][0],
      unit: '',
      ratio: null,
      target: null,
    });
  return figures;
}

function meanOf(all: readonly Quality[]): Quality {
  const mean = (place: 0 | 1 | 2 | 3): number =>
    all.reduce((sum, quality) => sum + quality[place], 0) / all.length;
  return [mean(0), mean(1), mean(2), mean(3)];
}

/** Cosine of the angle between each row's traits and the mean of the seed's. */
function cosines(features: Features, seed: Uint32Array, pool: Uint32Array): Float64Array {
  const { starts, items, traitOf, traits } = features;
  const centroid = new Float64Array(traits.length);
  for (const row of seed)
    for (const item of items.subarray(starts[row], starts[row + 1]))
      centroid[traitOf[item]!]! += 1 / seed.length;
  return Float64Array.from(pool, (row) => {
    const own = items.subarray(starts[row], starts[row + 1]);
    return own.reduce((sum, item) => sum + centroid[traitOf[item]!]!, 0) / Math.sqrt(own.length || 1);
  });
}
