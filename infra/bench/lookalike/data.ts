import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FeatureBuilder, type Features } from '@coterie/lookalike';

/** A public data set of people with an outcome. */
export interface DataSet {
  name: string;
  source: string;
  file: string;
  outcome: string;
  positive: string;
  /** Columns that tell the outcome or nothing about people. */
  without: string;
}

export const dataSets: readonly DataSet[] = [
  {
    name: 'bank',
    source: 'UCI Bank Marketing (bank-additional-full), S. Moro, P. Cortez, P. Rita 2014, CC BY 4.0',
    file: 'bank.csv.gz',
    outcome: 'output',
    positive: 'yes',
    without: 'duration',
  },
  {
    name: 'adult',
    source: 'UCI Adult / Census Income, B. Becker, R. Kohavi 1996, CC BY 4.0',
    file: 'adult.csv.gz',
    outcome: 'Salary',
    positive: '>50K',
    without: 'fnlwgt',
  },
];

/** People as the models see them, and who of them has the outcome, which models never see. */
export interface People {
  features: Features;
  positive: Uint8Array;
}

/** Why a folder does not do; undefined where it does. */
export function whatIsMissing(folder: string | undefined): string | undefined {
  const files = dataSets.map(({ file }) => file).join(' and ');
  const wanted =
    `The quality part needs a folder with ${files}, gzipped CSV with a header line:\n` +
    dataSets.map(({ file, source }) => `  ${file}: ${source}\n`).join('') +
    'Name it with --data FOLDER or in LOOKALIKE_DATA, or measure speed alone with --no-quality.';
  if (!folder) return wanted;
  const absent = dataSets.filter(({ file }) => !existsSync(join(folder, file)));
  return absent.length === 0
    ? undefined
    : `${folder} has no ${absent.map(({ file }) => file).join(' and no ')}. ${wanted}`;
}

export function readPeople(folder: string, { file, outcome, positive, without }: DataSet): People {
  const text = gunzipSync(readFileSync(join(folder, file))).toString();
  const [head, ...lines] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.split(',').map((cell) => cell.trim()));
  const builder = new FeatureBuilder({ rows: lines.length });
  for (const [index, column] of head!.entries()) {
    if (column === outcome || column === without) continue;
    const cells = lines.map((line) => line[index]!);
    if (cells.every((cell) => cell === '' || Number.isFinite(Number(cell)))) {
      const writer = builder.number(column);
      for (const [row, cell] of cells.entries()) if (cell !== '') writer.add(row, Number(cell));
    } else {
      const writer = builder.category(column);
      for (const [row, cell] of cells.entries()) if (cell !== '') writer.add(row, cell);
    }
  }
  const place = head!.indexOf(outcome);
  return {
    features: builder.build(),
    positive: Uint8Array.from(lines, (line) => (line[place] === positive ? 1 : 0)),
  };
}
