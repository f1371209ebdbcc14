import { parentPort, workerData } from 'node:worker_threads';
import {
  assessModel,
  assessSeed,
  checkHoldOut,
  Explainer,
  FeatureBuilder,
  printTrait,
  ranked,
  score,
  similarityBySize,
  train,
  traitLifts,
  type Features,
  type Trait,
} from '@coterie/lookalike';
import type { Cells, ColumnForm, FromThread, Grown, ToThread } from './protocol.js';

/*
 * Runs in a thread of its own, so that nothing which the API has to answer waits for it: takes columns one after another,
 * grows a lookalike of them, and gives the ranking back. It reads nothing and writes nothing else.
 */

/** Traits that are shown of a lookalike, and reasons of each contact. */
const mostTraits = 50;
const reasonsOfEach = 3;
/** The share of the pool that is ranked. */
const rankedShare = 0.2;

/** Written by the thread that began this one, to end it. */
const cancelled = new Int32Array((workerData as { cancelled: SharedArrayBuffer }).cancelled);
const signal = {
  get aborted(): boolean {
    return Atomics.load(cancelled, 0) === 1;
  },
};

let builder: FeatureBuilder;
let take: (cells: Cells) => void;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has none
const say = (message: FromThread): void => parentPort!.postMessage(message);

parentPort!.on('message', (message: ToThread) => {
  if (message.kind === 'begin') builder = new FeatureBuilder(message);
  if (message.kind === 'column') take = writerOf(message.column);
  if (message.kind === 'cells') take(message.cells);
  if (message.kind === 'train') grow(message);
});

function writerOf(column: ColumnForm): (cells: Cells) => void {
  if (column.form === 'event') {
    const { target, windows } = column;
    const writer = builder.event(column.column, { windows, ...(target !== undefined && { target }) });
    const size = windows.length;
    return ({ ordinals, values, times = [] }) =>
      ordinals.forEach((ordinal, index) =>
        writer.add(ordinal, values[index] as number, times.slice(index * size, (index + 1) * size)),
      );
  }
  const writer = builder[column.form](column.column) as { add(ordinal: number, value: unknown): void };
  return ({ ordinals, values }) => ordinals.forEach((ordinal, index) => writer.add(ordinal, values[index]));
}

function grow({ seed, values, pool, random }: Extract<ToThread, { kind: 'train' }>): void {
  const features = builder.build();
  const { refusal, warnings } = assessSeed(features, seed, pool);
  if (refusal) return say({ kind: 'refused', message: refusal.message });
  const options = { seed: { rows: seed, ...(values && { values }) }, pool, random, signal };
  const model = train(features, {
    ...options,
    onProgress: (done) => say({ kind: 'progress', done: done * 0.5 }),
  });
  const scores = score(model, features, pool);
  const order = ranked(pool, scores).subarray(0, Math.ceil(pool.length * rankedShare));
  say({ kind: 'progress', done: 0.55 });
  const { reasons, ranking } = explainAll(new Explainer(model, features, pool), order);
  say({ kind: 'progress', done: 0.65 });
  const holdOut = checkHoldOut(features, {
    ...options,
    onProgress: (done) => say({ kind: 'progress', done: 0.65 + done * 0.35 }),
  });
  const all = [...warnings, ...assessModel(model)].map(({ message }) => message);
  const grown: Grown = {
    warnings: all,
    leftOut: features.leftOut,
    traits: typical(model, features, { seed, pool }),
    sizes: similarityBySize(model, pool.length),
    holdOut,
    reasons,
    ranking,
  };
  say({ kind: 'grown', grown });
}

function typical(
  model: ReturnType<typeof train>,
  features: Features,
  people: { seed: Uint32Array; pool: Uint32Array },
): Grown['traits'] {
  return traitLifts(model, features, people)
    .slice(0, mostTraits)
    .map(({ trait, inSeed, inPool, lift, weight }) => ({
      trait,
      inSeed: inSeed / people.seed.length,
      inPool: inPool / people.pool.length,
      lift: Number.isFinite(lift) ? lift : null,
      weight,
    }));
}

/** What raises each contact's score most. */
function explainAll(explainer: Explainer, order: Uint32Array): Pick<Grown, 'reasons' | 'ranking'> {
  const places = new Map<string, number>();
  const traits: Trait[] = [];
  const reasons = new Int16Array(order.length * reasonsOfEach).fill(-1);
  const adds = new Float32Array(order.length * reasonsOfEach);
  order.forEach((row, index) => {
    const raising = explainer
      .explain(row)
      .contributions.filter((each) => each.adds > 0 && each.has && each.trait !== undefined)
      .slice(0, reasonsOfEach);
    raising.forEach(({ trait, adds: by }, place) => {
      const at = index * reasonsOfEach + place;
      reasons[at] = placeOf(trait!);
      adds[at] = by;
    });
  });
  return { reasons: traits, ranking: { ordinals: order.slice(), perContact: reasonsOfEach, reasons, adds } };

  function placeOf(trait: Trait): number {
    const name = printTrait(trait);
    const known = places.get(name);
    if (known !== undefined) return known;
    places.set(name, traits.length);
    return traits.push(trait) - 1;
  }
}
