import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { hashToken, newKey, newToken } from '../../api/src/modules/access/secrets.js';
import { placeOfCredentials } from '../../api/src/modules/destinations/destination.repository.js';
import { noProgress } from '../../api/src/modules/imports/import.js';
import { roles, scopes as allScopes, type Role, type Scope } from '../../api/src/platform/context.js';
import { createSecretBox } from '../../api/src/platform/secret-box.js';
import { testSecretKey } from '../support/app.js';

/** Whoever sends a request: the header that says so. */
export interface Caller {
  headers: Record<string, string>;
}

/**
 * A tenant with at least one row in every table. Each text that it holds carries its canary, which nobody else ever
 * sends: wherever a stranger reads it, isolation is broken. Only what a stranger may send to ask for something, such as
 * an e-mail address, is made from the handle instead: an answer may repeat it.
 */
export interface Tenant {
  canary: string;
  handle: string;
  workspaceId: string;
  organizationId: string;
  userId: string;
  memberId: string;
  contactId: string;
  otherContactId: string;
  /** Of a contact that became part of the first one. */
  mergeId: string;
  conflictId: string;
  companyId: string;
  segmentId: string;
  spareSegmentId: string;
  archivedSegmentId: string;
  listId: string;
  audienceId: string;
  archivedAudienceId: string;
  destinationId: string;
  /** Which nothing uses. */
  spareDestinationId: string;
  automationId: string;
  blueprintId: string;
  automationRunId: string;
  followUpId: string;
  webhookId: string;
  webhookDeliveryId: string;
  /** Of the archived audience, under way. */
  audienceSyncId: string;
  seedListId: string;
  archivedSeedListId: string;
  lookalikeId: string;
  formId: string;
  archivedFormId: string;
  emailSourceId: string;
  importId: string;
  rehearsedImportId: string;
  importMappingId: string;
  quarantinedId: string;
  apiKeyId: string;
  invitationId: string;
  privacyRequestId: string;
  accessRequestId: string;
  /** The e-mail address as files for ad platforms hold it. */
  emailHash: string;
  /** What was given to contacts, companies and attributes, to be asked for by it. */
  email: string;
  /** Of somebody who was erased. */
  erasedEmail: string;
  externalId: string;
  domain: string;
  companyExternalId: string;
  attributeKey: string;
  archivedAttributeKey: string;
}

/** A tenant that does not exist: ids and names as a random guess has them. */
export function imagineTenant(): Tenant {
  const id = randomUUID;
  const handle = `handle${randomBytes(6).toString('hex')}`;
  const email = `${handle}@example.com`;
  return {
    canary: `canary${randomBytes(6).toString('hex')}`,
    handle,
    workspaceId: id(),
    organizationId: id(),
    userId: id(),
    memberId: id(),
    contactId: id(),
    otherContactId: id(),
    mergeId: id(),
    conflictId: id(),
    companyId: id(),
    segmentId: id(),
    spareSegmentId: id(),
    archivedSegmentId: id(),
    listId: id(),
    audienceId: id(),
    archivedAudienceId: id(),
    destinationId: id(),
    spareDestinationId: id(),
    blueprintId: id(),
    automationId: id(),
    automationRunId: id(),
    followUpId: id(),
    webhookId: id(),
    webhookDeliveryId: id(),
    audienceSyncId: id(),
    seedListId: id(),
    archivedSeedListId: id(),
    lookalikeId: id(),
    formId: id(),
    archivedFormId: id(),
    emailSourceId: id(),
    importId: id(),
    rehearsedImportId: id(),
    importMappingId: id(),
    quarantinedId: id(),
    apiKeyId: id(),
    invitationId: id(),
    privacyRequestId: id(),
    accessRequestId: id(),
    email,
    erasedEmail: `gone-${email}`,
    emailHash: createHash('sha256').update(email).digest('hex'),
    externalId: `${handle}-1`,
    domain: `${handle}.example`,
    companyExternalId: `${handle}-c`,
    attributeKey: `${handle}_level`,
    archivedAttributeKey: `${handle}_old`,
  };
}

/** The names of a tenant's ids. */
export const idNames = Object.keys(imagineTenant()).filter((name) => name.endsWith('Id')) as (keyof Tenant)[];

/** Makes a tenant, as the owner of the tables. */
export async function createTenant(owner: Pool): Promise<Tenant> {
  const tenant = imagineTenant();
  const client = await owner.connect();
  try {
    await client.query('begin');
    for (const [statement, values] of rowsOf(tenant)) await client.query(statement, values);
    await client.query('commit');
  } finally {
    client.release();
  }
  return tenant;
}

type Row = [statement: string, values: unknown[]];

function rowsOf(t: Tenant): Row[] {
  return [
    ...directoryRows(t),
    ...peopleRows(t),
    ...audienceRows(t),
    ...formRows(t),
    ...jobRows(t),
    ...privacyRows(t),
    ...emailRows(t),
  ];
}

function directoryRows(t: Tenant): Row[] {
  const { canary } = t;
  return [
    ['insert into organizations (id, name) values ($1, $2)', [t.organizationId, canary]],
    [
      'insert into workspaces (id, organization_id, name) values ($1, $2, $3)',
      [t.workspaceId, t.organizationId, canary],
    ],
    ...[t.userId, t.memberId].flatMap((userId, index): Row[] => [
      [
        `insert into users (id, email, name, password_hash) values ($1, $2, $3, 'none')`,
        [userId, `${index}-${canary}@example.com`, canary],
      ],
      [
        'insert into members (organization_id, user_id, role) values ($1, $2, $3)',
        [t.organizationId, userId, index === 0 ? 'owner' : 'viewer'],
      ],
    ]),
    [
      `insert into invitations (organization_id, id, email, role, token_hash, invited_by, expires_at)
       values ($1, $2, $3, 'viewer', $4, $5, now() + interval '1 day')`,
      [t.organizationId, t.invitationId, `invited-${canary}@example.com`, randomBytes(32), t.userId],
    ],
    [
      `insert into api_keys (workspace_id, id, name, prefix, secret_hash, scopes, created_by)
       values ($1, $2, $3, $4, $5, '{contacts:read}', 'system')`,
      [t.workspaceId, t.apiKeyId, canary, randomBytes(6).toString('hex'), randomBytes(32)],
    ],
    [
      `insert into audit_entries (workspace_id, id, actor, operation, kind, subject_id, fields, request_id, contacts)
       values ($1, $2, 'system', $3, $3, $3, array[$3], $3, 0)`,
      [t.workspaceId, randomUUID(), canary],
    ],
    [
      `insert into organization_audit_entries (organization_id, id, actor, operation, kind, subject_id, fields, request_id)
       values ($1, $2, 'system', $3, $3, $3, array[$3], $3)`,
      [t.organizationId, randomUUID(), canary],
    ],
    [
      `insert into idempotent_requests (workspace_id, caller, key_hash, lease_until, status, content_type, answer)
       values ($1, 'system', $2, now(), 200, $3, $4)`,
      [t.workspaceId, randomBytes(32), canary, Buffer.from(canary)],
    ],
    [
      `insert into organization_idempotent_requests (organization_id, caller, key_hash, lease_until)
       values ($1, 'system', $2, now())`,
      [t.organizationId, randomBytes(32)],
    ],
    [
      `insert into usage_counts (workspace_id, day, metric, key_id, amount) values ($1, now(), 'events', $2, 7)`,
      [t.workspaceId, t.apiKeyId],
    ],
    [
      `insert into usage_quotas (workspace_id, metric, monthly) values ($1, 'previews', 1000000)`,
      [t.workspaceId],
    ],
    ['insert into workspace_versions (workspace_id, version) values ($1, 1)', [t.workspaceId]],
    ['insert into contact_ordinals (workspace_id, next_ordinal) values ($1, 3)', [t.workspaceId]],
    ['insert into vacant_ordinals (workspace_id, ordinal) values ($1, 2)', [t.workspaceId]],
    [
      `insert into posting_bases (workspace_id, facet, version, has_values) values ($1, $2, 1, true)`,
      [t.workspaceId, canary],
    ],
    [
      `insert into postings (workspace_id, facet, place, folded, list) values ($1, $2, 0, $2, $3)`,
      [t.workspaceId, canary, onlyTheFirst],
    ],
    [
      `insert into changes (workspace_id, version, ordinal, facet) values ($1, 1, 0, $2)`,
      [t.workspaceId, canary],
    ],
  ];
}

function peopleRows(t: Tenant): Row[] {
  const { canary, workspaceId } = t;
  const definition = `insert into attribute_definitions (workspace_id, subject, key, label, type, archived_at)
    values ($1, 'contact', $2, $3, 'text', $4)`;
  return [
    [definition, [workspaceId, t.attributeKey, canary, null]],
    [definition, [workspaceId, t.archivedAttributeKey, canary, new Date()]],
    [definition, [workspaceId, `${t.handle}_views`, canary, null]],
    [
      `insert into computed_attributes (workspace_id, key, computation, as_of, feed_version, feed_ordinal)
       values ($1, $2, $3, now(), 1, 2147483647)`,
      [
        workspaceId,
        `${t.handle}_views`,
        JSON.stringify({ function: 'last', event: { name: canary }, property: null, window: null }),
      ],
    ],
    [
      `insert into attribute_aliases (workspace_id, subject, alias, key, created_at)
       values ($1, 'contact', $2, $3, now())`,
      [workspaceId, canary, t.attributeKey],
    ],
    [
      'insert into companies (workspace_id, id, name, domain, external_id) values ($1, $2, $3, $4, $5)',
      [workspaceId, t.companyId, canary, t.domain, t.companyExternalId],
    ],
    [
      `insert into company_attributes (workspace_id, company_id, key, text, folded, since)
       values ($1, $2, 'industry', $3, $3, now())`,
      [workspaceId, t.companyId, canary],
    ],
    ...[t.contactId, t.otherContactId].map((contactId, ordinal): Row => [
      'insert into contacts (workspace_id, id, ordinal, company_id) values ($1, $2, $3, $4)',
      [workspaceId, contactId, ordinal, ordinal === 0 ? t.companyId : null],
    ]),
    [
      `insert into contact_identities (workspace_id, kind, value, raw, ordinal)
       values ($1, 'email', $2, $2, 0), ($1, 'external_id', $3, $3, 0), ($1, 'anonymous_id', $4, $4, 0)`,
      [workspaceId, t.email, t.externalId, canary],
    ],
    [
      `insert into contact_attributes (workspace_id, ordinal, key, text, folded, since)
       values ($1, 0, 'first_name', $2, $2, now()), ($1, 0, $3, $2, $2, now())`,
      [workspaceId, canary, t.attributeKey],
    ],
    [
      `insert into consents (workspace_id, ordinal, channel, state, source, proof, recorded_at)
       values ($1, 0, 'ads', 'granted', $2, $2, now())`,
      [workspaceId, canary],
    ],
    [
      `insert into consent_history (workspace_id, id, ordinal, channel, state, source, proof, recorded_at)
       values ($1, $2, 0, 'ads', 'granted', $3, $3, now())`,
      [workspaceId, randomUUID(), canary],
    ],
    [
      `insert into contact_signals (workspace_id, id, ordinal, name, folded_name, source, folded_source, text, folded,
         observed_at, received_at) values ($1, $2, 0, $3, $3, $3, $3, $3, $3, now(), now())`,
      [workspaceId, randomUUID(), canary],
    ],
    [
      `insert into company_signals (workspace_id, id, company_id, name, folded_name, source, folded_source, text, folded,
         observed_at, received_at) values ($1, $2, $3, $4, $4, $4, $4, $4, $4, now(), now())`,
      [workspaceId, randomUUID(), t.companyId, canary],
    ],
    [
      `insert into suppressions (workspace_id, channel, kind, value, reason) values ($1, 'phone', 'email', $2, $3)`,
      [workspaceId, t.email, canary],
    ],
    ...identityRows(t),
    ...eventRows(t),
  ];
}

function identityRows({ canary, workspaceId, contactId, mergeId, conflictId, email }: Tenant): Row[] {
  return [
    [
      `insert into contact_merges (workspace_id, id, holder, winner_id, winner_ordinal, loser_id, loser_ordinal, reason,
         merged_by, merged_at, undo)
       values ($1, $2, 0, $3, 0, $4, 7, 'by_hand', $5, now(), $6)`,
      [
        workspaceId,
        mergeId,
        contactId,
        randomUUID(),
        canary,
        JSON.stringify({
          createdAt: new Date(),
          companyId: null,
          companyFrom: null,
          attributes: [],
          memberships: [],
        }),
      ],
    ],
    [
      `insert into identity_conflicts (workspace_id, id, kind, value, claimant, source, count, first_seen_at, last_seen_at)
       values ($1, $2, 'email', $3, 1, $4, 1, now(), now())`,
      [workspaceId, conflictId, email, canary],
    ],
    [
      `insert into blocked_identities (workspace_id, kind, value, blocked, reason, note, decided_by, decided_at)
       values ($1, 'anonymous_id', $2, true, 'by_hand', $2, 'system', now())`,
      [workspaceId, canary],
    ],
    [
      `insert into identity_settings (workspace_id, merge_on, contact_limit, device_limit) values ($1, '{email}', 10, 100)`,
      [workspaceId],
    ],
  ];
}

function eventRows({ canary, workspaceId, quarantinedId, externalId }: Tenant): Row[] {
  return [
    [
      `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, target, folded_target, properties,
         source, message_id, received_at)
       values ($1, now(), $2, 0, $3, $3, $3, $3, jsonb_build_object('note', $3::text), $3, $3, now())`,
      [workspaceId, randomUUID(), canary],
    ],
    [
      'insert into event_messages (workspace_id, message_key, received_at) values ($1, $2, now())',
      [workspaceId, randomUUID()],
    ],
    [
      `insert into quarantined_events (workspace_id, id, kind, source, code, path, message, body, received_at)
       values ($1, $2, 'message', 'http', 'INVALID_INPUT', 'name', $3, $4, now())`,
      [workspaceId, quarantinedId, canary, { type: 'track', userId: externalId, event: canary }],
    ],
  ];
}

/** The set of the ordinal 0, in Roaring's portable format. */
const onlyTheFirst = Buffer.from('3a3000000100000000000000100000000000', 'hex');

function audienceRows(t: Tenant): Row[] {
  const { canary, workspaceId } = t;
  const segment = `insert into segments (workspace_id, id, kind, name, folded_name, description, rule, created_by, archived_at)
    values ($1, $2, $3, $4, $4, $5, $6, 'system', $7)`;
  const named = { attribute: { key: 'first_name', op: 'exists' } };
  const anything = { any: [named, { list: t.listId }, { identified: 'anonymous_id' }] };
  const segments: [id: string, rule: object | null, archivedAt: Date | null][] = [
    [t.segmentId, anything, null],
    [t.spareSegmentId, named, null],
    [t.archivedSegmentId, named, new Date()],
    [t.listId, null, null],
  ];
  return [
    ...segments.flatMap(([id, rule, archivedAt], index): Row[] => [
      [segment, [workspaceId, id, rule ? 'rule' : 'static', `${canary}-${index}`, canary, rule, archivedAt]],
      [
        `insert into segment_versions (workspace_id, segment_id, version, name, description, rule, created_by)
         values ($1, $2, 1, $3, $3, $4, 'system')`,
        [workspaceId, id, canary, rule],
      ],
    ]),
    [
      'insert into segment_references (workspace_id, segment_id, referenced_id) values ($1, $2, $3)',
      [workspaceId, t.segmentId, t.listId],
    ],
    [
      'insert into list_members (workspace_id, segment_id, ordinal) values ($1, $2, 0)',
      [workspaceId, t.listId],
    ],
    [
      `insert into segment_memberships (workspace_id, segment_id, base, base_sequence, sequence, size, definition, version,
         as_of, follows) values ($1, $2, $3, 1, 1, 1, $4, 1, now(), true)`,
      [workspaceId, t.segmentId, onlyTheFirst, canary],
    ],
    [
      `insert into segment_transitions (workspace_id, segment_id, sequence, ordinal, contact_id, entered, by_definition,
         version, at) values ($1, $2, 1, 0, $3, true, false, 1, now())`,
      [workspaceId, t.segmentId, t.contactId],
    ],
    [
      `insert into segment_sizes (workspace_id, segment_id, at, size, entered, exited, version)
       values ($1, $2, now() - interval '2 days', 0, 0, 0, 1), ($1, $2, now(), 1, 1, 0, 1)`,
      [workspaceId, t.segmentId],
    ],
    [
      `insert into segment_progress (workspace_id, revision, version, as_of, uses_clock, time_zone)
       values ($1, 1, 1, now(), false, 'UTC')`,
      [workspaceId],
    ],
    ...[t.audienceId, t.archivedAudienceId].map((id, index): Row => [
      `insert into custom_audiences (workspace_id, id, name, platform, kind, segment_id, identifiers, created_by,
         archived_at)
       values ($1, $2, $3, 'meta', 'contacts', $4, '{email}', 'system', $5)`,
      [workspaceId, id, `${canary}-${index}`, t.segmentId, index === 0 ? null : new Date()],
    ]),
    ...[t.destinationId, t.spareDestinationId].map((id): Row => [
      `insert into destinations (workspace_id, id, name, kind, settings, credentials, created_by, created_at, updated_at)
       values ($1, $2, $3, 'meta', '{}', '', 'system', now(), now())`,
      [workspaceId, id, canary],
    ]),
    [
      `insert into destinations (workspace_id, id, name, kind, settings, credentials, created_by, created_at, updated_at)
       values ($1, $2, $3, 'webhook', $4, $5, 'system', now(), now())`,
      [workspaceId, t.webhookId, canary, webhookSettings, webhookCredentials(workspaceId, t.webhookId)],
    ],
    [
      `insert into webhook_deliveries (workspace_id, id, destination_id, key, type, data, occurred_at, status, created_at,
         settled_at)
       values ($1, $2, $3, $4, 'test', json_build_object('canary', $4::text), now(), 'dead', now(), now())`,
      [workspaceId, t.webhookDeliveryId, t.webhookId, canary],
    ],
    ['insert into unsubscribe_keys (workspace_id, key) values ($1, $2)', [workspaceId, randomBytes(32)]],
    [
      `insert into automations (workspace_id, id, name, segment_id, trigger, actions, guards, status, version, created_by,
         created_at, updated_at)
       values ($1, $2, $3, $4, 'enter', $5, $6, 'draft', 1, 'system', now(), now())`,
      [workspaceId, t.automationId, canary, t.segmentId, automationActions, automationGuards],
    ],
    [
      `insert into blueprints (organization_id, id, name, description, created_by, created_at)
       values ($1, $2, $3, $3, 'system', now())`,
      [t.organizationId, t.blueprintId, canary],
    ],
    [
      `insert into blueprint_versions (organization_id, blueprint_id, version, document, note, created_by, created_at)
       values ($1, $2, 1, $3, $4, 'system', now())`,
      [t.organizationId, t.blueprintId, blueprintDocument(canary), canary],
    ],
    [
      `insert into blueprint_applications (workspace_id, blueprint_id, version, parameters, applied_by, applied_at)
       values ($1, $2, 1, json_build_object('canary', $3::text), 'system', now())`,
      [workspaceId, t.blueprintId, canary],
    ],
    [
      `insert into blueprint_parts (workspace_id, blueprint_id, kind, key, object_id, applied)
       values ($1, $2, 'segment', 'spare', $3, json_build_object('name', $4::text))`,
      [workspaceId, t.blueprintId, t.spareSegmentId, canary],
    ],
    [
      `insert into automation_versions (workspace_id, automation_id, version, actions, guards) values ($1, $2, 1, $3, $4)`,
      [workspaceId, t.automationId, automationActions, automationGuards],
    ],
    [
      `insert into automation_runs (workspace_id, id, automation_id, version, sequence, contact_id, status, detail, entered_at,
         due_at, finished_at)
       values ($1, $2, $3, 1, 1, $4, 'done', $5, now(), now(), now())`,
      [workspaceId, t.automationRunId, t.automationId, t.contactId, canary],
    ],
    [
      `insert into automation_steps (workspace_id, run_id, action, kind, outcome, detail, at)
       values ($1, $2, 0, 'followUp', 'done', $3, now())`,
      [workspaceId, t.automationRunId, canary],
    ],
    [
      `insert into follow_ups (workspace_id, id, contact_id, due_at, priority, note, status, created_by, created_at)
       values ($1, $2, $3, now(), 'normal', $4, 'open', 'system', now())`,
      [workspaceId, t.followUpId, t.contactId, canary],
    ],
    ...[t.audienceId, t.archivedAudienceId].map((id): Row => [
      `insert into audience_deliveries (workspace_id, audience_id, destination_id, schedule, remote_id)
       values ($1, $2, $3, 'manual', $4)`,
      [workspaceId, id, t.destinationId, canary],
    ]),
    [
      `insert into audience_members (workspace_id, audience_id, ordinal, values, state, told, because)
       values ($1, $2, 0, json_build_object('email', json_build_array($3::text)), 'held', true, $3)`,
      [workspaceId, t.archivedAudienceId, canary],
    ],
    [
      `insert into audience_syncs (workspace_id, id, audience_id, destination_id, cause, created_by, status, phase, started_at,
         trouble, session)
       values ($1, $2, $3, $4, 'manual', 'system', 'waiting', 'sending', now(), $5, $4)`,
      [workspaceId, t.audienceSyncId, t.archivedAudienceId, t.destinationId, canary],
    ],
    ['insert into audience_progress (workspace_id, version) values ($1, 1)', [workspaceId]],
    [
      'insert into destination_paces (workspace_id, destination_id, next_at) values ($1, $2, now())',
      [workspaceId, t.destinationId],
    ],
    ...[t.seedListId, t.archivedSeedListId].map((id, index): Row => [
      `insert into seed_lists (workspace_id, id, name, segment_id, created_by, archived_at)
       values ($1, $2, $3, $4, 'system', $5)`,
      [workspaceId, id, `${canary}-${index}`, t.segmentId, index === 0 ? null : new Date()],
    ]),
    [
      'insert into seed_list_members (workspace_id, seed_list_id, ordinal) values ($1, $2, 0)',
      [workspaceId, t.seedListId],
    ],
    [
      'insert into lookalikes (workspace_id, id, name, seed_list_id) values ($1, $2, $3, $4)',
      [workspaceId, t.lookalikeId, canary, t.seedListId],
    ],
    [
      'insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank) values ($1, $2, 0, 1)',
      [workspaceId, t.lookalikeId],
    ],
  ];
}

function formRows({ canary, workspaceId, formId, archivedFormId, email }: Tenant): Row[] {
  const fields = JSON.stringify([{ name: canary, attribute: 'email', required: true }]);
  return [
    ...[formId, archivedFormId].map((id, index): Row => [
      `insert into forms (workspace_id, id, name, fields, consents, honeypot, minimum_seconds, secret, created_by,
         created_at, updated_at, archived_at)
       values ($1, $2, $3, $4, '[]', $5, 0, $6, 'system', now(), now(), $7)`,
      [workspaceId, id, canary, fields, `${canary}-trap`, randomBytes(32), index === 0 ? null : new Date()],
    ]),
    [
      `insert into form_submissions (workspace_id, id, form_id, email, contact, consents, page, submitted_at, expires_at)
       values ($1, $2, $3, $4, $5, '[]', $6, now(), now() + interval '1 day')`,
      [workspaceId, randomUUID(), formId, email, JSON.stringify({ email }), canary],
    ],
  ];
}

function emailRows({ canary, workspaceId, emailSourceId }: Tenant): Row[] {
  return [
    [
      `insert into email_sources (workspace_id, id, name, provider, secret, topic_arn, created_by, created_at,
         updated_at, last_refusal)
       values ($1, $2, $3, 'ses', $4, $5, 'system', now(), now(), $3)`,
      [
        workspaceId,
        emailSourceId,
        canary,
        Buffer.from(canary),
        `arn:aws:sns:eu-west-1:123456789012:${canary}`,
      ],
    ],
    [
      `insert into email_call_tokens (workspace_id, source_id, token_hash, body_hash, received_at)
       values ($1, $2, $3, $3, now())`,
      [workspaceId, emailSourceId, randomBytes(32)],
    ],
  ];
}

function jobRows({ canary, workspaceId, importId, rehearsedImportId, importMappingId }: Tenant): Row[] {
  return [
    ...[importId, rehearsedImportId].flatMap((id): Row[] => [
      [
        `insert into jobs (workspace_id, id, kind, state, input, progress, created_by, finished_at)
         values ($1, $2, 'import', 'succeeded', $3, $4, 'system', now())`,
        [
          workspaceId,
          id,
          {
            fileName: canary,
            bytes: 1,
            delimiter: ',',
            headers: [canary],
            targets: [null],
            dryRun: id === rehearsedImportId,
          },
          noProgress,
        ],
      ],
      [
        'insert into import_chunks (workspace_id, job_id, sequence, bytes) values ($1, $2, 0, $3)',
        [workspaceId, id, Buffer.from(canary)],
      ],
    ]),
    [
      `insert into import_effects (workspace_id, job_id, ordinal, kind, key, before, written, kept)
       values ($1, $2, 0, 'attribute', 'first_name', null, to_jsonb($3::text), $3)`,
      // What comes after a cursor is a question of how its key compares: one that both tenants have tells nothing.
      [workspaceId, importId, canary],
    ],
    [
      `insert into import_mappings (workspace_id, id, signature, headers, mapping, saved_by, saved_at)
       values ($1, $2, $3, array[$3], jsonb_build_object($3::text, jsonb_build_object('target', $3::text)), 'system', now())`,
      [workspaceId, importMappingId, canary],
    ],
    [
      `insert into import_rejections (workspace_id, job_id, line, code, path, message, cells)
       values ($1, $2, 2, 'INVALID_INPUT', 'email', $3, array[$3])`,
      [workspaceId, importId, canary],
    ],
  ];
}

function privacyRows(t: Tenant): Row[] {
  const { canary, workspaceId, privacyRequestId, accessRequestId, erasedEmail } = t;
  const key = randomBytes(32);
  return [
    [
      `insert into privacy_requests (workspace_id, id, kind, state, subject, requested_by, requested_at, due_at, receipt)
       values ($1, $2, 'erasure', 'done', jsonb_build_object('contactId', $3::text, 'identities', '[]'::jsonb), $3, now(),
         now(), jsonb_build_object($3::text, 1))`,
      [workspaceId, privacyRequestId, canary],
    ],
    [
      `insert into privacy_requests (workspace_id, id, kind, state, requested_by, requested_at, due_at, file_expires_at)
       values ($1, $2, 'access', 'done', $3, now(), now(), now() + interval '1 day')`,
      [workspaceId, accessRequestId, canary],
    ],
    [
      `insert into erasure_notices (workspace_id, request_id, audience_id, destination_name, noted_at)
       values ($1, $2, $3, $4, now())`,
      [workspaceId, privacyRequestId, t.audienceId, canary],
    ],
    [
      'insert into privacy_files (workspace_id, request_id, sequence, bytes) values ($1, $2, 0, $3)',
      [workspaceId, accessRequestId, Buffer.from(canary)],
    ],
    [
      `insert into event_retention (workspace_id, folded_name, name, days, set_by, set_at) values ($1, $2, $2, 3650, $3, now())`,
      [workspaceId, t.handle, canary],
    ],
    ['insert into feed_marks (workspace_id, at, version) values ($1, now(), 1)', [workspaceId]],
    ['insert into erasure_keys (workspace_id, key) values ($1, $2)', [workspaceId, key]],
    [
      'insert into erased_identities (workspace_id, hash, request_id) values ($1, $2, $3)',
      [workspaceId, createHmac('sha256', key).update(`email\0${erasedEmail}`).digest(), privacyRequestId],
    ],
  ];
}

/** Somebody who shows nothing. */
export const nobody: Caller = { headers: {} };

/** Signs a new person in who holds the role: in the whole organization, or in the workspace alone. */
export async function callerWithRole(
  owner: Pool,
  tenant: Tenant,
  role: Role,
  where: 'organization' | 'workspace' = 'organization',
): Promise<Caller> {
  const [userId, token] = [randomUUID(), newToken()];
  await owner.query(`insert into users (id, email, name, password_hash) values ($1, $2, 'Caller', 'none')`, [
    userId,
    `${userId}@example.com`,
  ]);
  await owner.query('insert into members (organization_id, user_id, role) values ($1, $2, $3)', [
    tenant.organizationId,
    userId,
    where === 'organization' ? role : null,
  ]);
  if (where === 'workspace') {
    await owner.query(
      'insert into member_workspaces (workspace_id, organization_id, user_id, role) values ($1, $2, $3, $4)',
      [tenant.workspaceId, tenant.organizationId, userId, role],
    );
  }
  await owner.query(
    `insert into sessions (id, token_hash, user_id, expires_at) values ($1, $2, $3, now() + interval '1 day')`,
    [randomUUID(), hashToken(token), userId],
  );
  return { headers: { cookie: `coterie_session=${token}` } };
}

/** Makes an API key of the tenant. */
export async function callerWithScopes(
  owner: Pool,
  tenant: Tenant,
  scopes: readonly Scope[] = allScopes,
): Promise<Caller> {
  const { key, prefix } = newKey();
  await owner.query(
    `insert into api_keys (workspace_id, id, name, prefix, secret_hash, scopes, created_by)
     values ($1, $2, 'caller', $3, $4, $5, 'system')`,
    [tenant.workspaceId, randomUUID(), prefix, hashToken(key), scopes],
  );
  return { headers: { authorization: `Bearer ${key}` } };
}

/** A kind of caller, made in a tenant when it is needed. */
export interface CallerKind {
  name: string;
  isKey: boolean;
  /** May use every operation. */
  seesAll: boolean;
  /** Has no rights in other workspaces of the same organization. */
  isLocal: boolean;
  open(owner: Pool, tenant: Tenant): Promise<Caller>;
}

const scopesOfKeys: [name: string, scopes: readonly Scope[]][] = [
  ['key with every scope', allScopes],
  ['key with no scope', []],
  ...allScopes.map((scope): [string, Scope[]] => [`key with ${scope}`, [scope]]),
];

/** Everybody who can ask: each role, in the organization and in the workspace alone, each scope, and nobody. */
export const callerKinds: readonly CallerKind[] = [
  ...roles.map((role): CallerKind => ({
    name: `${role} of the organization`,
    isKey: false,
    seesAll: role === 'owner',
    isLocal: false,
    open: (owner, tenant) => callerWithRole(owner, tenant, role),
  })),
  ...roles.slice(0, -1).map((role): CallerKind => ({
    name: `${role} of the workspace`,
    isKey: false,
    seesAll: false,
    isLocal: true,
    open: (owner, tenant) => callerWithRole(owner, tenant, role, 'workspace'),
  })),
  ...scopesOfKeys.map(([name, scopes]): CallerKind => ({
    name,
    isKey: true,
    seesAll: false,
    isLocal: true,
    open: (owner, tenant) => callerWithScopes(owner, tenant, scopes),
  })),
  { name: 'nobody', isKey: false, seesAll: false, isLocal: true, open: async () => nobody },
];

const automationActions = JSON.stringify([
  { kind: 'followUp', assigneeId: null, dueInDays: 1, priority: 'normal', note: 'Call', isCall: false },
]);
const automationGuards = JSON.stringify({
  byDefinition: false,
  once: false,
  mustRemain: true,
  cap: null,
  emailCap: null,
  quietHours: null,
  holdOut: 0,
});

const webhookSettings = JSON.stringify({ url: 'https://hooks.example/coterie', headers: [] });

/** Sealed with the key that tests run with. */
function webhookCredentials(workspaceId: string, id: string): Buffer {
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  return createSecretBox([testSecretKey]).seal(
    JSON.stringify({ secret }),
    placeOfCredentials(workspaceId, id),
  );
}

/** A document with one part, and a parameter that it does not use. */
function blueprintDocument(canary: string): string {
  return JSON.stringify({
    format: 'coterie.blueprint/1',
    parameters: [{ key: 'canary', label: canary, description: '', type: 'text', default: canary }],
    attributes: [],
    segments: [{ key: 'spare', name: canary, description: '', rule: null }],
    audiences: [],
    automations: [],
  });
}
