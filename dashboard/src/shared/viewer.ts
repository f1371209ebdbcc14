import type { Role, ViewerQuery, WorkspaceHeadFragment } from '@coterie/client';
import { computed, inject, type ComputedRef, type InjectionKey } from 'vue';

/** Who is signed in, and the organizations that the person belongs to. */
export type ViewerSummary = ViewerQuery['viewer'];

/** The frame of signed-in pages provides these. */
export const viewerKey: InjectionKey<ComputedRef<ViewerSummary>> = Symbol('viewer');
export const workspaceKey: InjectionKey<ComputedRef<WorkspaceHeadFragment>> = Symbol('workspace');

/** Who is signed in. */
export function useViewer(): ComputedRef<ViewerSummary> {
  return provided(viewerKey);
}

/** The workspace that the address names, and what its viewer may do in it. */
export function useWorkspace() {
  const workspace = provided(workspaceKey);
  const viewer = useViewer();
  const organization = computed(() =>
    viewer.value.organizations.find(({ id }) => id === workspace.value.organizationId),
  );
  return {
    workspace,
    /** Stays the same while a page is shown: another workspace makes the page anew. */
    workspaceId: workspace.value.id,
    organization,
    mayEdit: computed(() => atLeast('EDITOR', workspace.value.role)),
    mayManage: computed(() => atLeast('ADMIN', workspace.value.role)),
    mayManageMembers: computed(() => atLeast('ADMIN', organization.value?.role)),
  };
}

function provided<Value>(key: InjectionKey<Value>): Value {
  const value = inject(key);
  if (value === undefined) throw new Error('This page belongs inside the frame of signed-in pages.');
  return value;
}

/** From what only looks to what may do everything. */
export const roles: readonly Role[] = ['VIEWER', 'EDITOR', 'ADMIN', 'OWNER'];

/** Whether a role may do what another one may. */
export function atLeast(needed: Role, held: Role | null | undefined): boolean {
  return held ? roles.indexOf(held) >= roles.indexOf(needed) : false;
}
