/**
 * Whether lookalikes bring the right people to the top, beside chance and likeness to the centroid, and how fast they are.
 *
 * Quality: on public data of people with an outcome, a seed is drawn from those who have it (30 %, 200 or 50 of them, five
 * draws each); the model sees the seed against everybody else, and is judged by where the others with the outcome rank.
 * `--data FOLDER`, or LOOKALIKE_DATA, names the folder with the data; without it the bench says what it wants.
 * Speed: `--contacts 1000000` made-up contacts; as many with FULL=1, else 100,000. `--no-quality` and `--no-speed` leave one out.
 */
import { parseArgs } from 'node:util';
import { dataSets, whatIsMissing } from './lookalike/data.js';
import { measureQuality } from './lookalike/quality.js';
import { measureSpeed } from './lookalike/speed.js';
import { judge, report, type Figure } from './support/report.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['LOOKALIKE_DATA'] ?? '' },
    contacts: { type: 'string', default: process.env['FULL'] === '1' ? '1000000' : '100000' },
    seed: { type: 'string', default: '5000' },
    quality: { type: 'boolean', default: true },
    speed: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

const [contacts, seedSize] = [Number(options.contacts), Number(options.seed)];
if (!Number.isInteger(contacts) || !Number.isInteger(seedSize) || seedSize < 20 || contacts <= seedSize)
  throw new Error('--contacts and --seed take whole numbers, the seed of 20 at least and smaller.');
const missing = options.quality ? whatIsMissing(options.data) : undefined;
if (missing !== undefined) {
  process.stderr.write(`${missing}\n`);
  process.exit(2);
}
const figures: Figure[] = [];
// Speed first: the memory that it reports is the most the process ever held.
if (options.speed) figures.push(...measureSpeed(contacts, seedSize));
if (options.quality) {
  if (!options.json)
    for (const { name, source } of dataSets) process.stdout.write(`Data: ${name}, ${source}.\n`);
  for (const set of dataSets) figures.push(...measureQuality(options.data, set));
}
report(judge('lookalike', figures), options.json);
