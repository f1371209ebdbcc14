import { createHash } from 'node:crypto';

/** Whether a contact is one of the per cent with whom nothing is done: always the same ones in one automation. */
export function isHeldOut(automationId: string, contactId: string, percent: number): boolean {
  if (percent <= 0) return false;
  const digest = createHash('sha256').update(`${automationId} ${contactId}`).digest();
  return (digest.readUInt32BE() / 2 ** 32) * 100 < percent;
}
