import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, notFound, type Problem } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';
import type { ConsentInput } from './consent.js';
import { prepareConsent, type ConsentSettings } from './prepare-consent.js';
import { recordConsents, type ConsentRecord } from './record-consents.js';

/** Consents that one call may record. */
export const mostConsents = 1_000;

/** What became of one consent. */
export interface ConsentResult {
  contactId: string;
  changed: boolean;
  error: Problem | null;
}

/** Records consents of contacts named by id; a result for each, in the given order. */
export async function recordContactConsents(
  tx: WorkspaceTransaction,
  inputs: readonly (ConsentInput & { contactId: string })[],
  settings: ConsentSettings,
): Promise<ConsentResult[]> {
  if (inputs.length > mostConsents) {
    const message = `At most ${mostConsents} consents can be recorded at once.`;
    throw new Failure('TOO_LARGE', message, { path: 'input.consents' });
  }
  const ordinals = await lockContacts(
    tx,
    inputs.map((input) => input.contactId),
  );
  const checked = inputs.map((input, index) => check(input, ordinals, settings, `input.consents[${index}]`));
  const news = (
    await recordConsents(
      tx,
      checked.flatMap((item) => item.record ?? []),
    )
  ).values();
  return checked.map(({ record, error }, index) => ({
    contactId: inputs[index]!.contactId,
    changed: record ? news.next().value! : false,
    error,
  }));
}

function check(
  input: ConsentInput & { contactId: string },
  ordinals: Map<string, number>,
  settings: ConsentSettings,
  path: string,
): { record: ConsentRecord | null; error: Problem | null } {
  const ordinal = ordinals.get(input.contactId.toLowerCase());
  if (ordinal === undefined) {
    const { code, message } = notFound('contact');
    return { record: null, error: { code, path: `${path}.contactId`, message } };
  }
  const prepared = prepareConsent(input, settings, path);
  if (!prepared.ok) return { record: null, error: prepared.problems[0]! };
  return { record: { ...prepared.consent, ordinal }, error: null };
}

/**
 * In the order of ordinals, so that two calls never wait for each other in a circle. The id of a contact that has become
 * part of another names that one.
 */
async function lockContacts(tx: WorkspaceTransaction, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ id: string; ordinal: number }>(
    `select asked.id, c.ordinal from unnest($1::uuid[]) as asked (id)
     left join contacts as own on own.id = asked.id
     left join contact_merges as merge on merge.loser_id = asked.id and merge.undone_at is null
     join contacts as c on c.ordinal = coalesce(own.ordinal, merge.holder)
     order by c.ordinal for no key update of c`,
    [ids.filter(isId)],
  );
  return new Map(rows.map((row) => [row.id, row.ordinal]));
}
