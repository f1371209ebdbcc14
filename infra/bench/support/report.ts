/** One figure of a bench: a line of `--json`, a row of the table. */
export interface Figure {
  /** What is measured, such as `csv` or `events`. */
  case: string;
  /** What the value is, such as `rows per second`. */
  metric: string;
  value: number;
  /** Of a median, what 99 of 100 are within. */
  p99?: number;
  unit: string;
  /** The value against its reference; null where there is none. */
  ratio: number | null;
  /** What the ratio (or, without one, the value) has to reach; null where there is no target. */
  target: number | null;
  /** Whether the target is the least or the most that is asked for; more is better unless given. */
  better?: 'more' | 'less';
}

/** A figure with its verdict. */
export interface Verdict extends Figure {
  bench: string;
  /** Null where there is no target. */
  met: boolean | null;
}

/** Judges figures that have a target. */
export function judge(bench: string, figures: readonly Figure[]): Verdict[] {
  return figures.map((figure) => ({ bench, ...figure, met: isMet(figure) }));
}

function isMet({ value, ratio, target, better }: Figure): boolean | null {
  if (target === null) return null;
  const reached = ratio ?? value;
  return better === 'less' ? reached <= target : reached >= target;
}

/**
 * Prints the figures and sets the exit code: 1 when a target was missed.
 * @param json one object a line, for programs; else a table for people.
 */
export function report(verdicts: readonly Verdict[], json: boolean): void {
  process.stdout.write(json ? verdicts.map(toLine).join('') : toTable(verdicts));
  if (verdicts.some(({ met }) => met === false)) process.exitCode = 1;
}

function toLine({ bench, case: name, metric, value, p99, unit, ratio, target, met }: Verdict): string {
  return `${JSON.stringify({ bench, case: name, metric, value, p99, unit, ratio, target, met })}\n`;
}

function toTable(verdicts: readonly Verdict[]): string {
  const head = ['case', 'metric', 'value', '99 of 100', 'unit', 'ratio', 'target', 'met'];
  const rows = verdicts.map((verdict) => [
    verdict.case,
    verdict.metric,
    readable(verdict.value),
    verdict.p99 === undefined ? '' : readable(verdict.p99),
    verdict.unit,
    verdict.ratio === null ? '' : verdict.ratio.toFixed(3),
    verdict.target === null ? '' : `${verdict.better === 'less' ? '≤' : '≥'} ${readable(verdict.target)}`,
    verdict.met === null ? '' : verdict.met ? 'yes' : 'NO',
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) =>
        column >= 2 && column !== 4 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line), ''].join('\n');
}

function readable(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
