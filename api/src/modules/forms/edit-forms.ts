import { randomBytes } from 'node:crypto';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { steadyCatalog } from '../attributes/index.js';
import { checkForm } from './check-form.js';
import { insertForm, requireForm, updateForm } from './form.repository.js';
import type { Form, FormDefinition } from './form.js';

/** Who changes a form, when, and whether there is a mail server for it. */
export interface FormEditor {
  actor: string;
  now: Date;
  canMail: boolean;
}

/** Creates a form. Throws INVALID_INPUT with every problem. */
export async function createForm(
  tx: WorkspaceTransaction,
  wanted: FormDefinition,
  { actor, now, canMail }: FormEditor,
): Promise<Form> {
  const form: Form = {
    ...checkForm(wanted, { catalog: await steadyCatalog(tx), canMail }),
    id: newId(),
    secret: randomBytes(32),
    createdBy: actor,
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  };
  await insertForm(tx, form);
  return form;
}

/** Changes a form; what is undefined stays as it is. Throws CONFLICT when it is archived. */
export async function changeForm(
  tx: WorkspaceTransaction,
  id: string,
  change: { [Part in keyof FormDefinition]?: FormDefinition[Part] | undefined },
  { now, canMail }: FormEditor,
): Promise<Form> {
  const catalog = await steadyCatalog(tx);
  const form = await requireForm(tx, id, 'input.id', 'for no key update');
  if (form.archivedAt) throw new Failure('CONFLICT', 'The form is archived.', { path: 'input.id' });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const wanted: FormDefinition = { ...form, ...given };
  const changed = {
    ...form,
    ...checkForm(wanted, { catalog, canMail }),
    updatedAt: now,
  };
  await updateForm(tx, changed);
  return changed;
}

/** Puts a form aside: nothing more is taken by it. Once more changes nothing. */
export async function archiveForm(tx: WorkspaceTransaction, id: string, { now }: FormEditor): Promise<Form> {
  const form = await requireForm(tx, id, 'input.id', 'for no key update');
  if (form.archivedAt) return form;
  const archived = { ...form, archivedAt: now };
  await updateForm(tx, archived);
  return archived;
}

/** Takes a form back into use, as it was. */
export async function unarchiveForm(tx: WorkspaceTransaction, id: string): Promise<Form> {
  const form = await requireForm(tx, id, 'input.id', 'for no key update');
  const active = { ...form, archivedAt: null };
  await updateForm(tx, active);
  return active;
}
