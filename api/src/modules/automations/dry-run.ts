import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { channelOf, type Automation } from './automation.js';
import { isHeldOut } from './hold-out.js';
import { setOffSince, standingsOf } from './dry-run.repository.js';

/** What an automation would have done. */
export interface DryRun {
  days: number;
  contacts: number;
  heldOut: number;
  withoutConsent: number;
  suppressed: number;
  withoutAddress: number;
  reached: number;
}

/**
 * What an automation would have done about what has happened in its segment, once for each contact. Consents, suppressions
 * and addresses are those of now. Of several channels, whoever is kept from one is counted as kept.
 */
export async function dryRun(
  tx: WorkspaceTransaction,
  automation: Automation,
  { days, now }: { days: number; now: Date },
): Promise<DryRun> {
  const since = new Date(now.getTime() - days * 86_400_000);
  const contactIds = await setOffSince(tx, automation, since);
  const isOut = (id: string): boolean => isHeldOut(automation.id, id, automation.guards.holdOut);
  const left = contactIds.filter((id) => !isOut(id));
  const channels = [...new Set(automation.actions.flatMap((action) => channelOf(action) ?? []))];
  const needsAddress = automation.actions.some(({ kind }) => kind === 'email');
  const counts = await standingsOf(tx, left, channels, needsAddress);
  return { days, contacts: contactIds.length, heldOut: contactIds.length - left.length, ...counts };
}
