import { createAdFilesModule } from './modules/ad-files/index.js';
import { createAttributesModule, type KeyFollower } from './modules/attributes/index.js';
import { audiencesGoingTo, createAudiencesModule, createFollowErasure } from './modules/audiences/index.js';
import { createAuditModule } from './modules/audit/index.js';
import { automationsNaming, createAutomationsModule } from './modules/automations/index.js';
import { createBlueprintsModule } from './modules/blueprints/index.js';
import { createCompaniesModule } from './modules/companies/index.js';
import { createComputedAttributesModule } from './modules/computed-attributes/index.js';
import { createConsentModule } from './modules/consent/index.js';
import { createContactsModule } from './modules/contacts/index.js';
import { createEmailEngagementModule } from './modules/email-engagement/index.js';
import { createDestinationsModule } from './modules/destinations/index.js';
import { createExportsModule } from './modules/exports/index.js';
import { createIdempotencyModule } from './modules/idempotency/index.js';
import { createFormsModule, followKeysInForms } from './modules/forms/index.js';
import { createImportsModule, followKeysInImports } from './modules/imports/index.js';
import { createIngestionModule } from './modules/ingestion/index.js';
import { createLookalikesModule, followKeysInSeedLists } from './modules/lookalikes/index.js';
import { createOverviewModule } from './modules/overview/index.js';
import { createPrivacyModule } from './modules/privacy/index.js';
import { createRetentionModule } from './modules/retention/index.js';
import { createSegmentsModule, followKeysInSegments } from './modules/segments/index.js';
import { createSignalsModule } from './modules/signals/index.js';
import { createWorkspacesModule } from './modules/workspaces/index.js';
import type { CreateModule } from './platform/module.js';

/** Everything that names attributes. */
const keyFollowers: KeyFollower[] = [
  followKeysInImports,
  followKeysInForms,
  followKeysInSegments,
  followKeysInSeedLists,
];

/** Every capability, each after those that it builds on. */
export const modules: CreateModule[] = [
  createWorkspacesModule,
  createAuditModule,
  createIdempotencyModule,
  createDestinationsModule(async (tx, id) => [
    ...(await audiencesGoingTo(tx, id)).map(({ name }) => `the custom audience ${name}`),
    ...(await automationsNaming(tx, id)).map(({ name }) => `the automation ${name}`),
  ]),
  createAttributesModule(keyFollowers),
  createCompaniesModule,
  createContactsModule,
  createConsentModule,
  createSignalsModule,
  createIngestionModule,
  createFormsModule,
  createEmailEngagementModule,
  createImportsModule,
  createPrivacyModule([createFollowErasure]),
  createRetentionModule,
  createSegmentsModule,
  createComputedAttributesModule,
  createExportsModule,
  createAdFilesModule,
  createLookalikesModule,
  createAudiencesModule,
  createAutomationsModule,
  createBlueprintsModule,
  createOverviewModule,
];
