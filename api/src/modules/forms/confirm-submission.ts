import { fold } from '@coterie/rules';
import { Failure } from '../../platform/errors.js';
import type { Services } from '../../platform/module.js';
import type { PublicId } from '../../platform/public-id.js';
import { steadyCatalog } from '../attributes/index.js';
import { liftErasure, workspaceFacts } from '../contacts/index.js';
import { applyAnswers } from './apply-answers.js';
import { readConfirmationToken } from './form-tokens.js';
import { findSubmission, markConfirmed } from './submission.repository.js';
import { requireOpenForm } from './take-submission.js';

/** What a link leads to. */
export interface Confirmed {
  formName: string;
  redirectUrl: string | null;
}

/**
 * Does what was sent by a form, now that whoever it names has confirmed it. Once more does nothing.
 * Throws INVALID_INPUT for a link that is not ours or works no more, NOT_FOUND for a form that is not used any more.
 */
export function confirmSubmission(
  { withWorkspace, clock }: Pick<Services, 'withWorkspace' | 'clock'>,
  { workspaceId, id: formId }: PublicId,
  token: string,
): Promise<Confirmed> {
  const now = clock.now();
  return withWorkspace(workspaceId, async (tx) => {
    const form = await requireOpenForm(tx, formId);
    const found = readConfirmationToken(form.secret, token);
    if (!found) throw notOurs('This link is not complete. Copy all of it out of the mail.');
    const submission = found.expiresAt > now && (await findSubmission(tx, found.submissionId, 'for update'));
    if (!submission) throw notOurs('This link works no more. Please send the form again.');
    if (!submission.confirmedAt) {
      const { contact, consents, email, page, submittedAt } = submission;
      const catalog = await steadyCatalog(tx);
      // Lenient: what an attribute has become since cannot be put right by whoever clicks on a link.
      const settings = { ...(await workspaceFacts(tx)), now, catalog, lenient: true };
      // Whoever was erased has come back by their own act, and has shown that it is them.
      await liftErasure(tx, [{ kind: 'email', value: fold(email) }], { by: 'system', now });
      const confirmed = { by: email, at: now };
      const sending = { submissionId: submission.id, page, submittedAt, confirmed };
      await applyAnswers(tx, settings, form, { contact, consents }, sending);
      await markConfirmed(tx, submission.id, now);
    }
    return { formName: form.name, redirectUrl: form.redirectUrl };
  });
}

function notOurs(message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path: 'token' });
}
