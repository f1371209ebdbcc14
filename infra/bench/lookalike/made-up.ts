import { FeatureBuilder, randomOf, type Features } from '@coterie/lookalike';

/** Contacts that were made up, a seed among them, and the others. */
export interface MadeUp {
  features: Features;
  seed: Uint32Array;
  pool: Uint32Array;
  /** Cells that are not empty, of a contact on average. */
  cells: number;
}

/**
 * Makes up contacts with some thirty features each: categories, numbers, yes and no, lists and events. Who is in the seed
 * depends on a few of them, and on chance.
 */
export function makeUp(contacts: number, seedSize: number): MadeUp {
  const builder = new FeatureBuilder({ rows: contacts });
  const random = randomOf(7);
  const pull = new Float32Array(contacts);
  for (let column = 0; column < 12; column += 1) {
    const writer = builder.category(`category ${column}`);
    const values = 4 + column * 8;
    for (let row = 0; row < contacts; row += 1) {
      const value = Math.floor(random.share() ** 2 * values);
      if (column < 3 && value === 1) pull[row]! += 1;
      writer.add(row, `value ${value}`);
    }
  }
  for (let column = 0; column < 8; column += 1) {
    const writer = builder.number(`number ${column}`);
    for (let row = 0; row < contacts; row += 1) {
      const value = -Math.log(1 - random.share()) * 100;
      if (column < 2) pull[row]! += Math.min(2, value / 200);
      writer.add(row, column % 2 === 0 ? value : Math.round(value));
    }
  }
  for (let column = 0; column < 2; column += 1) {
    const writer = builder.boolean(`flag ${column}`);
    for (let row = 0; row < contacts; row += 1) writer.add(row, random.share() < 0.3);
  }
  const list = builder.list('interests');
  for (let row = 0; row < contacts; row += 1)
    for (let item = 0; item < 4; item += 1) {
      const value = Math.floor(random.share() ** 2 * 200);
      if (value === 5) pull[row]! += 1.5;
      list.add(row, `interest ${value}`);
    }
  for (let column = 0; column < 4; column += 1) {
    const writer = builder.event(`event ${column}`, { windows: [30] });
    for (let row = 0; row < contacts; row += 1) {
      if (random.share() < 0.4) continue;
      const daysAgo = random.share() * 100;
      if (column === 0 && daysAgo < 7) pull[row]! += 1;
      writer.add(row, daysAgo, [daysAgo < 30 ? 1 + random.below(12) : 0]);
    }
  }
  const features = builder.build();
  const noisy = Float64Array.from(pull, (own) => own - Math.log(-Math.log(1 - random.share())));
  const order = Uint32Array.from({ length: contacts }, (_, row) => row);
  order.sort((one, other) => noisy[other]! - noisy[one]! || one - other);
  return {
    features,
    seed: order.slice(0, seedSize).sort(),
    pool: order.slice(seedSize).sort(),
    cells: features.items.length / contacts,
  };
}
