import { settings } from './options.js';
import { attempt } from './storage.js';

const name = 'coterie_id';

function write(name: string, value: string, seconds: number, domain: string): void {
  const secure = location.protocol === 'https:' ? ';secure' : '';
  attempt(() => {
    document.cookie = `${name}=${value};path=/;max-age=${seconds};samesite=lax;domain=${domain}${secure}`;
  });
}

function read(name: string): string | undefined {
  return attempt(() => document.cookie.match(`(?:^|; )${name}=([^;]+)`)?.[1]);
}

/** The first-party cookie with the anonymous id: what subdomains and the site's own server share with the page. */
export const readId = (): string | undefined => read(name);

/** Keeps the id for so many days; 0 removes it. */
export function writeId(id: string, days: number): void {
  write(name, id, Math.ceil(days * 86_400), siteDomain());
}

let widest: string | undefined;

/**
 * The widest domain for which the browser takes a cookie, empty for an address or a name without dots. It refuses `com`
 * and `co.uk`, so the first that it takes, from the right, is the site's.
 */
export function siteDomain(): string {
  return settings.cookieDomain ?? (widest ??= findWidest());
}

function findWidest(): string {
  const labels = location.hostname.split('.');
  const probe = `${name}_probe`;
  for (let start = labels.length - 2; start >= 0; start -= 1) {
    const domain = labels.slice(start).join('.');
    write(probe, '1', 9, domain);
    const isTaken = read(probe);
    write(probe, '', 0, domain);
    if (isTaken) return domain;
  }
  return '';
}
