import type { MigrationInterface } from 'typeorm';
import { Directory1700000000001 } from './0001-directory.js';
import { People1700000000002 } from './0002-people.js';
import { Events1700000000003 } from './0003-events.js';
import { Audiences1700000000004 } from './0004-audiences.js';
import { Identity1700000000005 } from './0005-identity.js';
import { Quarantine1700000000006 } from './0006-quarantine.js';
import { Audit1700000000007 } from './0007-audit.js';
import { Idempotency1700000000008 } from './0008-idempotency.js';
import { SignInAttempts1700000000009 } from './0009-sign-in-attempts.js';
import { Imports1700000000010 } from './0010-imports.js';
import { Usage1700000000011 } from './0011-usage.js';
import { Forms1700000000012 } from './0012-forms.js';
import { Attributes1700000000014 } from './0014-attributes.js';
import { Privacy1700000000015 } from './0015-privacy.js';
import { AttributeAliases1700000000018 } from './0018-attribute-aliases.js';
import { PrivacyFiles1700000000020 } from './0020-privacy-files.js';
import { Retention1700000000021 } from './0021-retention.js';
import { AuditRetention1700000000022 } from './0022-audit-retention.js';
import { EmailSources1700000000023 } from './0023-email-sources.js';
import { ComputedAttributes1700000000024 } from './0024-computed-attributes.js';
import { Signals1700000000025 } from './0025-signals.js';
import { SegmentMemberships1700000000026 } from './0026-segment-memberships.js';
import { VacantOrdinals1700000000027 } from './0027-vacant-ordinals.js';
import { Destinations1700000000028 } from './0028-destinations.js';
import { AudienceSyncs1700000000029 } from './0029-audience-syncs.js';
import { WebhookDeliveries1700000000030 } from './0030-webhook-deliveries.js';
import { Automations1700000000031 } from './0031-automations.js';
import { FollowUps1700000000032 } from './0032-follow-ups.js';
import { Postings1700000000034 } from './0034-postings.js';
import { Blueprints1700000000035 } from './0035-blueprints.js';

/** Every migration, in the order in which they run. The roles (see ../roles.ts) must exist before the first. */
export const migrations: (new () => MigrationInterface)[] = [
  Directory1700000000001,
  People1700000000002,
  Events1700000000003,
  Audiences1700000000004,
  Identity1700000000005,
  Quarantine1700000000006,
  Audit1700000000007,
  Idempotency1700000000008,
  SignInAttempts1700000000009,
  Imports1700000000010,
  Usage1700000000011,
  Forms1700000000012,
  Attributes1700000000014,
  Privacy1700000000015,
  AttributeAliases1700000000018,
  PrivacyFiles1700000000020,
  Retention1700000000021,
  AuditRetention1700000000022,
  EmailSources1700000000023,
  ComputedAttributes1700000000024,
  Signals1700000000025,
  SegmentMemberships1700000000026,
  VacantOrdinals1700000000027,
  Destinations1700000000028,
  AudienceSyncs1700000000029,
  WebhookDeliveries1700000000030,
  Automations1700000000031,
  FollowUps1700000000032,
  Postings1700000000034,
  Blueprints1700000000035,
];
