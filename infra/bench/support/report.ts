/** One figure of a bench: a line of `--json`, a row of the table. */
export interface Figure {
  /** What is measured, such as `csv` or `events`. */
  case: string;
  /** What the value is, such as `rows per second`. */
  metric: string;
  value: number;
  unit: string;
  /** The value against its reference; null where there is none. */
  ratio: number | null;
  /** What the ratio (or, without one, the value) has to reach; null where there is no target. */
  target: number | null;
}

/** A figure with its verdict. */
export interface Verdict extends Figure {
  bench: string;
  /** Null where there is no target. */
  met: boolean | null;
}

/** Judges figures of which more is better. */
export function judge(bench: string, figures: readonly Figure[]): Verdict[] {
  return figures.map((figure) => ({
    bench,
    ...figure,
    met: figure.target === null ? null : (figure.ratio ?? figure.value) >= figure.target,
  }));
}

/**
 * Prints the figures and sets the exit code: 1 when a target was missed.
 * @param json one object a line, for programs; else a table for people.
 */
export function report(verdicts: readonly Verdict[], json: boolean): void {
  process.stdout.write(json ? verdicts.map(toLine).join('') : toTable(verdicts));
  if (verdicts.some(({ met }) => met === false)) process.exitCode = 1;
}

function toLine({ bench, case: name, metric, value, unit, ratio, target, met }: Verdict): string {
  return `${JSON.stringify({ bench, case: name, metric, value, unit, ratio, target, met })}\n`;
}

function toTable(verdicts: readonly Verdict[]): string {
  const head = ['case', 'metric', 'value', 'unit', 'ratio', 'target', 'met'];
  const rows = verdicts.map((verdict) => [
    verdict.case,
    verdict.metric,
    readable(verdict.value),
    verdict.unit,
    verdict.ratio === null ? '' : verdict.ratio.toFixed(3),
    verdict.target === null ? '' : readable(verdict.target),
    verdict.met === null ? '' : verdict.met ? 'yes' : 'NO',
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) =>
        column >= 2 && column !== 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line), ''].join('\n');
}

function readable(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
