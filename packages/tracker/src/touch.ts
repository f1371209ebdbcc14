/** What brought somebody to the site, in the words of Segment's `context.campaign`. */
export type Campaign = Record<string, string>;

/** The parts of a page's address. */
export type Address = Pick<URL, 'hash' | 'pathname' | 'search'>;

/** The parts of a campaign by the names under which links carry them. */
const parts = {
  utm_source: 'source',
  utm_medium: 'medium',
  utm_campaign: 'name',
  utm_term: 'term',
  utm_content: 'content',
};

/**
 * What a visit came from: the campaign in the page's address, else the site that led here, as a campaign whose source is
 * its host and whose medium is `referral`. Undefined when somebody came by themselves or from the site's own pages.
 * @param site a domain: it and all below it are the site.
 */
export function touchOf({ search }: Address, referrer: string, site: string): Campaign | undefined {
  const campaign: Campaign = {};
  const query = new URLSearchParams(search);
  for (const [key, part] of Object.entries(parts)) {
    const value = query.get(key);
    if (value) campaign[part] = value.slice(0, 200);
  }
  if (!isEmpty(campaign)) return campaign;
  const host = /^https?:\/\/([^/:?#]+)/.exec(referrer)?.[1];
  return host && !`.${host}`.endsWith(`.${site}`) ? { source: host, medium: 'referral' } : undefined;
}

/**
 * The path of a page. A fragment that a router uses as an address (`#/pricing`, `#!/pricing`) is part of it; one that
 * points to a place on the page is not, and neither is any query.
 */
export function pathOf({ pathname, hash }: Address): string {
  const route = /^#!?(\/[^?]*)/.exec(hash);
  return route ? pathname.replace(/\/$/, '') + route[1] : pathname;
}

/** Without query and fragment, which may hold what is nobody's business. */
export function plainUrl(address: string): string {
  return address.replace(/[?#].*/s, '');
}

/** Whether an object has no members. */
export const isEmpty = (object: object): boolean => Object.keys(object).length === 0;
