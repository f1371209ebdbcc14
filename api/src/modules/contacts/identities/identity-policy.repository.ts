import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Identity } from '../../consent/index.js';
import { defaultIdentitySettings, type IdentitySettings } from './identity-settings.js';

/** What a workspace decided about recognising contacts, as far as a batch is concerned. */
export interface IdentityPolicy {
  settings: IdentitySettings;
  /** Whether an identity is blocked, for those of the batch that it was decided for; by {@link policyKey}. */
  decisions: Map<string, boolean>;
  /** What erased identities are hashed under; undefined when nobody was ever erased. */
  erasureKey: Buffer | undefined;
}

/** What {@link IdentityPolicy.decisions} are found by. */
export function policyKey({ kind, value }: Pick<Identity, 'kind' | 'value'>): string {
  return `${kind} ${value}`;
}

interface PolicyRow {
  settings: IdentitySettings | null;
  decisions: [kind: IdentityKind, value: string, blocked: boolean][] | null;
  erasureKey: Buffer | null;
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
        join blocked_identities as known on known.kind = given.kind and known.value = given.value) as decisions,
       (select key from erasure_keys) as "erasureKey"`,
    [identities.map((identity) => identity.kind), identities.map((identity) => identity.value)],
  );
  return {
    settings: row!.settings ?? defaultIdentitySettings,
    decisions: new Map(
      (row!.decisions ?? []).map(([kind, value, blocked]) => [policyKey({ kind, value }), blocked]),
    ),
    erasureKey: row!.erasureKey ?? undefined,
  };
}

/** Stores settings, those that are not given as they were; gives all of them. */
export async function saveIdentitySettings(
  tx: WorkspaceTransaction,
  { mergeOn, contactLimit, deviceLimit }: Partial<IdentitySettings>,
): Promise<IdentitySettings> {
  // In one statement, so that of two changes at once neither is lost.
  const rows = await tx.query<IdentitySettings>(
    `insert into identity_settings as known (workspace_id, merge_on, contact_limit, device_limit)
     values ($1, coalesce($2::text[], $5), coalesce($3::int, $6), coalesce($4::int, $7))
     on conflict (workspace_id) do update set
       merge_on = coalesce($2, known.merge_on), contact_limit = coalesce($3, known.contact_limit),
       device_limit = coalesce($4, known.device_limit)
     returning merge_on as "mergeOn", contact_limit as "contactLimit", device_limit as "deviceLimit"`,
    [
      tx.workspaceId,
      mergeOn ?? null,
      contactLimit ?? null,
      deviceLimit ?? null,
      defaultIdentitySettings.mergeOn,
      defaultIdentitySettings.contactLimit,
      defaultIdentitySettings.deviceLimit,
    ],
  );
  return rows[0]!;
}
