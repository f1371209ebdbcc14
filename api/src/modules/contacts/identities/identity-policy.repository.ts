import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Identity } from '../../consent/index.js';
import { defaultIdentitySettings, type IdentitySettings } from './identity-settings.js';

/** What a workspace decided about recognising contacts, as far as a batch is concerned. */
export interface IdentityPolicy {
  settings: IdentitySettings;
  /** Whether an identity is blocked, for those of the batch that it was decided for; by {@link policyKey}. */
  decisions: Map<string, boolean>;
}

/** What {@link IdentityPolicy.decisions} are found by. */
export function policyKey({ kind, value }: Pick<Identity, 'kind' | 'value'>): string {
  return `${kind} ${value}`;
}

interface PolicyRow {
  settings: IdentitySettings | null;
  decisions: [kind: IdentityKind, value: string, blocked: boolean][] | null;
}

/** Reads the settings, and what was decided about these identities, in one statement. */
export async function identityPolicy(
  tx: WorkspaceTransaction,
  identities: readonly Pick<Identity, 'kind' | 'value'>[],
): Promise<IdentityPolicy> {
  const [row] = await tx.query<PolicyRow>(
    `select
       (select json_build_object('mergeOn', merge_on, 'contactLimit', contact_limit, 'deviceLimit', device_limit)
        from identity_settings) as settings,
       (select json_agg(json_build_array(known.kind, known.value, known.blocked))
        from unnest($1::text[], $2::text[]) as given (kind, value)
        join blocked_identities as known on known.kind = given.kind and known.value = given.value) as decisions`,
    [identities.map((identity) => identity.kind), identities.map((identity) => identity.value)],
  );
  return {
    settings: row!.settings ?? defaultIdentitySettings,
    decisions: new Map(
      (row!.decisions ?? []).map(([kind, value, blocked]) => [policyKey({ kind, value }), blocked]),
    ),
  };
}

/** Stores the settings. */
export async function saveIdentitySettings(
  tx: WorkspaceTransaction,
  { mergeOn, contactLimit, deviceLimit }: IdentitySettings,
): Promise<void> {
  await tx.query(
    `insert into identity_settings (workspace_id, merge_on, contact_limit, device_limit) values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set
       merge_on = excluded.merge_on, contact_limit = excluded.contact_limit, device_limit = excluded.device_limit`,
    [tx.workspaceId, mergeOn, contactLimit, deviceLimit],
  );
}
