import { createHash } from 'node:crypto';
import { z } from 'zod';
import { callPlatform, excerpt, readAnswer } from './call-platform.js';
import { DestinationFailure, type Outside } from './destination.js';

/** What an access token is asked for with (OAuth 2.0, RFC 6749, section 6). */
export interface Refreshing {
  /** Of the platform. */
  label: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  scope?: string;
  outside: Pick<Outside, 'ask'>;
  signal: AbortSignal;
}

/** Access tokens of this process by a digest of what they were got with, so that no secret is a key of a map. */
const known = new Map<string, { token: string; until: number }>();

/** Milliseconds before its end at which a token is not used any more: the call still has to get there. */
const margin = 60_000;

/** An access token that is good for a call. Throws {@link DestinationFailure} `credentials` when there is none to be had. */
export async function accessToken(refreshing: Refreshing): Promise<string> {
  const { label, tokenUrl, clientId, clientSecret, refreshToken, scope, outside, signal } = refreshing;
  const parts = [tokenUrl, clientId, clientSecret, refreshToken, scope ?? ''];
  const key = createHash('sha256').update(JSON.stringify(parts)).digest('base64');
  const kept = known.get(key);
  if (kept && kept.until > Date.now()) return kept.token;
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
    ...(scope && { scope }),
  });
  const { status, body } = await callPlatform({
    label,
    method: 'POST',
    url: tokenUrl,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    outside,
    signal,
  });
  if (status >= 400) throw refusal(label, body);
  const schema = z.object({ access_token: z.string(), expires_in: z.coerce.number().default(3600) });
  const { access_token: token, expires_in: seconds } = readAnswer(label, schema, body);
  if (known.size >= 1000) known.clear();
  known.set(key, { token, until: Date.now() + seconds * 1000 - margin });
  return token;
}

/** Forgets the tokens of this process: a platform may take one back before its time. */
export function forgetAccessTokens(): void {
  known.clear();
}

function refusal(label: string, body: unknown): DestinationFailure {
  const said = z.object({ error: z.string(), error_description: z.string().optional() }).safeParse(body);
  const { error = '', error_description: description } = said.data ?? {};
  if (error === 'invalid_client')
    return new DestinationFailure('credentials', `${label} does not know the client id and client secret.`);
  if (error === 'invalid_grant')
    return new DestinationFailure(
      'credentials',
      `${label} does not accept the refresh token (any more). Sign in there again and enter the new one.`,
    );
  return new DestinationFailure(
    'credentials',
    `${label} hands out no access token: ${excerpt(description ?? error) || 'it does not say why'}`,
  );
}
