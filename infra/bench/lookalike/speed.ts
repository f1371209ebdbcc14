import { performance } from 'node:perf_hooks';
import { cutPoints, ranked, score, train } from '@coterie/lookalike';
import type { Figure } from '../support/report.js';
import { makeUp } from './made-up.js';

/** For a million contacts: seconds to train and score, and bytes of memory at most. */
const most = { seconds: 15, gigabytes: 1.5 };

/** How long each step takes for so many contacts and seed members, and how much memory all of it takes. */
export function measureSpeed(contacts: number, seedSize: number): Figure[] {
  const name = `${contacts.toLocaleString('en')} contacts, a seed of ${seedSize.toLocaleString('en')}`;
  const figures: Figure[] = [];
  const note = (metric: string, value: number, unit: string, target: number | null = null): void =>
    void figures.push({ case: name, metric, value, unit, ratio: null, target, better: 'less' });
  const timed = <Result>(metric: string, work: () => Result): Result => {
    const started = performance.now();
    const result = work();
    note(metric, (performance.now() - started) / 1000, 's');
    return result;
  };
  const { features, seed, pool, cells } = timed('making contacts up and building features', () =>
    makeUp(contacts, seedSize),
  );
  note('features of a contact', cells, 'features');
  const before = process.cpuUsage();
  const model = timed('training', () => train(features, { seed: { rows: seed }, pool }));
  const scores = timed('scoring', () => score(model, features, pool));
  const { user, system } = process.cpuUsage(before);
  timed('ranking and cutting', () => [ranked(pool, scores), cutPoints(scores)]);
  const judged = contacts >= 1_000_000;
  const took = figures
    .filter(({ metric }) => metric === 'training' || metric === 'scoring')
    .reduce((sum, { value }) => sum + value, 0);
  note('training and scoring', took, 's', judged ? most.seconds : null);
  // On a machine with other work this says more than the time on the wall.
  note('processor time of both', (user + system) / 1e6, 's');
  // The most that the process ever held, making up included; kilobytes on Linux.
  const peak = process.resourceUsage().maxRSS / 1024 ** 2;
  note('memory at its peak', peak, 'GB', judged ? most.gigabytes : null);
  return figures;
}
