/** Where the browser remembers which workspace was in view last. */
export const lastWorkspaceKey = 'coterie-workspace';
