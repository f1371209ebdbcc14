import type { Role } from '@coterie/client';

const words: Record<Role, [label: string, help: string]> = {
  OWNER: ['Owner', 'Everything, the organization itself included'],
  ADMIN: ['Administrator', 'Manages members, workspaces and API keys'],
  EDITOR: ['Editor', 'Changes contacts, segments and audiences'],
  VIEWER: ['Viewer', 'Looks, and changes nothing'],
};

/** What people call a role. */
export function roleInWords(role: Role): string {
  return words[role][0];
}

/** The roles to choose from: not those above one's own, and no owners of single workspaces. */
export function roleChoices(most: Role | null | undefined, whole: boolean) {
  const order = Object.keys(words) as Role[];
  return order
    .slice(Math.max(order.indexOf(most ?? 'VIEWER'), whole ? 0 : 1))
    .map((value) => ({ value, label: words[value][0], description: words[value][1] }));
}
