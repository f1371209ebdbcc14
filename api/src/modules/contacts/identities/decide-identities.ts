import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../../platform/errors.js';
import { textFault } from '../../attributes/index.js';
import { normaliseIdentity } from '../../consent/index.js';
import { saveDecisions } from './blocked-identity.repository.js';
import { policyKey } from './identity-policy.repository.js';

/** Identities that one call may decide about. */
export const mostDecisions = 1_000;

/** What somebody decides about identities. */
export interface Decision {
  /** False: they are fine, and are not blocked by themselves again. */
  blocked: boolean;
  kind: IdentityKind;
  values: readonly string[];
  note?: string | null;
}

/** What became of one value. */
export interface DecisionResult {
  /** As it was given. */
  value: string;
  changed: boolean;
  error: Problem | null;
}

/** Blocks identities or says that they are fine; a result for each value. */
export async function decideIdentities(
  tx: WorkspaceTransaction,
  { blocked, kind, values, note }: Decision,
  { by, now, defaultCountry }: { by: string; now: Date; defaultCountry: string | null },
): Promise<DecisionResult[]> {
  if (values.length > mostDecisions) {
    const message = `At most ${mostDecisions} values can be given at once.`;
    throw new Failure('TOO_LARGE', message, { path: 'input.values' });
  }
  const fault = note ? textFault(note) : undefined;
  if (fault) throw new Failure('INVALID_INPUT', `The note ${fault}`, { path: 'input.note' });
  const identities = values.map((value) => normaliseIdentity(kind, value, defaultCountry));
  const changed = await saveDecisions(
    tx,
    identities.filter((identity) => typeof identity !== 'string'),
    { blocked, note: note?.trim() || null, decidedBy: by, decidedAt: now },
  );
  const pending = new Set(changed.map(policyKey));
  return identities.map((identity, index) => {
    const value = values[index]!;
    // Of a value that is given twice, the first mention did it.
    if (typeof identity !== 'string')
      return { value, changed: pending.delete(policyKey(identity)), error: null };
    const path = `input.values[${index}]`;
    return {
      value,
      changed: false,
      error: { code: 'INVALID_INPUT', path, message: `The value ${identity}` },
    };
  });
}
