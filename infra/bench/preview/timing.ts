import { percentile } from '../ingest/send-all.js';
import type { Figure } from '../support/report.js';
import { rules, type BenchRule } from './rules.js';

/** How long the rules took in one of the ways to ask them: for each rule, in their order, milliseconds of each round. */
export interface Timing {
  way: string;
  times: number[][];
}

/** A rule that has taken so many milliseconds in all is not asked again: its time is known well enough. */
const patienceMs = 20_000;

/** Asks all rules in so many rounds. @param before what is done before each round, unmeasured. */
export async function timed(
  way: string,
  rounds: number,
  ask: (rule: BenchRule, place: number) => Promise<unknown>,
  before: { round?: () => Promise<void>; rule?: () => Promise<void> } = {},
): Promise<Timing> {
  const times = rules.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    await before.round?.();
    for (const [place, rule] of rules.entries()) {
      if (times[place]!.reduce((sum, each) => sum + each, 0) > patienceMs) continue;
      await before.rule?.();
      const begin = performance.now();
      await ask(rule, place);
      times[place]!.push(performance.now() - begin);
    }
  }
  return { way, times: times.map((each) => each.toSorted((one, other) => one - other)) };
}

/** The sum over the rules of the time within which so many per cent of the answers came. */
export function sumOf({ times }: Timing, percent: number): number {
  return times.reduce((sum, each) => sum + percentile(each, percent), 0);
}

/** A line for each rule, and one for all of them together. */
export function figuresOf(timing: Timing, together: Pick<Figure, 'ratio' | 'target'>): Figure[] {
  const figure = (metric: string, value: number, p99: number): Figure => ({
    case: timing.way,
    metric,
    value,
    p99,
    unit: 'ms',
    ratio: null,
    target: null,
    better: 'less',
  });
  const single = timing.times.map((times, place) =>
    figure(rules[place]!.name, percentile(times, 50), percentile(times, 99)),
  );
  return [...single, { ...figure('all rules together', sumOf(timing, 50), sumOf(timing, 99)), ...together }];
}
