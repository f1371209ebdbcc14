/** How large a segment was at a moment, and what had moved since the one before. */
export interface SizePoint {
  at: string;
  size: number;
  entered: number;
  exited: number;
}

/** A day: how large the segment was at its end, who came and who went. */
export interface DayOfGrowth {
  /** Such as `2026-11-25`, in the workspace's zone. */
  day: string;
  /** Null before the segment was known. */
  size: number | null;
  entered: number;
  exited: number;
}

const dayLength = 86_400_000;

/**
 * The last days, the oldest first and today the last. A day on which nothing moved is as large as the one before.
 * @param points the oldest first; one from before the first day tells how large it began.
 */
export function daily(points: readonly SizePoint[], days: number, zone: string, now: number): DayOfGrowth[] {
  const toDay = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const names = [
    ...new Set(
      // Half days, so that none is missed where the clocks change.
      Array.from({ length: 2 * days }, (_, index) =>
        toDay.format(now - (2 * days - 1 - index) * (dayLength / 2)),
      ),
    ),
  ].slice(-days);
  const byDay = Map.groupBy(points, ({ at }) => toDay.format(new Date(at)));
  const [first = ''] = names;
  let size = points.findLast(({ at }) => toDay.format(new Date(at)) < first)?.size ?? null;
  return names.map((day) => {
    const moved = byDay.get(day) ?? [];
    size = moved.at(-1)?.size ?? size;
    const sum = (which: 'entered' | 'exited'): number =>
      moved.reduce((total, point) => total + point[which], 0);
    return { day, size, entered: sum('entered'), exited: sum('exited') };
  });
}
