import type { Arguments } from './schema-operations.js';
import type { Tenant } from './tenants.js';

/**
 * Arguments with which an operation works for whoever may use it. The workspace and the organization are filled in.
 * What is taken from the tenant is what the probes replace with another tenant's.
 * @param fresh a text that no other call has, for names that must be new.
 */
export type Control = (tenant: Tenant, fresh: string) => Arguments;

const none: Control = () => ({});

/** The cursor before everything that has happened in a segment. */
const firstTransition = Buffer.from('[0]').toString('base64url');

/** One line for each operation of the schema that takes an id; the suite fails when there is one without. */
export const controls: Record<string, Control> = {
  'Query.workspace': (t) => ({ id: t.workspaceId }),
  'Query.organization': (t) => ({ id: t.organizationId }),
  'Organization.workspaces': none,
  'Organization.members': none,
  'Organization.invitations': none,
  'Mutation.createWorkspace': (_t, fresh) => ({ input: { name: fresh } }),
  'Mutation.updateWorkspace': (_t, fresh) => ({ input: { name: fresh } }),
  'Mutation.archiveWorkspace': none,
  'Mutation.inviteMember': (t, fresh) => ({
    input: {
      email: `${fresh}@example.com`,
      workspaces: [{ workspaceId: t.workspaceId, role: 'VIEWER' }],
    },
  }),
  'Mutation.revokeInvitation': (t) => ({ id: t.invitationId }),
  'Mutation.changeMember': (t) => ({
    userId: t.memberId,
    input: { workspaces: [{ workspaceId: t.workspaceId, role: 'EDITOR' }] },
  }),
  'Mutation.removeMember': (t) => ({ userId: t.memberId }),

  'Workspace.usage': none,
  'Workspace.glance': none,
  'Organization.glances': none,
  'Organization.usage': none,
  'Mutation.setUsageQuota': (t) => ({
    input: { workspaceId: t.workspaceId, metric: 'EVENTS', monthly: 1_000_000 },
  }),

  'Workspace.auditLog': none,
  'Organization.auditLog': none,
  'Organization.auditRetention': none,
  'Mutation.setAuditRetention': () => ({ input: { days: 365 } }),

  'Workspace.apiKeys': none,
  'Mutation.createApiKey': (_t, fresh) => ({ input: { name: fresh, scopes: ['CONTACTS_READ'] } }),
  'Mutation.revokeApiKey': (t) => ({ id: t.apiKeyId }),

  'Workspace.attributes': () => ({ includeArchived: true }),
  'Workspace.attributeValues': (t) => ({ subject: 'contact', key: t.attributeKey }),
  'Mutation.createAttribute': (_t, fresh) => ({ input: { subject: 'contact', key: fresh, type: 'text' } }),
  'Mutation.updateAttribute': (t, fresh) => ({
    input: { subject: 'contact', key: t.attributeKey, label: fresh },
  }),
  'Workspace.previewAttributeMerge': (t) => ({
    input: { subject: 'contact', from: t.archivedAttributeKey, into: t.attributeKey },
  }),
  'Mutation.renameAttribute': (t, fresh) => ({
    input: { subject: 'contact', key: t.attributeKey, label: fresh },
  }),
  'Mutation.mergeAttributes': (t) => ({
    input: { subject: 'contact', from: t.archivedAttributeKey, into: t.attributeKey },
  }),
  'Mutation.archiveAttribute': (t) => ({ input: { subject: 'contact', key: t.attributeKey } }),
  'Mutation.restoreAttribute': (t) => ({ input: { subject: 'contact', key: t.archivedAttributeKey } }),

  'Workspace.contact': (t) => ({ by: { externalId: t.externalId } }),
  'Workspace.contacts': (t) => ({ companyId: t.companyId }),
  'Mutation.upsertContact': (t) => ({
    input: {
      externalId: t.externalId,
      email: t.email,
      attributes: [{ key: 'first_name', value: 'Ada' }],
      company: { externalId: t.companyExternalId },
    },
  }),
  'Mutation.upsertContacts': (t) => ({
    input: { contacts: [{ email: t.email, company: { domain: t.domain } }] },
  }),
  'Mutation.deleteContact': (t) => ({ id: t.otherContactId }),
  'Query.previewContactMerge': (t) => ({ winnerId: t.contactId, loserId: t.otherContactId }),
  'Workspace.contactMerges': none,
  'Mutation.mergeContacts': (t) => ({ input: { winnerId: t.contactId, loserId: t.otherContactId } }),
  'Mutation.undoContactMerge': (t) => ({ mergeId: t.mergeId }),
  'Workspace.identitySettings': none,
  'Mutation.updateIdentitySettings': () => ({ input: { contactLimit: 20 } }),
  'Workspace.identityConflicts': none,
  'Mutation.dismissIdentityConflict': (t) => ({ id: t.conflictId }),
  'Workspace.blockedIdentities': none,
  'Mutation.blockIdentities': (t) => ({ input: { kind: 'email', values: [t.email] } }),
  'Mutation.unblockIdentities': (t) => ({ input: { kind: 'email', values: [t.email] } }),
  'Workspace.company': (t) => ({ id: t.companyId }),
  'Workspace.companies': (t) => ({ search: t.companyExternalId }),
  'Mutation.upsertCompanies': (t) => ({
    input: { companies: [{ externalId: t.companyExternalId, domain: t.domain }] },
  }),

  'Workspace.suppressions': (t) => ({ search: t.email }),
  'Mutation.recordConsents': (t) => ({
    input: { consents: [{ contactId: t.contactId, channel: 'email', state: 'granted' }] },
  }),
  'Mutation.addSuppressions': (t) => ({ input: { channels: ['ads'], kind: 'email', values: [t.email] } }),
  'Mutation.removeSuppressions': (t) => ({
    input: { channels: ['phone'], kind: 'email', values: [t.email] },
  }),

  'Workspace.signalNames': none,
  'Mutation.recordSignals': (t) => ({
    input: {
      signals: [
        { contact: { email: t.email }, name: 'intent', source: 'somebody', value: 1 },
        { company: { domain: t.domain }, name: 'intent', source: 'somebody', value: 1 },
      ],
    },
  }),

  'Workspace.eventNames': none,
  'Workspace.quarantinedEvents': none,
  'Mutation.recordEvent': (t, fresh) => ({
    input: { externalId: t.externalId, name: 'demo_requested', messageId: fresh },
  }),
  'Mutation.recordEvents': (t) => ({
    input: { events: [{ email: t.email, name: 'demo_requested', messageId: t.handle }] },
  }),
  'Mutation.replayQuarantinedEvents': (t) => ({ filter: { ids: [t.quarantinedId] } }),
  'Mutation.deleteQuarantinedEvents': (t) => ({ filter: { ids: [t.quarantinedId] } }),
  'Workspace.import': (t) => ({ id: t.importId }),
  'Workspace.imports': none,
  'Workspace.importMappings': none,
  'Workspace.importTargets': none,
  'Workspace.suggestedColumns': (t) => ({
    file: { headers: [t.canary, 'email'], rows: [[t.email, t.email]] },
  }),
  'Subscription.importProgress': (t) => ({ id: t.importId }),
  'Subscription.audienceSyncProgress': (t) => ({ id: t.archivedAudienceId }),
  'Mutation.runImport': (t) => ({ id: t.rehearsedImportId }),
  'Mutation.undoImport': (t) => ({ id: t.importId }),
  'Mutation.deleteImportMapping': (t) => ({ id: t.importMappingId }),

  'Workspace.eventRetention': none,
  'Query.previewEventRetention': () => ({ input: { days: 365 } }),
  'Mutation.setEventRetention': (_t, fresh) => ({ input: { name: fresh, days: 365 } }),
  'Mutation.removeEventRetention': (t) => ({ input: { name: t.handle } }),

  'Workspace.privacyRequests': none,
  'Mutation.requestAccessExport': (t) => ({ input: { by: { id: t.contactId } } }),
  'Mutation.requestErasure': (t) => ({ input: { by: { id: t.otherContactId } } }),
  'Mutation.liftErasure': (t) => ({ input: { by: { email: t.erasedEmail } } }),

  'Workspace.segment': (t) => ({ id: t.segmentId }),
  'Workspace.segments': none,
  'Workspace.segmentMoves': none,
  'Workspace.contactsWhere': (t) => ({ rule: { tree: { segment: t.segmentId } } }),
  'Subscription.segmentCountChanged': (t) => ({ segmentId: t.segmentId }),
  'Subscription.segmentMembershipChanged': (t) => ({ segmentId: t.segmentId, after: firstTransition }),
  'Query.previewSegment': (t) => ({ input: { rule: { tree: { segment: t.segmentId } } } }),
  'Query.segmentOverlap': (t) => ({ ids: [t.segmentId, t.listId] }),
  'Query.previewRuleChange': (t) => ({
    input: { id: t.spareSegmentId, rule: { tree: { segment: t.segmentId } } },
  }),
  'Query.explainMembership': (t) => ({ segmentId: t.segmentId, contactId: t.contactId }),
  'Mutation.createSegment': (t, fresh) => ({
    input: { name: fresh, rule: { text: `segment "${t.segmentId}" and list "${t.listId}"` } },
  }),
  'Mutation.createStaticSegment': (_t, fresh) => ({ input: { name: fresh } }),
  'Mutation.updateSegment': (t, fresh) => ({
    input: {
      id: t.spareSegmentId,
      expectedVersion: 1,
      name: fresh,
      rule: { tree: { lookalike: { id: t.lookalikeId, top: 10 } } },
    },
  }),
  'Mutation.restoreSegmentVersion': (t) => ({
    input: { id: t.spareSegmentId, version: 1, expectedVersion: 1 },
  }),
  'Mutation.duplicateSegment': (t, fresh) => ({ input: { id: t.segmentId, name: fresh } }),
  'Mutation.archiveSegment': (t) => ({ input: { id: t.spareSegmentId } }),
  'Mutation.unarchiveSegment': (t) => ({ input: { id: t.archivedSegmentId } }),
  'Mutation.addToStaticSegment': (t) => ({ input: { id: t.listId, contactIds: [t.otherContactId] } }),
  'Mutation.removeFromStaticSegment': (t) => ({ input: { id: t.listId, contactIds: [t.contactId] } }),

  'Workspace.form': (t) => ({ id: t.formId }),
  'Workspace.forms': none,
  'Mutation.createForm': (_t, fresh) => ({
    input: { name: fresh, fields: [{ name: 'email', attribute: 'email' }] },
  }),
  'Mutation.updateForm': (t, fresh) => ({ input: { id: t.formId, name: fresh } }),
  'Mutation.archiveForm': (t) => ({ input: { id: t.formId } }),
  'Mutation.unarchiveForm': (t) => ({ input: { id: t.archivedFormId } }),

  'Workspace.emailSources': none,
  'Mutation.createEmailSource': (_t, fresh) => ({
    input: { name: fresh, provider: 'SES', topicArn: 'arn:aws:sns:eu-west-1:123456789012:mail' },
  }),
  'Mutation.updateEmailSource': (t, fresh) => ({ input: { id: t.emailSourceId, name: fresh } }),
  'Mutation.deleteEmailSource': (t) => ({ input: { id: t.emailSourceId } }),

  'Workspace.automation': (t) => ({ id: t.automationId }),
  'Workspace.automations': none,
  'Mutation.createAutomation': (t, fresh) => ({
    input: { name: fresh, segmentId: t.segmentId, actions: [{ followUp: { note: 'Call' } }] },
  }),
  'Mutation.updateAutomation': (t, fresh) => ({ input: { id: t.automationId, version: 1, name: fresh } }),
  'Mutation.activateAutomation': (t) => ({ input: { id: t.automationId } }),
  'Mutation.pauseAutomation': (t) => ({ input: { id: t.automationId } }),
  'Mutation.archiveAutomation': (t) => ({ input: { id: t.automationId } }),

  'Workspace.lookalikes': none,
  'Workspace.lookalike': (t) => ({ id: t.lookalikeId }),
  'Mutation.createLookalike': (t, fresh) => ({ input: { name: fresh, seedListId: t.seedListId } }),
  'Mutation.updateLookalike': (t, fresh) => ({ input: { id: t.lookalikeId, name: fresh } }),
  'Mutation.trainLookalike': (t) => ({ input: { id: t.spareLookalikeId } }),
  'Mutation.cancelLookalikeTraining': (t) => ({ input: { id: t.queuedLookalikeId } }),
  'Mutation.archiveLookalike': (t) => ({ input: { id: t.spareLookalikeId } }),

  'Workspace.appliedBlueprints': none,
  'Organization.blueprints': none,
  'Organization.blueprint': (t) => ({ id: t.blueprintId }),
  'Mutation.createBlueprint': (t, fresh) => ({
    input: { name: fresh, content: { source: { workspaceId: t.workspaceId, segmentIds: [t.segmentId] } } },
  }),
  'Mutation.addBlueprintVersion': (t) => ({
    input: {
      id: t.blueprintId,
      expectedVersion: 1,
      content: { source: { workspaceId: t.workspaceId, automationIds: [t.automationId] } },
    },
  }),
  'Mutation.updateBlueprint': (t, fresh) => ({ input: { id: t.blueprintId, description: fresh } }),
  'Mutation.applyBlueprint': (t) => ({
    input: { id: t.blueprintId, targets: [{ workspaceId: t.workspaceId }], onDrift: 'KEEP' },
  }),
  'Mutation.detachBlueprint': (t) => ({ input: { id: t.blueprintId, workspaceIds: [t.workspaceId] } }),

  'Workspace.followUps': none,
  'Mutation.createFollowUp': (t, fresh) => ({
    input: { contactId: t.contactId, dueAt: '2030-01-01T00:00:00Z', note: fresh },
  }),
  'Mutation.updateFollowUps': (t) => ({ input: { ids: [t.followUpId], status: 'DONE' } }),

  'Workspace.destination': (t) => ({ id: t.destinationId }),
  'Workspace.destinations': none,
  'Mutation.createDestination': (_t, fresh) => ({
    input: { name: fresh, definition: { meta: { adAccountId: '123', accessToken: 'EAAB' } } },
  }),
  'Mutation.updateDestination': (t, fresh) => ({ input: { id: t.destinationId, name: fresh } }),
  'Mutation.deleteDestination': (t) => ({ input: { id: t.spareDestinationId } }),
  'Mutation.replayWebhookDeliveries': (t) => ({
    input: { destinationId: t.webhookId, ids: [t.webhookDeliveryId] },
  }),
  'Mutation.sendTestWebhook': (t) => ({ input: { id: t.webhookId } }),
  'Mutation.rotateWebhookSecret': (t) => ({ input: { id: t.webhookId } }),
  'Mutation.testDestination': (t) => ({ input: { id: t.destinationId } }),

  'Workspace.customAudience': (t) => ({ id: t.audienceId }),
  'Workspace.customAudiences': (t) => ({ filter: { segmentId: t.segmentId } }),
  'Query.previewEmail': (t) => ({
    input: { subject: `{{ contact.${t.attributeKey} }}`, text: 'Hello', contactId: t.contactId },
  }),
  'Query.audienceReadiness': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.createCustomAudience': (t, fresh) => ({
    input: { name: fresh, segmentId: t.segmentId, platform: 'META' },
  }),
  'Mutation.updateCustomAudience': (t, fresh) => ({
    input: { id: t.audienceId, name: fresh, segmentId: t.spareSegmentId },
  }),
  'Mutation.archiveCustomAudience': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.setAudienceDestination': (t) => ({ input: { id: t.audienceId, schedule: 'HOURLY' } }),
  'Mutation.pauseCustomAudience': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.resumeCustomAudience': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.syncCustomAudience': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.emptyCustomAudience': (t) => ({ input: { id: t.audienceId } }),
  'Mutation.cancelAudienceSync': (t) => ({ input: { id: t.audienceSyncId } }),
  'Mutation.unarchiveCustomAudience': (t) => ({ input: { id: t.archivedAudienceId } }),

  'Workspace.seedList': (t) => ({ id: t.seedListId }),
  'Workspace.seedLists': (t) => ({ filter: { segmentId: t.segmentId } }),
  'Query.seedListReadiness': (t) => ({ id: t.seedListId }),
  'Mutation.createSeedList': (t, fresh) => ({ input: { name: fresh, segmentId: t.segmentId } }),
  'Mutation.renameSeedList': (t, fresh) => ({ input: { id: t.seedListId, name: fresh } }),
  'Mutation.archiveSeedList': (t) => ({ input: { id: t.seedListId } }),
  'Mutation.unarchiveSeedList': (t) => ({ input: { id: t.archivedSeedListId } }),
  'Mutation.addToSeedList': (t) => ({
    input: { id: t.seedListId, members: [{ contactId: t.otherContactId, value: 1 }] },
  }),
  'Mutation.removeFromSeedList': (t) => ({ input: { id: t.seedListId, contactIds: [t.contactId] } }),
};

/** Queries that answer with numbers alone, in which no canary can be seen. */
export const numbersOnly = new Set([
  'Query.audienceReadiness',
  'Query.seedListReadiness',
  'Subscription.segmentCountChanged',
  'Query.previewEventRetention',
  'Organization.auditRetention',
  'Workspace.identitySettings',
]);
