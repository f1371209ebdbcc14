/** Tells the time. Passed in, so that a test can move it across a window's edge. */
export interface Clock {
  now(): Date;
}

/** A day in milliseconds. */
export const day = 24 * 60 * 60 * 1000;

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };
