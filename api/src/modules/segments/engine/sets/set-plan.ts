import { Parameters, type Statement } from '../sql.js';

/**
 * How the contacts that a leaf holds for are found as a set: by statements that read an index from one place on, instead
 * of asking about each contact as the truth does.
 */
export type SetPlan =
  /** One column of ordinals, in any order, each as often as it likes. */
  | { ordinals: Statement }
  /** Everybody but these. */
  | { without: SetPlan }
  /** Whoever is in all of them. */
  | { each: readonly SetPlan[] };

/** What is relative to now is relative to its minute; the zone is the workspace's, an IANA name. */
export interface Moment {
  now: Date;
  timeZone: string;
}

/** What a statement is compiled with: its own parameters. */
export interface SetScope extends Moment {
  parameters: Parameters;
  segmentTable: ReadonlyMap<string, string>;
}

const noSegments: ReadonlyMap<string, string> = new Map();

/** The set of the ordinals that a statement gives. */
export function select(moment: Moment, write: (scope: SetScope) => string): SetPlan {
  const parameters = new Parameters();
  const text = write({ ...moment, parameters, segmentTable: noSegments });
  return { ordinals: { text, values: parameters.values } };
}
