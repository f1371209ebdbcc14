/** Value at a point; writes the gradient there into `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

/** Corrections that are remembered. */
const memory = 8;

/**
 * Finds where a smooth convex function is least (limited-memory BFGS with a line search that halves). The point given is
 * where it starts, and becomes the result. `turn` is called before each step.
 */
export function minimise(
  objective: Objective,
  point: Float64Array,
  mostSteps: number,
  turn: () => void,
): void {
  const size = point.length;
  let gradient = new Float64Array(size);
  let value = objective(point, gradient);
  const moves: Float64Array[] = [];
  const changes: Float64Array[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    turn();
    const direction = downhill(gradient, moves, changes);
    const slope = dot(direction, gradient);
    if (slope > -1e-9 * Math.max(1, Math.abs(value))) return;
    let length = moves.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(size);
    const nextGradient = new Float64Array(size);
    let nextValue = Infinity;
    for (let trial = 0; trial < 30; trial += 1, length /= 2) {
      for (let index = 0; index < size; index += 1) next[index] = point[index]! + length * direction[index]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
    }
    if (!(nextValue < value)) return;
    const gained = value - nextValue;
    const move = new Float64Array(size);
    const change = new Float64Array(size);
    for (let index = 0; index < size; index += 1) {
      move[index] = next[index]! - point[index]!;
      change[index] = nextGradient[index]! - gradient[index]!;
    }
    if (dot(move, change) > 1e-12) {
      moves.push(move);
      changes.push(change);
      if (moves.length > memory) {
        moves.shift();
        changes.shift();
      }
    }
    point.set(next);
    gradient = nextGradient;
    value = nextValue;
    if (gained < 1e-6 * Math.max(1, Math.abs(value))) return;
  }
}

function downhill(gradient: Float64Array, moves: Float64Array[], changes: Float64Array[]): Float64Array {
  const direction = gradient.map((each) => -each);
  const factors = new Float64Array(moves.length);
  for (let index = moves.length - 1; index >= 0; index -= 1) {
    factors[index] = dot(moves[index]!, direction) / dot(moves[index]!, changes[index]!);
    addTimes(direction, changes[index]!, -factors[index]!);
  }
  const last = moves.length - 1;
  if (last >= 0) {
    const scale = dot(moves[last]!, changes[last]!) / dot(changes[last]!, changes[last]!);
    for (let index = 0; index < direction.length; index += 1) direction[index]! *= scale;
  }
  for (let index = 0; index < moves.length; index += 1) {
    const back = dot(changes[index]!, direction) / dot(moves[index]!, changes[index]!);
    addTimes(direction, moves[index]!, factors[index]! - back);
  }
  return direction;
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) sum += one[index]! * other[index]!;
  return sum;
}

function addTimes(to: Float64Array, what: Float64Array, times: number): void {
  for (let index = 0; index < to.length; index += 1) to[index]! += times * what[index]!;
}
