import type { Channel } from '@coterie/rules';
import { noContact, type WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { textFault } from '../attributes/index.js';
import { normaliseIdentity } from './normalise-identity.js';
import { deleteSuppressions, insertSuppressions, type SuppressionKey } from './suppression.repository.js';
import type { SuppressibleKind } from './suppression.js';

/** Identities that one call may suppress. */
export const mostSuppressions = 1_000;

/** Identities to be suppressed, or no longer. */
export interface SuppressionChange {
  channels: readonly Channel[];
  kind: SuppressibleKind;
  values: readonly string[];
}

/** What became of one value. */
export interface SuppressionResult {
  /** As it was given. */
  value: string;
  /** Whether anything is different for it on any of the channels. */
  changed: boolean;
  error: Problem | null;
}

/** Suppresses identities, known ones or not; a result for each value. */
export async function addSuppressions(
  tx: WorkspaceTransaction,
  change: SuppressionChange & { reason?: string | null },
  settings: { defaultCountry: string | null; now: Date },
): Promise<SuppressionResult[]> {
  const reason = change.reason?.trim() || 'requested';
  const fault = textFault(reason);
  if (fault) throw new Failure('INVALID_INPUT', `The reason ${fault}`, { path: 'input.reason' });
  return applyChange(tx, change, settings.defaultCountry, (keys) =>
    insertSuppressions(
      tx,
      keys.map((key) => ({ ...key, reason, createdAt: settings.now })),
    ),
  );
}

/** Lifts suppressions; a result for each value. */
export async function removeSuppressions(
  tx: WorkspaceTransaction,
  change: SuppressionChange,
  settings: { defaultCountry: string | null },
): Promise<SuppressionResult[]> {
  return applyChange(tx, change, settings.defaultCountry, (keys) => deleteSuppressions(tx, keys));
}

async function applyChange(
  tx: WorkspaceTransaction,
  { channels, kind, values }: SuppressionChange,
  defaultCountry: string | null,
  write: (keys: SuppressionKey[]) => Promise<SuppressionKey[]>,
): Promise<SuppressionResult[]> {
  if (values.length > mostSuppressions) {
    throw new Failure('TOO_LARGE', `At most ${mostSuppressions} values can be given at once.`, {
      path: 'input.values',
    });
  }
  if (channels.length === 0) {
    throw new Failure('INVALID_INPUT', 'Name at least one channel.', { path: 'input.channels' });
  }
  const identities = values.map((value) => normaliseIdentity(kind, value, defaultCountry));
  const normalised = new Set(
    identities.flatMap((identity) => (typeof identity === 'string' ? [] : [identity.value])),
  );
  // In one order for everybody, so that two calls never wait for each other in a circle.
  const sorted = [...normalised].sort();
  const keys = [...new Set(channels)]
    .sort()
    .flatMap((channel) => sorted.map((value) => ({ channel, kind, value })));
  const written = keys.length > 0 ? await write(keys) : [];
  for (const { channel } of written) tx.changed(noContact, `suppression:${channel}`);
  return report(values, identities, new Set(written.map((key) => key.value)));
}

function report(
  values: readonly string[],
  identities: readonly ReturnType<typeof normaliseIdentity>[],
  changed: Set<string>,
): SuppressionResult[] {
  return values.map((value, index) => {
    const identity = identities[index]!;
    if (typeof identity !== 'string') return { value, changed: changed.has(identity.value), error: null };
    const message = `The value ${identity}`;
    return {
      value,
      changed: false,
      error: { code: 'INVALID_INPUT', path: `input.values[${index}]`, message },
    };
  });
}
