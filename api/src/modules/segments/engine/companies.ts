import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

const none = -1;

/** The people of company n lie from `starts[n]` up to `starts[n + 1]`. */
interface Staff {
  starts: Uint32Array;
  people: Uint32Array;
}

/** Writes what packs them all: how many work at each company, and then who. */
export const packedCompanies = `select string_agg(int4send(people) || ordinals, ''::bytea) from (
    select count(*)::int as people, string_agg(int4send(ordinal), ''::bytea) as ordinals
    from contacts where company_id is not null group by company_id
  ) as company`;

/**
 * Who works together: for each ordinal a number that stands for the contact's company. The numbers mean nothing beyond
 * this object.
 */
export class Companies {
  readonly #companyOf: Int32Array;
  readonly #count: number;
  #staff: Staff | undefined;
  #employed: Bitmap | undefined;

  private constructor(companyOf: Int32Array, count: number) {
    this.#companyOf = companyOf;
    this.#count = count;
  }

  /** Reads them all. @param end all ordinals are below. */
  static async load(tx: WorkspaceTransaction, end: number): Promise<Companies> {
    const [row] = await tx.query<{ packed: Buffer | null }>(`select (${packedCompanies}) as packed`);
    return Companies.fromPacked(row?.packed ?? Buffer.alloc(0), end);
  }

  /** @param packed as {@link packedCompanies} does it, of these ordinals or of some of them. */
  static fromPacked(packed: Buffer, end: number): Companies {
    const companyOf = new Int32Array(end).fill(none);
    let count = 0;
    for (let place = 0; place < packed.length; count += 1) {
      const last = place + 4 * packed.readInt32BE(place);
      while (place < last) companyOf[packed.readInt32BE((place += 4))] = count;
      place += 4;
    }
    return new Companies(companyOf, count);
  }

  /** Bytes of memory that it takes, with what is worked out from it. */
  get bytes(): number {
    return 2 * this.#companyOf.byteLength + 4 * this.#count;
  }

  /**
   * The same with some contacts looked up again: each is where a colleague is who is none of them, or else at a new
   * company.
   */
  async broughtForward(tx: WorkspaceTransaction, changed: Bitmap, end: number): Promise<Companies> {
    const rows = await tx.query<{ ordinal: number; company_id: string; colleague: number | null }>(
      `select c.ordinal, c.company_id, (
         select o.ordinal from contacts o
         where o.workspace_id = c.workspace_id and o.company_id = c.company_id and o.ordinal <> all($1::int[]) limit 1
       ) as colleague
       from contacts c where c.ordinal = any($1::int[]) and c.company_id is not null`,
      [[...changed.ordinals()]],
    );
    const companyOf = new Int32Array(end).fill(none);
    companyOf.set(this.#companyOf);
    for (const ordinal of changed.ordinals()) companyOf[ordinal] = none;
    let count = this.#count;
    const fresh = new Map<string, number>();
    for (const { ordinal, company_id: company, colleague } of rows) {
      if (colleague !== null) companyOf[ordinal] = companyOf[colleague]!;
      else {
        if (!fresh.has(company)) fresh.set(company, count++);
        companyOf[ordinal] = fresh.get(company)!;
      }
    }
    return new Companies(companyOf, count);
  }

  /** Everybody who works somewhere. */
  get employed(): Bitmap {
    this.#employed ??= Bitmap.of(this.#staffed().people);
    return this.#employed;
  }

  /** Everybody at the companies of these. */
  colleaguesOf(people: Bitmap): Bitmap {
    const { starts, people: staff } = this.#staffed();
    const isAsked = new Uint8Array(this.#count);
    const found = new Uint32Array(staff.length);
    let size = 0;
    for (const ordinal of people.ordinals()) {
      const company = this.#companyOf[ordinal] ?? none;
      if (company === none || isAsked[company] === 1) continue;
      isAsked[company] = 1;
      for (let place = starts[company]!; place < starts[company + 1]!; place += 1)
        found[size++] = staff[place]!;
    }
    return Bitmap.of(found.subarray(0, size));
  }

  /** Worked out when it is first asked for. */
  #staffed(): Staff {
    this.#staff ??= staffOf(this.#companyOf, this.#count);
    return this.#staff;
  }
}

/** Sorts contacts by company: counts, then places. */
function staffOf(companyOf: Int32Array, count: number): Staff {
  const starts = new Uint32Array(count + 1);
  for (const company of companyOf) if (company !== none) starts[company + 1]! += 1;
  for (let company = 0; company < count; company += 1) starts[company + 1]! += starts[company]!;
  const people = new Uint32Array(starts[count]!);
  const next = starts.slice();
  for (let ordinal = 0; ordinal < companyOf.length; ordinal += 1) {
    const company = companyOf[ordinal]!;
    if (company !== none) people[next[company]!++] = ordinal;
  }
  return { starts, people };
}
