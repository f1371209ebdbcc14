import type { DataSource, EntityManager } from 'typeorm';
import { currentOperation } from '../operation.js';
import { auditInOrganization } from './audit.js';

/** What a change of the directory has in hand. */
export interface DirectoryTransaction {
  readonly manager: EntityManager;
  /** Says which organization the change concerns: it is entered in the audit log of each. */
  concerns(...organizationIds: string[]): void;
}

/**
 * Changes the directory (organizations, members, invitations, workspaces, sessions) in one transaction, with its entry
 * in the audit log of the organizations that it concerns.
 */
export async function changeDirectory<Result>(
  directory: DataSource,
  work: (transaction: DirectoryTransaction) => Promise<Result>,
): Promise<Result> {
  return directory.transaction(async (manager) => {
    const concerned = new Set<string>();
    const result = await work({
      manager,
      concerns: (...organizationIds) => organizationIds.forEach((id) => concerned.add(id.toLowerCase())),
    });
    const operation = currentOperation();
    for (const id of operation ? concerned : []) await auditInOrganization(manager, id, operation!, result);
    return result;
  });
}
