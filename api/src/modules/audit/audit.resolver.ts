import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { WorkspaceContext } from '../../platform/context.js';
import { Failure } from '../../platform/errors.js';
import { Access } from '../../platform/graphql/access.js';
import { readCursor, toPage, type Page } from '../../platform/graphql/pagination.js';
import { OrganizationType, WorkspaceType } from '../workspaces/index.js';
import { AuditEntryConnection, AuditLogArgs, type AuditEntryType } from './audit.types.js';
import type { AuditRange } from './audit.repository.js';
import {
  readOrganizationLog,
  readWorkspaceLog,
  type AuditEntry,
  type AuditServices,
} from './read-audit-log.js';

/** The audit log of a workspace. */
@Resolver(() => WorkspaceType)
export class WorkspaceAuditResolver {
  constructor(private readonly services: AuditServices) {}

  @Access({ kind: 'workspace', role: 'admin', scope: 'none' })
  @FieldResolver(() => AuditEntryConnection, {
    description:
      'Who changed what in the workspace, the newest first: every mutation, upload and job, but not each event of the tracking API.',
  })
  async auditLog(
    @Ctx() { workspace }: WorkspaceContext,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<Page<AuditEntryType>> {
    return pageOf(await readWorkspaceLog(this.services, workspace.id, toRange(args)), args);
  }
}

/** The audit log of an organization. */
@Resolver(() => OrganizationType)
export class OrganizationAuditResolver {
  constructor(private readonly services: AuditServices) {}

  @Access({ kind: 'organization', role: 'admin' })
  @FieldResolver(() => AuditEntryConnection, {
    description:
      'Who changed what of the organization itself, the newest first: members, invitations, workspaces, and who signed in and out.',
  })
  async auditLog(
    @Root() organization: OrganizationType,
    @Args(() => AuditLogArgs) args: AuditLogArgs,
  ): Promise<Page<AuditEntryType>> {
    return pageOf(await readOrganizationLog(this.services, organization.id, toRange(args)), args);
  }
}

function toRange({ filter, after, first }: AuditLogArgs): AuditRange {
  const { actorKind = null, actorId = null, operation, kind, subjectId, since, until } = filter ?? {};
  return {
    actor: actorOf(actorKind, actorId),
    operation: operation ?? null,
    kind: kind ?? null,
    subjectId: subjectId ?? null,
    since: since ?? null,
    until: until ?? null,
    after: readCursor(after, 'instant', 'id'),
    limit: first + 1,
  };
}

/** An id alone does not say whose it is. Throws INVALID_INPUT when the two do not go together. */
function actorOf(kind: string | null, id: string | null): string | null {
  if (kind === 'system' && id === null) return kind;
  if (kind === null && id === null) return null;
  if (kind === 'system' || kind === null || id === null) {
    const message = 'Give the kind and the id of a person or a key together; the system has no id.';
    throw new Failure('INVALID_INPUT', message, { path: 'filter.actorId' });
  }
  return `${kind}:${id.toLowerCase()}`;
}

function pageOf(entries: AuditEntry[], args: AuditLogArgs): Page<AuditEntryType> {
  return toPage(entries, args, ({ row }) => [row.at_exactly, row.id], toEntry);
}

function toEntry({ row, actor }: AuditEntry): AuditEntryType {
  return {
    id: row.id,
    at: row.at,
    actor,
    operation: row.operation,
    kind: row.kind,
    subjectId: row.subject_id,
    fields: row.fields,
    contacts: row.contacts,
    requestId: row.request_id,
  };
}
