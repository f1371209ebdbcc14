import { platforms, type Company, type Person, type PlatformId } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { DigestSet } from '../../platform/digest-set.js';
import { companiesFormat, peopleFormat } from './file-format.js';
import type { FileKind } from './identifiers.js';
import { loadCompanies } from './load-companies.js';
import { loadPeople, type PeopleWanted } from './load-people.js';
import { readMembers, type Member, type MemberSource, type Standing } from './members.repository.js';
import { refusedKeys } from './refused-keys.js';
import { produceFile, type FileCounts, type Write } from './produce-file.js';

/** What a file is to hold, and of whom. */
export interface FileOrder extends PeopleWanted {
  platform: PlatformId;
  kind: FileKind;
  source: MemberSource;
  /** What a download is called after. */
  name?: string;
  /** Aborted when nobody waits for it any more. */
  signal: AbortSignal;
}

/** What became of the contacts that a file is about, and what is in it. */
export interface FileReport extends FileCounts {
  platform: PlatformId;
  kind: FileKind;
  /** The contacts: those without consent, those suppressed and those eligible add up to them. */
  members: number;
  withoutConsent: number;
  suppressed: number;
  eligible: number;
  /** In a file of companies: eligible contacts that belong to none, and the different companies of the others. */
  withoutCompany: number | null;
  companies: number | null;
}

/**
 * Writes the file of an audience, and tells what is in it: who may be sent is decided here, in the transaction's
 * snapshot. A company is listed when at least one contact of its own may be: its row says nothing of anybody, but it is
 * there because of what its people did.
 * @param write takes the file piece by piece; a report alone needs none.
 */
export async function writeFile(
  tx: WorkspaceTransaction,
  order: FileOrder,
  write: Write = () => undefined,
): Promise<FileReport> {
  const { platform: id, kind, identifiers } = order;
  const platform = platforms[id];
  const standings: Record<Standing, number> = { withoutConsent: 0, suppressed: 0, eligible: 0 };
  const members = eligibleMembers(tx, order, standings);
  if (kind !== 'companies') {
    const format = peopleFormat(platform, identifiers, kind);
    const refused = await refusedKeys(tx, platform, identifiers);
    const counts = await produceFile(peopleOf(tx, members, order), format, refused, write);
    return {
      platform: id,
      kind,
      ...standingsOf(standings),
      withoutCompany: null,
      companies: null,
      ...counts,
    };
  }
  if (!platform.companies) throw new Error(`${platform.label} takes no companies.`);
  const found = { withoutCompany: 0, companies: 0 };
  const format = companiesFormat(platform.companies, identifiers);
  const counts = await produceFile(companiesOf(tx, members, found), format, new DigestSet(), write);
  return { platform: id, kind, ...standingsOf(standings), ...found, ...counts };
}

function standingsOf(
  counts: Record<Standing, number>,
): Pick<FileReport, 'members' | 'withoutConsent' | 'suppressed' | 'eligible'> {
  return { members: counts.withoutConsent + counts.suppressed + counts.eligible, ...counts };
}

async function* eligibleMembers(
  tx: WorkspaceTransaction,
  { source, kind, signal }: FileOrder,
  standings: Record<Standing, number>,
): AsyncGenerator<Member[]> {
  for await (const batch of readMembers(tx, source, kind)) {
    if (signal.aborted) throw new Failure('UNAVAILABLE', 'The client went away.');
    for (const { standing } of batch) standings[standing] += 1;
    yield batch.filter(({ standing }) => standing === 'eligible');
  }
}

async function* peopleOf(
  tx: WorkspaceTransaction,
  batches: AsyncIterable<Member[]>,
  wanted: PeopleWanted,
): AsyncGenerator<Person[]> {
  for await (const batch of batches) yield await loadPeople(tx, batch, wanted);
}

/** Each company once: the contacts come ordered by it. */
async function* companiesOf(
  tx: WorkspaceTransaction,
  batches: AsyncIterable<Member[]>,
  found: { withoutCompany: number; companies: number },
): AsyncGenerator<Company[]> {
  let last: string | undefined;
  for await (const batch of batches) {
    const ids = new Set(batch.flatMap(({ companyId }) => companyId ?? []));
    found.withoutCompany += batch.filter(({ companyId }) => companyId === null).length;
    if (last !== undefined) ids.delete(last);
    last = [...ids].at(-1) ?? last;
    found.companies += ids.size;
    yield await loadCompanies(tx, [...ids]);
  }
}
