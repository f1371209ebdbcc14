import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { Action, ActionKind, Automation } from '../automation.js';
import type { Acted, Performing } from '../perform-run.js';
import type { Found } from '../recipient.repository.js';
import type { Run } from '../run.repository.js';
import { changeAudience, changeList } from './list.js';
import { noteMail } from './email.js';
import { openFollowUp } from './follow-up.js';
import { setAttribute } from './attribute.js';
import { tellWebhook } from './webhook.js';

/** What an action is given. */
export interface Acting<Kind extends ActionKind = ActionKind> {
  run: Run;
  automation: Automation;
  contact: Found;
  action: Extract<Action, { kind: Kind }>;
  now: Date;
  workspace: { name: string; timeZone: string };
}

/** Does an action in the transaction that notes it. Throws Failure for what is refused. */
export type Act<Kind extends ActionKind> = (
  services: Performing,
  tx: WorkspaceTransaction,
  acting: Acting<Kind>,
) => Promise<Acted>;

/** How each kind of action is done; waiting is the run's own. */
const acts: { [Kind in Exclude<ActionKind, 'wait'>]: Act<Kind> } = {
  email: noteMail,
  followUp: openFollowUp,
  webhook: tellWebhook,
  list: changeList,
  audience: changeAudience,
  attribute: setAttribute,
};

/** Does what an action says. */
export function act(
  services: Performing,
  tx: WorkspaceTransaction,
  acting: Acting<Exclude<ActionKind, 'wait'>>,
): Promise<Acted> {
  return (acts[acting.action.kind] as Act<Exclude<ActionKind, 'wait'>>)(services, tx, acting);
}
