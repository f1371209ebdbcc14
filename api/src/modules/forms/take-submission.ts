import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import type { PublicId } from '../../platform/public-id.js';
import { steadyCatalog } from '../attributes/index.js';
import { workspaceFacts } from '../contacts/index.js';
import { applyAnswers } from './apply-answers.js';
import { reservedFields, type Form } from './form.js';
import { requireForm } from './form.repository.js';
import { readFillToken } from './form-tokens.js';
import { valueOf, type Posted } from './posted.js';
import { readAnswers, type Answers } from './read-answers.js';
import { countSubmissions, insertSubmission } from './submission.repository.js';

/** The job that mails the link. */
export const confirmationTask = 'send-form-confirmation';

const hour = 60 * 60 * 1000;
/** How long a page may stay open before its form is sent. */
const tokenHours = 24;
/** Mails to one address by one form within a day: nobody's letter-box is to be filled by others. */
export const mailsPerDay = 3;

/** What became of a post. */
export interface Taken {
  /** `confirm` when a mail asks whether it was really them. */
  status: 'taken' | 'confirm';
  redirectUrl: string | null;
}

/**
 * Takes what somebody has posted by a form. What looks like a robot's is answered like anybody's, and dropped.
 * Throws NOT_FOUND for a form that does not exist or is archived, INVALID_INPUT with the names of fields as paths.
 */
export function takeSubmission(
  { withWorkspace, clock, enqueue }: Pick<Services, 'withWorkspace' | 'clock' | 'enqueue'>,
  { workspaceId, id: formId }: PublicId,
  posted: Posted,
): Promise<Taken> {
  const now = clock.now();
  return withWorkspace(workspaceId, async (tx) => {
    const form = await requireOpenForm(tx, formId);
    const taken: Taken = { status: form.doubleOptIn ? 'confirm' : 'taken', redirectUrl: form.redirectUrl };
    if (isRobot(form, posted, now)) return taken;
    const catalog = await steadyCatalog(tx);
    const settings = { ...(await workspaceFacts(tx)), now, catalog };
    const answers = readAnswers(form, posted, settings);
    const page = pageOf(posted);
    const submissionId = newId();
    if (form.doubleOptIn) {
      const wait = { form, answers, page, submissionId, now };
      if (await keepUntilConfirmed(tx, wait))
        await enqueue(tx.manager, confirmationTask, { workspaceId, submissionId });
    } else {
      await applyAnswers(tx, settings, form, answers, {
        submissionId,
        page,
        submittedAt: now,
        confirmed: null,
      });
    }
    return taken;
  });
}

/** The form, unless it is archived. */
export async function requireOpenForm(tx: WorkspaceTransaction, formId: string): Promise<Form> {
  const form = await requireForm(tx, formId, 'formId');
  if (form.archivedAt) throw new Failure('NOT_FOUND', 'This form is not used any more.', { path: 'formId' });
  return form;
}

/** Robots fill in what nobody sees, and faster than anybody types. Throws INVALID_INPUT without a token of ours. */
function isRobot({ honeypot, minimumSeconds, secret }: Form, posted: Posted, now: Date): boolean {
  if (honeypot !== null && valueOf(posted, honeypot) !== undefined) return true;
  if (minimumSeconds === 0) return false;
  const begun = readFillToken(secret, valueOf(posted, reservedFields.token) ?? '');
  const age = begun === undefined ? Number.POSITIVE_INFINITY : now.getTime() - begun.getTime();
  if (age > tokenHours * hour) {
    throw new Failure('INVALID_INPUT', 'The form has been open for too long: load the page again.', {
      path: reservedFields.token,
    });
  }
  return age < minimumSeconds * 1000;
}

interface Wait {
  form: Form;
  answers: Answers;
  page: string | null;
  submissionId: string;
  now: Date;
}

/** Keeps the answers; false, and nothing kept, when the address has had enough mail. */
async function keepUntilConfirmed(tx: WorkspaceTransaction, wait: Wait): Promise<boolean> {
  const { form, answers, page, submissionId, now } = wait;
  const email = answers.contact.email!.toLowerCase();
  const since = new Date(now.getTime() - 24 * hour);
  if ((await countSubmissions(tx, { formId: form.id, email, since })) >= mailsPerDay) return false;
  await insertSubmission(tx, {
    id: submissionId,
    formId: form.id,
    email,
    contact: answers.contact,
    consents: answers.consents,
    page,
    submittedAt: now,
    expiresAt: new Date(now.getTime() + form.doubleOptIn!.validHours * hour),
    confirmedAt: null,
  });
  return true;
}

const longestPage = 500;

/** The page that the form says it is on: without query and fragment, which may hold what is nobody's business. */
function pageOf(posted: Posted): string | null {
  return (
    valueOf(posted, reservedFields.page)
      ?.replace(/[?#].*$/su, '')
      .slice(0, longestPage) || null
  );
}
