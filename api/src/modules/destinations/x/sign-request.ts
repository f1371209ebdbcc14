import { createHmac, randomBytes } from 'node:crypto';

/** What an application and a user of X are known by (OAuth 1.0a). */
export interface OauthCredentials {
  consumerKey: string;
  consumerSecret: string;
  accessToken: string;
  accessTokenSecret: string;
}

/**
 * The header of a request that is signed by OAuth 1.0a with HMAC-SHA1 (RFC 5849). A body in JSON is no part of what is
 * signed; parameters of the address are.
 * @param form what else is signed: the fields of a body that is a form.
 */
export function authorizationHeader(
  { method, url }: { method: string; url: URL },
  { consumerKey, consumerSecret, accessToken, accessTokenSecret }: OauthCredentials,
  {
    nonce = randomBytes(16).toString('hex'),
    seconds = Math.floor(Date.now() / 1000),
    form = {},
  }: { nonce?: string; seconds?: number; form?: Record<string, string> } = {},
): string {
  const oauth: Record<string, string> = {
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(seconds),
    oauth_token: accessToken,
    oauth_version: '1.0',
  };
  const signed = [...url.searchParams, ...Object.entries(form), ...Object.entries(oauth)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted()
    .join('&');
  const base = [method.toUpperCase(), `${url.origin}${url.pathname}`, signed].map(encode).join('&');
  const key = `${encode(consumerSecret)}&${encode(accessTokenSecret)}`;
  const signature = createHmac('sha1', key).update(base).digest('base64');
  const parts = Object.entries({ ...oauth, oauth_signature: signature });
  return `OAuth ${parts.map(([name, value]) => `${encode(name)}="${encode(value)}"`).join(', ')}`;
}

/** RFC 3986: more is escaped than encodeURIComponent does. */
function encode(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
