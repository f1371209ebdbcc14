/** Characters that some file system refuses, or that have no picture. */
const unfit = /[\p{C}\\/:*?"<>|]+/gu;

/**
 * A name that every file system takes, such as `Pricing visitors - Meta.csv`.
 * @param name what the file is called after.
 * @param kind what it ends in, and what it is called where nothing is left of the name: `Meta.csv`.
 */
export function fileName(name: string, kind: string): string {
  const clean = name
    .replaceAll(unfit, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[\s.]+/, '');
  const short = Array.from(clean).slice(0, 100).join('').trim();
  return [short, kind].filter(Boolean).join(' - ');
}
