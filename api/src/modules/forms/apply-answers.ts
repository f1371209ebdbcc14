import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { failureOfProblem } from '../../platform/errors.js';
import { erasedCode, upsertContacts, type UpsertSettings } from '../contacts/index.js';
import type { ConsentInput } from '../consent/index.js';
import { recordEvent } from '../ingestion/index.js';
import type { Form, FormConsent } from './form.js';
import type { Answers } from './read-answers.js';

/** When and where a form was sent. */
export interface Sending {
  submissionId: string;
  page: string | null;
  submittedAt: Date;
  /** Who has confirmed it by mail, and when; null without double opt-in. */
  confirmed: { by: string; at: Date } | null;
}

/** Makes or changes the contact, records the consents with their proof, and the event `form_submitted`. */
export async function applyAnswers(
  tx: WorkspaceTransaction,
  settings: UpsertSettings,
  form: Form,
  { contact, consents }: Answers,
  sending: Sending,
): Promise<void> {
  const recorded = consents.map((consent) => toConsent(consent, form, sending));
  const [result] = await upsertContacts(tx, settings, [{ ...contact, consents: recorded }]);
  if (!result!.ok) {
    const problem = result!.problems[0]!;
    // Answered like anybody: a form must not tell who was erased. Only who confirms by mail comes back.
    if (problem.code === erasedCode) return;
    throw failureOfProblem(problem);
  }
  const { email, phone, anonymousId } = contact;
  await recordEvent(tx, settings, {
    source: 'form',
    event: {
      email,
      // One identity is enough to find the contact that both have just led to.
      phone: email ? null : phone,
      anonymousId,
      name: 'form_submitted',
      target: form.name,
      messageId: `form:${sending.submissionId}`,
      occurredAt: sending.submittedAt,
      properties: {
        form: form.name,
        form_id: form.id,
        ...(sending.page === null ? {} : { page: sending.page }),
        fields: form.fields.map(({ name }) => name),
      },
    },
  });
}

/** The proof says what was agreed to, where, when, and how we know that it was them. */
function toConsent(
  { channel, text }: FormConsent,
  form: Form,
  { submissionId, page, submittedAt, confirmed }: Sending,
): ConsentInput {
  const proof = [
    `Agreed to: ${text}`,
    `Sent ${submittedAt.toISOString()}${page === null ? '' : ` on ${page}`} (form ${form.id}, submission ${submissionId})`,
    ...(confirmed ? [`Confirmed ${confirmed.at.toISOString()} by the link mailed to ${confirmed.by}`] : []),
  ];
  return { channel, state: 'granted', source: `form: ${form.name}`, proof: proof.join('\n') };
}
