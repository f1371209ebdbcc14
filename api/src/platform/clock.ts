/** Tells the time. Passed in, so that a test can move it across a window's edge. */
export interface Clock {
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
