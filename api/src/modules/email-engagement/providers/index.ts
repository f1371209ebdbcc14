import type { GetText } from '../../../platform/http/get-text.js';
import type { EmailProvider, ProviderId } from '../email-provider.js';
import { mailgun } from './mailgun.js';
import { postmark } from './postmark.js';
import { sendgrid } from './sendgrid.js';
import { createSes } from './ses.js';

/** Every sender by its id. */
export type EmailProviders = Record<ProviderId, EmailProvider>;

/** Makes them. @param getText how other servers are asked. */
export function createProviders(getText: GetText): EmailProviders {
  return { sendgrid, mailgun, postmark, ses: createSes(getText) };
}
