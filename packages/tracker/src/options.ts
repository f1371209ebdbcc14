/** Whether the visitor allows what the tag does: to keep an id in the browser and to tell Coterie what they do. */
export type Consent = 'granted' | 'denied';

/** What the tag may be told when it is loaded. On the script element: `data-cookie-domain="…"`. */
export interface Options {
  /**
   * The origin of Coterie, such as `https://audience.example.com`, without a slash at the end. Default: where the script
   * came from; for the module, the page's own origin.
   */
  host?: string;
  /** What holds until `consent()` is called. Default: `granted`. */
  consent?: Consent;
  /** Whether page views are told on load and whenever the path changes. Default: true. */
  pageViews?: boolean;
  /** Whether submitted forms are told. Default: true. */
  forms?: boolean;
  /** Whether clicks on elements with `data-coterie-event` are told. Default: true. */
  clicks?: boolean;
  /** Whether Do-Not-Track and Global Privacy Control are a denial that nothing overrules. Default: true. */
  privacySignals?: boolean;
  /** The domain of the cookie. Default: the widest that the browser allows, so that subdomains know one visitor. */
  cookieDomain?: string;
  /** How many days after the last visit the visitor is forgotten. Default: 365. */
  expiryDays?: number;
}

/** The options of this page. */
export const settings: Options & { writeKey?: string } = {};
