import { platforms, type PlatformId } from '@coterie/ad-formats';

/** Characters that some file system refuses, or that have no picture. */
const unfit = /[\p{C}\\/:*?"<>|]+/gu;

/** A name that every file system takes, such as `Pricing visitors - Meta.csv`. @param name what it is called after. */
export function fileName(name: string, platform: PlatformId): string {
  const clean = name
    .replaceAll(unfit, ' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^[\s.]+/, '');
  const short = Array.from(clean).slice(0, 100).join('').trim();
  return [short, `${platforms[platform].label}.csv`].filter(Boolean).join(' - ');
}
