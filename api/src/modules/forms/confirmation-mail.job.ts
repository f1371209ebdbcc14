import { z } from 'zod';
import type { SendMail } from '../../platform/mail/mailer.js';
import type { Services, Task } from '../../platform/module.js';
import { writePublicId } from '../../platform/public-id.js';
import { requireForm } from './form.repository.js';
import { confirmationToken } from './form-tokens.js';
import { findSubmission } from './submission.repository.js';

const payloadShape = z.object({ workspaceId: z.string(), submissionId: z.string() });

/** Mails the link by which somebody confirms what was sent in their name. A server that is down is asked again later. */
export function createConfirmationTask(
  { withWorkspace, clock, settings }: Pick<Services, 'withWorkspace' | 'clock' | 'settings'>,
  sendMail: SendMail | undefined,
): Task {
  return async (payload) => {
    const { workspaceId, submissionId } = payloadShape.parse(payload);
    const mail = await withWorkspace(workspaceId, async (tx) => {
      const submission = await findSubmission(tx, submissionId);
      if (!submission || submission.confirmedAt || submission.expiresAt <= clock.now()) return undefined;
      const { secret, doubleOptIn } = await requireForm(tx, submission.formId, 'formId');
      if (!doubleOptIn) return undefined;
      const token = confirmationToken(secret, { submissionId, expiresAt: submission.expiresAt });
      const address = writePublicId({ workspaceId, id: submission.formId });
      const link = `${settings.baseUrl}/v1/forms/${address}/confirm?token=${token}`;
      return {
        to: submission.email,
        subject: doubleOptIn.subject,
        text: doubleOptIn.text.replace('{link}', () => link),
      };
    });
    if (!mail) return;
    if (!sendMail) throw new Error('A form asks for confirmation by mail, and SMTP_URL is not set.');
    await sendMail(mail);
  };
}
