/** What the frame knows of a workspace: enough to name it and to lead there. */
export interface WorkspaceSummary {
  id: string;
  name: string;
  organization: string;
  timeZone: string;
}
