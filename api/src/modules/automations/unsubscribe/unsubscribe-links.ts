import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { requireUnsubscribeKey } from './unsubscribe-key.repository.js';
import { writeToken, type Recipient } from './token.js';

/** How somebody ends the mail that they get. */
export interface UnsubscribeLink {
  /** For the message itself: `{{ unsubscribe_url }}`. */
  url: string;
  /** For mail programs, which show a button of their own (RFC 2369 and RFC 8058). */
  headers: Record<'List-Unsubscribe' | 'List-Unsubscribe-Post', string>;
}

/**
 * Gives what makes the links of a workspace's mail: for as many people as there are, also when the transaction has ended.
 * @param settings where people reach Coterie.
 */
export async function unsubscribeLinks(
  tx: WorkspaceTransaction,
  { baseUrl }: { baseUrl: string },
): Promise<(recipient: Recipient) => UnsubscribeLink> {
  const key = await requireUnsubscribeKey(tx);
  const { workspaceId } = tx;
  return (recipient) => {
    const url = `${baseUrl}/u/${writeToken(key, workspaceId, recipient)}`;
    return {
      url,
      headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    };
  };
}
