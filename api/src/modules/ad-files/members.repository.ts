import { readInBatches } from '../../platform/database/read-in-batches.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import {
  consentingContacts,
  refusedAddresses,
  refusedMobileAdIds,
  suppressedContacts,
} from '../consent/index.js';
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
  yield* readInBatches<Member>(tx, {
    text: `select member.*, c.company_id as "companyId",
        case when given.ordinal is null then 'withoutConsent'
             when stopped.ordinal is not null then 'suppressed'
             else 'eligible' end as standing
      from (${source.text}) as member
      join contacts as c on c.ordinal = member.ordinal
      left join (${consentingContacts('ads')}) as given on given.ordinal = member.ordinal
      left join (${suppressedContacts('ads')}) as stopped on stopped.ordinal = member.ordinal
      order by ${orders[kind]}`,
    values: source.values,
    size: batchSize,
  });
}

/** What a platform may find people by and that somebody shares with a person who refused. */
const refusals = { email: refusedAddresses('ads'), mobileAdId: refusedMobileAdIds('ads') };

/** Addresses or advertising ids, in batches, by which nobody may be handed to ad platforms. */
export async function* readRefused(
  tx: WorkspaceTransaction,
  field: keyof typeof refusals,
): AsyncGenerator<string[]> {
  const text = refusals[field];
  for await (const batch of readInBatches<{ value: string }>(tx, { text, values: [], size: 2_000 })) {
    yield batch.map(({ value }) => value);
  }
}
