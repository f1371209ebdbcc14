/** What all keys of the tag begin with. */
export const prefix = 'coterie:';

/** What `localStorage` does not take, because it is blocked or full, lives here for as long as the page does. */
const memory: Record<string, string> = {};

/** The value, or undefined where it cannot be had: browsers throw where storage is blocked. */
export function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** What is kept under a key. */
export function get(key: string): string | null | undefined {
  return memory[key] ?? attempt(() => localStorage.getItem(key));
}

/** Keeps a text beyond the page if the browser allows it, else for the page. */
export function set(key: string, value: string): void {
  memory[key] = value;
  attempt(() => {
    localStorage.setItem(key, value);
    delete memory[key];
  });
}

/** Removes what is kept under a key. */
export function remove(key: string): void {
  delete memory[key];
  attempt(() => localStorage.removeItem(key));
}

/** The keys that begin so, in order. */
export function keysFrom(start: string): string[] {
  return Object.keys({ ...memory, ...attempt(() => localStorage) })
    .filter((key) => key.startsWith(start))
    .sort();
}
