import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '../../platform/ids.js';

/** What a token is for: one that was made for one thing is worth nothing for the other. */
type Purpose = 'fill' | 'confirm';

function sign(secret: Buffer, purpose: Purpose, payload: string): string {
  const signature = createHmac('sha256', secret).update(`${purpose}.${payload}`).digest('base64url');
  return `${payload}.${signature}`;
}

/** The payload of a token that we have signed; undefined for any other. */
function verify(secret: Buffer, purpose: Purpose, token: string): string | undefined {
  const payload = token.slice(0, token.lastIndexOf('.'));
  const [given, right] = [Buffer.from(token), Buffer.from(sign(secret, purpose, payload))];
  return given.length === right.length && timingSafeEqual(given, right) ? payload : undefined;
}

/** Says when somebody began to fill a form in. */
export function fillToken(secret: Buffer, begun: Date): string {
  return sign(secret, 'fill', begun.getTime().toString(36));
}

/** When whoever shows this began; undefined when it is not ours. */
export function readFillToken(secret: Buffer, token: string): Date | undefined {
  const payload = verify(secret, 'fill', token);
  return payload === undefined ? undefined : new Date(Number.parseInt(payload, 36));
}

/** What a link in a mail confirms, and until when it works. */
export interface Confirmation {
  submissionId: string;
  expiresAt: Date;
}

/** The part of the link that nobody else can make. */
export function confirmationToken(secret: Buffer, { submissionId, expiresAt }: Confirmation): string {
  return sign(secret, 'confirm', `${submissionId}~${expiresAt.getTime().toString(36)}`);
}

/** What such a part confirms; undefined when it is not ours. */
export function readConfirmationToken(secret: Buffer, token: string): Confirmation | undefined {
  const [submissionId = '', expiresAt = ''] = verify(secret, 'confirm', token)?.split('~') ?? [];
  return isId(submissionId)
    ? { submissionId, expiresAt: new Date(Number.parseInt(expiresAt, 36)) }
    : undefined;
}
