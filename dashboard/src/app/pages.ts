import type { Role } from '@coterie/client';

/** A page of a workspace that the menu and the command palette lead to. */
export interface PageEntry {
  label: string;
  icon: string;
  /** The first part of its address within the workspace; empty for the overview. */
  part: string;
  /** Who sees it at least. */
  role: Role;
}

/** The pages of a workspace, in the groups of the menu. What is not built into a group yet finds its place in one of them. */
export const pageGroups: readonly (readonly PageEntry[])[] = [
  [{ label: 'Overview', icon: 'i-lucide-layout-dashboard', part: '', role: 'VIEWER' }],
  [
    { label: 'Contacts', icon: 'i-lucide-users', part: 'contacts', role: 'VIEWER' },
    { label: 'Companies', icon: 'i-lucide-building-2', part: 'companies', role: 'VIEWER' },
    { label: 'Imports', icon: 'i-lucide-upload', part: 'imports', role: 'VIEWER' },
    { label: 'Data', icon: 'i-lucide-database', part: 'data', role: 'VIEWER' },
  ],
  [
    { label: 'Segments', icon: 'i-lucide-group', part: 'segments', role: 'VIEWER' },
    { label: 'Audiences', icon: 'i-lucide-megaphone', part: 'audiences', role: 'VIEWER' },
    { label: 'Lookalikes', icon: 'i-lucide-sprout', part: 'lookalikes', role: 'VIEWER' },
    { label: 'Automations', icon: 'i-lucide-workflow', part: 'automations', role: 'VIEWER' },
    { label: 'Follow-ups', icon: 'i-lucide-list-checks', part: 'follow-ups', role: 'VIEWER' },
    { label: 'Destinations', icon: 'i-lucide-plug-zap', part: 'destinations', role: 'VIEWER' },
  ],
  [
    { label: 'Usage', icon: 'i-lucide-chart-column', part: 'usage', role: 'VIEWER' },
    { label: 'API explorer', icon: 'i-lucide-square-terminal', part: 'explorer', role: 'VIEWER' },
    { label: 'Settings', icon: 'i-lucide-settings-2', part: 'settings', role: 'ADMIN' },
  ],
];
