/**
 * The path of an address, as the target of a page view: without origin, query string, fragment and closing slash, so
 * that `https://example.com/pricing/?utm_source=x`, `/pricing/` and `/pricing` are one page.
 * @param address an absolute URL or a path. Null when it is neither.
 */
export function urlPath(address: unknown): string | null {
  if (typeof address !== 'string') return null;
  const path = pathOf(address.trim());
  if (path === null) return null;
  const open = readable(path).replace(/\/+$/u, '');
  return open === '' ? '/' : open;
}

function pathOf(address: string): string | null {
  if (address.startsWith('/')) return address.replace(/[?#].*$/su, '');
  const url = URL.parse(address);
  return url && /^https?:$/u.test(url.protocol) ? url.pathname : null;
}

/** As people write it: `/größe`, not `/gr%C3%B6%C3%9Fe`. What does not decode to plain text stays as it is. */
function readable(path: string): string {
  try {
    const text = decodeURI(path);
    return /\p{Cc}/u.test(text) ? path : text;
  } catch {
    return path;
  }
}
