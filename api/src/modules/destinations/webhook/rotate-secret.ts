import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure } from '../../../platform/errors.js';
import type { Services } from '../../../platform/module.js';
import { unseal } from '../connect.js';
import {
  placeOfCredentials,
  requireDestination,
  updateDestination,
  type StoredDestination,
} from '../destination.repository.js';
import { webhookCredentials } from './settings.js';
import { newSigningSecret, rotated } from './signing.js';

/** Hours for which both secrets may sign. */
export const longestOverlap = 7 * 24;

/**
 * Makes another signing secret for a webhook; the one before signs as well for so many hours. Throws NOT_FOUND,
 * INVALID_INPUT.
 * @returns the webhook, and the new secret, which is shown this once.
 */
export async function rotateSecret(
  tx: WorkspaceTransaction,
  { secrets, clock }: Pick<Services, 'secrets' | 'clock'>,
  { id, overlapHours }: { id: string; overlapHours: number },
): Promise<{ destination: StoredDestination; secret: string }> {
  if (overlapHours < 0 || overlapHours > longestOverlap)
    throw new Failure('INVALID_INPUT', `Both secrets sign for 0 to ${longestOverlap} hours.`, {
      path: 'input.overlapHours',
    });
  const stored = await requireDestination(tx, id, 'input.id', 'for no key update');
  if (stored.kind !== 'webhook')
    throw new Failure('INVALID_INPUT', `${stored.name} is no webhook.`, { path: 'input.id' });
  const now = clock.now();
  const secret = newSigningSecret();
  const before = webhookCredentials.parse(unseal(secrets, tx.workspaceId, stored));
  const until = new Date(now.getTime() + overlapHours * 60 * 60 * 1000);
  const credentials = secrets.seal(
    JSON.stringify(rotated(before, secret, until)),
    placeOfCredentials(tx.workspaceId, id),
  );
  const destination = { ...stored, credentials, updatedAt: now };
  await updateDestination(tx, destination);
  return { destination, secret };
}
