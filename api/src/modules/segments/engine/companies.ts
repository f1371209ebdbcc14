import { Bitmap } from '@coterie/bitmap';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';

const none = -1;

/**
 * Who works together: for each ordinal a number that stands for the contact's company. The numbers mean nothing beyond
 * this object.
 */
export class Companies {
  readonly #companyOf: Int32Array;
  readonly #count: number;

  private constructor(companyOf: Int32Array, count: number) {
    this.#companyOf = companyOf;
    this.#count = count;
  }

  /** Reads them all: for each company the ordinals of its people, as one packed value. */
  static async load(tx: WorkspaceTransaction): Promise<Companies> {
    const [row] = await tx.query<{ packed: Buffer | null; end: number | null }>(
      `select string_agg(int4send(people) || ordinals, ''::bytea) as packed, max(last) + 1 as end from (
         select count(*)::int as people, max(ordinal) as last, string_agg(int4send(ordinal), ''::bytea) as ordinals
         from contacts where company_id is not null group by company_id
       ) as company`,
    );
    const companyOf = new Int32Array(row?.end ?? 0).fill(none);
    const packed = row?.packed ?? Buffer.alloc(0);
    let count = 0;
    for (let place = 0; place < packed.length; count += 1) {
      const end = place + 4 + 4 * packed.readInt32BE(place);
      for (place += 4; place < end; place += 4) companyOf[packed.readInt32BE(place)] = count;
    }
    return new Companies(companyOf, count);
  }

  /** Bytes of memory that it takes. */
  get bytes(): number {
    return this.#companyOf.byteLength;
  }

  /** The same with some contacts looked up again: each is where a colleague is who is none of them, or else at a new company. */
  async broughtForward(tx: WorkspaceTransaction, changed: Bitmap): Promise<Companies> {
    const rows = await tx.query<{ ordinal: number; company_id: string; colleague: number | null }>(
      `select c.ordinal, c.company_id, (
         select o.ordinal from contacts o
         where o.workspace_id = c.workspace_id and o.company_id = c.company_id and o.ordinal <> all($1::int[]) limit 1
       ) as colleague
       from contacts c where c.ordinal = any($1::int[]) and c.company_id is not null`,
      [[...changed.ordinals()]],
    );
    const last = changed.next(-1, changed.size).at(-1) ?? -1;
    const companyOf = new Int32Array(Math.max(this.#companyOf.length, last + 1)).fill(none);
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
  employed(): Bitmap {
    return this.#where(() => true);
  }

  /** Everybody at the companies of these. */
  colleaguesOf(people: Bitmap): Bitmap {
    const isAsked = new Uint8Array(this.#count);
    for (const ordinal of people.ordinals()) {
      const company = this.#companyOf[ordinal] ?? none;
      if (company !== none) isAsked[company] = 1;
    }
    return this.#where((company) => isAsked[company] === 1);
  }

  #where(isMeant: (company: number) => boolean): Bitmap {
    const ordinals = new Uint32Array(this.#companyOf.length);
    let count = 0;
    for (let ordinal = 0; ordinal < this.#companyOf.length; ordinal += 1) {
      const company = this.#companyOf[ordinal]!;
      if (company !== none && isMeant(company)) ordinals[count++] = ordinal;
    }
    return Bitmap.of(ordinals.subarray(0, count));
  }
}
