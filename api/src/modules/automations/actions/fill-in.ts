import { contactKeysIn } from '../contact-keys.js';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import {
  compileTemplate,
  type MessageTemplate,
  type RenderedMessage,
} from '../../../platform/templates/template.js';
import { withUnsubscribeLink } from '../unsubscribe/index.js';
import { contactValues } from './contact-values.js';

/** Whom a message is for, and what else it can name. */
export interface FilledWith {
  /** Null: nobody, so that nothing is known of them. */
  ordinal: number | null;
  workspace: { name: string; timeZone: string };
  unsubscribeUrl: string;
}

/** A template as a message to one contact. Throws TemplateFault. */
export async function fillIn(
  tx: WorkspaceTransaction,
  message: MessageTemplate,
  { ordinal, workspace, unsubscribeUrl }: FilledWith,
): Promise<RenderedMessage> {
  const template = compileTemplate(message, { timeZone: workspace.timeZone });
  const keys = contactKeysIn(template.variables);
  const data = {
    contact: ordinal === null ? {} : await contactValues(tx, ordinal, keys),
    workspace: { name: workspace.name },
    unsubscribe_url: unsubscribeUrl,
  };
  return withUnsubscribeLink(template.render(data), unsubscribeUrl);
}
