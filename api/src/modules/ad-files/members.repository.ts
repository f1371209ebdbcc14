import { planForMany } from '../../platform/database/plan-for-many.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { consentingContacts, suppressedContacts } from '../consent/index.js';
import type { FileKind } from './identifiers.js';

/** The contacts that a file is about: a statement of which each row has an `ordinal` and, for seeds, a `value`. */
export interface MemberSource {
  text: string;
  values: unknown[];
}

/** Whether a contact may be handed to an ad platform; the first reason against it counts. */
export type Standing = 'withoutConsent' | 'suppressed' | 'eligible';

/** A contact that a file is about. */
export interface Member {
  ordinal: number;
  companyId: string | null;
  standing: Standing;
  /** What it is worth in a seed list. */
  value?: number | null;
}

/** Contacts read at a time: the next are not read before these are written, and reading them blocks nobody for long. */
const batchSize = 500;

/** Those of a company follow each other, for a file of companies. */
const orders: Record<FileKind, string> = {
  contacts: 'member.ordinal',
  seed: 'member.ordinal',
  companies: 'c.company_id, member.ordinal',
};

/**
 * Reads the contacts of a source batch by batch, each with whether it may be handed to ad platforms: consent for ads is
 * granted and none of its identities is suppressed for them. Meant for a snapshot: all batches are of one version.
 */
export async function* readMembers(
  tx: WorkspaceTransaction,
  source: MemberSource,
  kind: FileKind,
): AsyncGenerator<Member[]> {
  await planForMany(tx);
  // All rows will be fetched: the plan is to be the one that is fastest for all of them, not for the first.
  await tx.query('set local cursor_tuple_fraction = 1');
  await tx.query(
    `declare members no scroll cursor for
     select member.*, c.company_id as "companyId",
       case when given.ordinal is null then 'withoutConsent'
            when stopped.ordinal is not null then 'suppressed'
            else 'eligible' end as standing
     from (${source.text}) as member
     join contacts as c on c.ordinal = member.ordinal
     left join (${consentingContacts('ads')}) as given on given.ordinal = member.ordinal
     left join (${suppressedContacts('ads')}) as stopped on stopped.ordinal = member.ordinal
     order by ${orders[kind]}`,
    source.values,
  );
  for (;;) {
    const batch = await tx.query<Member>(`fetch ${batchSize} from members`);
    if (batch.length > 0) yield batch;
    if (batch.length < batchSize) break;
  }
  await tx.query('close members');
}
