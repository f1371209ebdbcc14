import type { GrantInput, Role } from '@coterie/client';

/** A grant as a form holds it: one role, everywhere or in some workspaces. */
export interface GrantForm {
  where: 'all' | 'some';
  workspaceIds: string[];
  role: Role;
}

/** The form of a grant that there is already. */
export function toGrantForm(grant: {
  role?: Role | null;
  workspaces: readonly { workspaceId: string; role: Role }[];
}): GrantForm {
  return {
    where: grant.role ? 'all' : 'some',
    workspaceIds: grant.workspaces.map(({ workspaceId }) => workspaceId),
    role: grant.role ?? grant.workspaces[0]?.role ?? 'EDITOR',
  };
}

/** What the API takes. */
export function toGrantInput({ where, workspaceIds, role }: GrantForm): GrantInput {
  if (where === 'all') return { role };
  return { workspaces: workspaceIds.map((workspaceId) => ({ workspaceId, role })) };
}

/** Whether the form says where. */
export function isComplete({ where, workspaceIds }: GrantForm): boolean {
  return where === 'all' || workspaceIds.length > 0;
}
