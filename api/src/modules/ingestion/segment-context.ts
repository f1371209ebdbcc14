import { textFault } from '../attributes/index.js';
import { asObject, type JsonObject } from './json-object.js';
import { urlPath } from './url-path.js';

/**
 * What Coterie keeps of a message's context, Segment's word for the circumstances: the campaign and the page of the
 * visit, the language and the time zone. Addresses (`ip`), browsers (`userAgent`) and devices are not kept: they are
 * personal data that no audience needs.
 */
export interface Circumstances {
  /** For the event, below its own properties: `utm_source` and the like, and the page's `path`, `title` and `referrer`. */
  properties: JsonObject;
  /** For an identify call, below its own traits. */
  traits: JsonObject;
  /** How the contact came to be known, for one of whom that is not known: attributes. */
  firstTouch: Record<string, string> | undefined;
}

/** The parts of a campaign, by the names under which links carry them. */
const campaignParts = {
  source: 'utm_source',
  medium: 'utm_medium',
  name: 'utm_campaign',
  term: 'utm_term',
  content: 'utm_content',
} as const;

/** Those that are attributes of the standard set. */
const touchKeys = ['utm_source', 'utm_medium', 'utm_campaign'] as const;

/** Reads a context. What is not a text of reasonable length in it is left out. */
export function circumstancesOf(context: JsonObject): Circumstances {
  const campaign = campaignOf(asObject(context['campaign']));
  const { locale, timezone } = context;
  const touched = touchKeys.filter((key) => key in campaign);
  return {
    properties: { ...campaign, ...pageOf(asObject(context['page'])) },
    traits: { ...asObject(context['traits']), ...texts({ locale, timezone }) },
    firstTouch:
      touched.length > 0 ? Object.fromEntries(touched.map((key) => [key, campaign[key]!])) : undefined,
  };
}

function campaignOf(campaign: JsonObject): Record<string, string> {
  const named = Object.entries(campaignParts).map(([part, key]) => [key, campaign[part]]);
  return texts(Object.fromEntries(named) as JsonObject);
}

function pageOf({ path, url, title, referrer }: JsonObject): Record<string, string> {
  return texts({ path: urlPath(path) ?? urlPath(url), title, referrer: withoutQuery(referrer) });
}

/** Whoever led here may have put anything into the query of the address: search words, names, addresses. */
function withoutQuery(address: unknown): string | undefined {
  return typeof address === 'string' ? address.replace(/[?#].*$/su, '') : undefined;
}

/** The members that are texts which can be kept. */
function texts(members: JsonObject): Record<string, string> {
  const kept = Object.entries(members).filter(
    (member): member is [string, string] =>
      typeof member[1] === 'string' && member[1].trim() !== '' && textFault(member[1]) === undefined,
  );
  return Object.fromEntries(kept);
}
