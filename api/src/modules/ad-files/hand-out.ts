import { platforms, type Identifier, type Platform, type PlatformId } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { DigestSet } from '../../platform/digest-set.js';
import { reachableAmong } from '../consent/index.js';
import type { AudienceKind } from './ad-files.types.js';
import { onlyChosen } from './file-format.js';
import { loadCompanies } from './load-companies.js';
import { loadPeople, type PeopleWanted } from './load-people.js';
import { readMembers, type Member, type Standing } from './members.repository.js';
import { refusedKeys } from './refused-keys.js';

/** What a platform is told of one person or company: by field the values as it wants them, the primary one first. */
export type ToldValues = Readonly<Record<string, readonly string[]>>;

/** Somebody who may be handed out, with what is to be said. */
export interface HandedOut {
  /** Of a contact; null in an audience of companies. */
  ordinal: number | null;
  companyId: string | null;
  values: ToldValues;
}

/** What became of contacts: without consent, suppressed and eligible add up to them. */
export interface HandOutCounts extends Record<Standing, number> {
  withoutIdentifier: number;
  refused: number;
  duplicates: number;
}

/** Some contacts as they are to be handed out, for {@link HandOut.accept}. */
export interface HandOutPart {
  rows: HandedOut[];
  counts: HandOutCounts;
  keys: readonly string[];
}

/** What is handed out, and to whom. */
export interface HandOutOrder extends PeopleWanted {
  platform: PlatformId;
  kind: AudienceKind;
}

/**
 * Decides who of an audience may be handed to a platform, and what is said of each, by the same rules and from the same
 * readings as files are written. It remembers what was accepted, so that nobody is handed out twice.
 */
export class HandOut {
  readonly #order: HandOutOrder;
  readonly #platform: Platform;
  readonly #keyFields: readonly string[];
  readonly #refused: DigestSet;
  readonly #seen = new DigestSet();

  private constructor(order: HandOutOrder, refused: DigestSet) {
    this.#order = order;
    this.#platform = platforms[order.platform];
    this.#keyFields = keyFieldsOf(order);
    this.#refused = refused;
  }

  /** Begins to hand out: finds what nobody may be found by. */
  static async begin(tx: WorkspaceTransaction, order: HandOutOrder): Promise<HandOut> {
    const { platform, kind, identifiers } = order;
    const refused =
      kind === 'contacts' ? await refusedKeys(tx, platforms[platform], identifiers) : new DigestSet();
    return new HandOut(order, refused);
  }

  /** Reads some contacts; of an audience of companies, all of them at once. Changes nothing before it is accepted. */
  async read(tx: WorkspaceTransaction, ordinals: Uint32Array): Promise<HandOutPart> {
    const counts = noCounts();
    const source = {
      text: 'select asked as ordinal from unnest($1::int[]) as asked',
      values: [`{${ordinals.join(',')}}`],
    };
    const part = { rows: [] as HandedOut[], counts, keys: [] as string[] };
    const own = new Set<string>();
    let lastCompany: string | null = null;
    for await (const batch of readMembers(tx, source, this.#order.kind)) {
      for (const { standing } of batch) counts[standing] += 1;
      const eligible = batch.filter(({ standing }) => standing === 'eligible');
      if (this.#order.kind === 'contacts') {
        await this.#people(tx, eligible, part, own);
        continue;
      }
      const ids: string[] = [...new Set(eligible.flatMap(({ companyId }) => companyId ?? []))].filter(
        (id) => id !== lastCompany,
      );
      lastCompany = ids.at(-1) ?? lastCompany;
      await this.#companies(tx, ids, part, own);
    }
    part.keys = [...own];
    return part;
  }

  /** What was read has been written down. */
  accept({ keys }: HandOutPart): void {
    for (const key of keys) this.#seen.add(key);
  }

  async #people(
    tx: WorkspaceTransaction,
    members: readonly Member[],
    part: HandOutPart,
    own: Set<string>,
  ): Promise<void> {
    const identifiers = this.#order.identifiers as readonly Identifier[];
    const people = await loadPeople(tx, members, this.#order);
    people.forEach((person, index) => {
      const values = this.#platform.values(person, identifiers);
      this.#take(values, part, own, { ordinal: members[index]!.ordinal, companyId: null });
    });
  }

  async #companies(
    tx: WorkspaceTransaction,
    ids: readonly string[],
    part: HandOutPart,
    own: Set<string>,
  ): Promise<void> {
    const companies = await loadCompanies(tx, ids);
    companies.forEach((company, index) => {
      const values = this.#platform.companies?.values(onlyChosen(company, this.#order.identifiers));
      this.#take(values, part, own, { ordinal: null, companyId: ids[index]! });
    });
  }

  #take(
    values: ToldValues | undefined,
    { rows, counts }: HandOutPart,
    own: Set<string>,
    who: Pick<HandedOut, 'ordinal' | 'companyId'>,
  ): void {
    const keys = values ? this.#keysOf(values) : [];
    if (!values) counts.withoutIdentifier += 1;
    else if (keys.some((key) => this.#refused.has(key))) counts.refused += 1;
    else if (keys.every((key) => own.has(key) || this.#seen.has(key))) counts.duplicates += 1;
    else {
      for (const key of keys) own.add(key);
      rows.push({ ...who, values });
    }
  }

  /** What the platform finds somebody by: each of these alone, or else all that is said together. */
  #keysOf(values: ToldValues): readonly string[] {
    const keys = this.#keyFields.flatMap((field) => values[field] ?? []);
    return keys.length > 0 ? keys : [JSON.stringify(values)];
  }
}

/** The fields of which one suffices to find a person, where the platform takes it by itself. */
const keyFields = {
  email: 'email',
  phone: 'phone',
  mobile_ad_id: 'mobileAdId',
  external_id: 'externalId',
} as const;

function keyFieldsOf({ platform, kind }: HandOutOrder): readonly string[] {
  if (kind === 'companies') return [];
  const alone = platforms[platform].matching.filter((set) => set.length === 1).flat();
  return Object.entries(keyFields).flatMap(([identifier, field]) =>
    alone.includes(identifier as Identifier) ? [field] : [],
  );
}

/** No contact at all. */
export function noCounts(): HandOutCounts {
  return { withoutConsent: 0, suppressed: 0, eligible: 0, withoutIdentifier: 0, refused: 0, duplicates: 0 };
}

/** Those of some contacts who may be handed to ad platforms at this moment. */
export async function stillEligible(
  tx: WorkspaceTransaction,
  ordinals: readonly number[],
): Promise<Set<number>> {
  const rows = await tx.query<{ ordinal: number }>(reachableAmong('ads', '$1'), [`{${ordinals.join(',')}}`]);
  return new Set(rows.map(({ ordinal }) => ordinal));
}
