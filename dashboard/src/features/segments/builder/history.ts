/** What was, what is, and what was undone. */
export interface History<State> {
  past: readonly State[];
  present: State;
  future: readonly State[];
  /** What the last change was to; the next one to the same thing, soon after, is undone together with it. */
  last: { key: string; at: number } | undefined;
}

/** How many steps can be undone. */
const longest = 200;
/** Changes to the same thing that follow each other this closely are one, in milliseconds. */
const together = 1_000;

export function startHistory<State>(present: State): History<State> {
  return { past: [], present, future: [], last: undefined };
}

/**
 * Goes on from the present.
 * @param key names what is changed, such as one field; absent for changes that stand for themselves.
 */
export function record<State>(
  history: History<State>,
  present: State,
  now: number,
  key?: string,
): History<State> {
  const { past, last } = history;
  const goesOn = key !== undefined && last?.key === key && now - last.at < together && past.length > 0;
  return {
    past: goesOn ? past : [...past, history.present].slice(-longest),
    present,
    future: [],
    last: key === undefined ? undefined : { key, at: now },
  };
}

export function undo<State>(history: History<State>): History<State> {
  const { past, present, future } = history;
  if (past.length === 0) return history;
  return {
    past: past.slice(0, -1),
    present: past.at(-1) as State,
    future: [present, ...future],
    last: undefined,
  };
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (history.future.length === 0) return history;
  return { past: [...history.past, history.present], present: next as State, future, last: undefined };
}
