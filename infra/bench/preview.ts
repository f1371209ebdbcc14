/**
 * How fast rules are counted, beside DuckDB and the one SQL statement that says what they mean, on the same rows: twelve
 * rules of every kind, with everything at hand, after 1,000 writes, and with nothing at hand.
 *
 * `--contacts 100000,1000000` says how many there are, each with ten events; several sizes show the growth. FULL=1 takes
 * these two. `--keep` leaves the databases behind and takes those that were left, which saves filling them; for that they
 * have to be on a server that stays, so DATABASE_URL has to name one. `--no-statement` leaves out the SQL statement, which
 * takes longest.
 */
import { parseArgs } from 'node:util';
import prepareServers from '../../test/support/servers.js';
import { measure, type Measured } from './preview/measure.js';
import { sumOf } from './preview/timing.js';
import { judge, report, type Figure } from './support/report.js';

const { values: options } = parseArgs({
  options: {
    contacts: { type: 'string', default: process.env['FULL'] === '1' ? '100000,1000000' : '10000' },
    keep: { type: 'boolean', default: false },
    statement: { type: 'boolean', default: true },
    json: { type: 'boolean', default: false },
  },
  allowNegative: true,
});

/** How many times as long it may take with ten times as many rows. */
const mostGrowth = { warm: 3, afterWrites: 2 };

function growth(few: Measured, many: Measured): Figure[] {
  const figure = (way: keyof typeof mostGrowth): Figure => ({
    case: `growth from ${few.contacts} to ${many.contacts}`,
    metric: many.ways[way].way,
    value: sumOf(many.ways[way], 50) / sumOf(few.ways[way], 50),
    unit: 'times',
    ratio: null,
    target: mostGrowth[way],
    better: 'less',
  });
  return [figure('warm'), figure('afterWrites')];
}

const sizes = options.contacts.split(',').map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size > 0))
  throw new Error('--contacts takes whole numbers, with commas between them.');
if (options.keep && !process.env['DATABASE_URL']) throw new Error('--keep needs DATABASE_URL.');
const stopServers = await prepareServers();
try {
  const measured: Measured[] = [];
  for (const contacts of sizes) measured.push(await measure(contacts, options));
  const [few, many] = [measured[0]!, measured.at(-1)!];
  const figures = measured.flatMap((each) => each.figures);
  report(judge('preview', few === many ? figures : [...figures, ...growth(few, many)]), options.json);
} finally {
  await stopServers();
}
