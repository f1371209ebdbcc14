import { randomBytes } from 'node:crypto';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId, newId } from '../../platform/ids.js';
import type { SecretBox } from '../../platform/secret-box.js';
import type { EmailProvider } from './email-provider.js';
import { deleteSource, insertSource, requireSource, updateSource } from './email-source.repository.js';
import { placeOfSecret, type EmailSource } from './email-source.js';
import type { EmailProviders } from './providers/index.js';

/** What somebody decides about a source. */
export interface SourceDefinition {
  name: string;
  secret: string | null;
  topicArn: string | null;
}

/** Who changes a source, when, and with what. */
export interface SourceEditor {
  actor: string;
  now: Date;
  secrets: SecretBox;
  providers: EmailProviders;
}

/** A source, and the password that was made for it; null where none was. */
export interface EditedSource {
  source: EmailSource;
  password: string | null;
}

/** Creates a source. Throws INVALID_INPUT for credentials that the provider does not have, or has and were not given. */
export async function createSource(
  tx: WorkspaceTransaction,
  { provider: providerId, name, ...given }: SourceDefinition & Pick<EmailSource, 'provider'>,
  { actor, now, secrets, providers }: SourceEditor,
): Promise<EditedSource> {
  const provider = providers[providerId];
  requireFitting(provider, given);
  const fault = provider.faultOf(given);
  if (fault) throw invalid(fault.field, fault.message);
  const password = provider.secret === 'generated' ? newPassword() : null;
  const id = newId();
  const secret = given.secret ?? password;
  const source: EmailSource = {
    id,
    name: name.trim(),
    provider: providerId,
    secret: secret === null ? null : secrets.seal(secret, placeOfSecret(tx.workspaceId, id)),
    topicArn: given.topicArn,
    createdBy: actor,
    createdAt: now,
    updatedAt: now,
    lastReceivedAt: null,
    lastRefusedAt: null,
    lastRefusal: null,
  };
  await insertSource(tx, source);
  return { source, password };
}

/** What is to be different about a source; undefined stays as it is. */
export interface SourceChange {
  name: string | undefined;
  secret: string | undefined;
  topicArn: string | undefined;
  /** Makes another password, and the one before useless. */
  newPassword: boolean;
}

/** Changes a source. Throws as {@link createSource} does. */
export async function changeSource(
  tx: WorkspaceTransaction,
  id: string,
  change: SourceChange,
  { now, secrets, providers }: SourceEditor,
): Promise<EditedSource> {
  const source = await requireSource(tx, id, 'input.id', 'for no key update');
  const provider = providers[source.provider];
  requireFitting(provider, { secret: change.secret ?? null, topicArn: change.topicArn ?? null });
  if (change.newPassword && provider.secret !== 'generated')
    throw invalid('newPassword', `${provider.label} has no password that we make.`);
  for (const field of ['secret', 'topicArn'] as const) {
    const given = change[field];
    if (given === undefined) continue;
    const fault = provider.faultOf({ secret: null, topicArn: null, [field]: given });
    if (fault?.field === field) throw invalid(field, fault.message);
  }
  const password = change.newPassword ? newPassword() : null;
  const secret = change.secret ?? password;
  const changed: EmailSource = {
    ...source,
    name: change.name?.trim() ?? source.name,
    secret: secret === null ? source.secret : secrets.seal(secret, placeOfSecret(tx.workspaceId, id)),
    topicArn: change.topicArn ?? source.topicArn,
    updatedAt: now,
  };
  await updateSource(tx, changed);
  return { source: changed, password };
}

/** Deletes a source: calls are not taken any more. What it has reported stays. Throws NOT_FOUND. */
export async function removeSource(tx: WorkspaceTransaction, id: string): Promise<void> {
  if (!isId(id) || !(await deleteSource(tx, id))) throw notFound('e-mail source', 'input.id');
}

function requireFitting(
  { label, secret, hasTopic }: EmailProvider,
  given: { secret: string | null; topicArn: string | null },
): void {
  if (given.secret !== null && secret !== 'given')
    throw invalid('secret', `${label} has no secret to be given.`);
  if (given.topicArn !== null && !hasTopic) throw invalid('topicArn', `${label} has no topic.`);
}

function newPassword(): string {
  return randomBytes(32).toString('base64url');
}

function invalid(field: string, message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path: `input.${field}` });
}
