import {
  upsertContacts,
  type ContactInput,
  type ContactResult,
  type UpsertSettings,
} from '../../api/src/modules/contacts/index.js';
import { mergeByHand } from '../../api/src/modules/contacts/merging/merge-by-hand.js';
import { undoMerge } from '../../api/src/modules/contacts/merging/undo-merge.js';
import type { TakenContact, Tenants } from '../support/builders.js';

/** When everything happens unless a test says otherwise. */
export const now = new Date('2026-03-01T10:00:00Z');
export const minute = 60_000;
export const day = 24 * 60 * minute;

/** A workspace's people, with short ways to ask what is known of them. */
export class IdentityWorkspace {
  private constructor(
    readonly db: Tenants,
    readonly id: string,
  ) {}

  static async open(db: Tenants): Promise<IdentityWorkspace> {
    return new IdentityWorkspace(db, await db.newWorkspace({ defaultCountry: 'AT' }));
  }

  rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.db.withWorkspace(this.id, (tx) => tx.query<Row>(text, values));
  }

  /** The first column of the first row. */
  async one<Value>(text: string, values: unknown[] = []): Promise<Value> {
    const [row] = await this.rows<Record<string, Value>>(text, values);
    return Object.values(row!)[0]!;
  }

  upsert(inputs: ContactInput[], changes: Partial<UpsertSettings> = {}): Promise<ContactResult[]> {
    const settings = { timeZone: 'UTC', defaultCountry: 'AT', now, ...changes };
    return this.db.withWorkspace(this.id, (tx) => upsertContacts(tx, settings, inputs));
  }

  /** Upserts one contact that is expected to be taken. */
  async take(input: ContactInput, changes: Partial<UpsertSettings> = {}): Promise<TakenContact> {
    const [result] = await this.upsert([input], changes);
    if (!result?.ok) throw new Error(`Not taken: ${JSON.stringify(result)}`);
    return result;
  }

  /** Merges by hand; gives the id of the merge. */
  merge(winner: { contactId: string }, loser: { contactId: string }, at = now): Promise<string> {
    const pair = { winnerId: winner.contactId, loserId: loser.contactId };
    return this.db.withWorkspace(this.id, (tx) => mergeByHand(tx, pair, { by: 'user:1', now: at }));
  }

  undo(mergeId: string, at = now): Promise<void> {
    return this.db.withWorkspace(this.id, (tx) => undoMerge(tx, mergeId, { by: 'user:2', now: at }));
  }

  /** The merge that this contact lost last. */
  mergeOf(loser: { contactId: string }): Promise<string> {
    return this.one('select id from contact_merges where loser_id = $1 order by id desc limit 1', [
      loser.contactId,
    ]);
  }

  async addEvent({ ordinal }: { ordinal: number }, name: string): Promise<void> {
    await this.rows(
      `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
       values ($1, now(), gen_random_uuid(), $2, $3, $3, 'test', $3, now())`,
      [this.id, ordinal, name],
    );
  }

  /** Makes a list, a seed list and a lookalike, and puts the contact in each of them. */
  async addMemberships({ ordinal }: { ordinal: number }): Promise<void> {
    const [list, seed, lookalike] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await this.rows(
      `insert into segments (workspace_id, id, kind, name, folded_name, created_by)
       values ($1, $2, 'static', $3, $3, 'system')`,
      [this.id, list, `list of ${ordinal}`],
    );
    await this.rows(
      `insert into seed_lists (workspace_id, id, name, created_by) values ($1, $2, $3, 'system')`,
      [this.id, seed, `seed of ${ordinal}`],
    );
    await this.rows(`insert into lookalikes (workspace_id, id, name, seed_list_id) values ($1, $2, $3, $4)`, [
      this.id,
      lookalike,
      `lookalike of ${ordinal}`,
      seed,
    ]);
    await this.rows('insert into list_members (workspace_id, segment_id, ordinal) values ($1, $2, $3)', [
      this.id,
      list,
      ordinal,
    ]);
    await this.rows(
      'insert into seed_list_members (workspace_id, seed_list_id, ordinal, value) values ($1, $2, $3, 5)',
      [this.id, seed, ordinal],
    );
    await this.rows(
      'insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank) values ($1, $2, $3, 3)',
      [this.id, lookalike, ordinal],
    );
  }

  /** Everything that is known of a contact. */
  async known({ contactId }: { contactId: string }): Promise<Known | undefined> {
    const [row] = await this.rows<Known>(
      `select c.ordinal,
         array(select kind || ':' || value from contact_identities i where i.ordinal = c.ordinal order by 1) as identities,
         (select coalesce(json_object_agg(key, coalesce(text, number::text) order by key), '{}')
          from contact_attributes a where a.ordinal = c.ordinal) as attributes,
         (select domain from companies where id = c.company_id) as company,
         array(select name from events e where e.ordinal = c.ordinal order by 1) as events,
         array(select s.name from list_members m join segments s on s.id = m.segment_id where m.ordinal = c.ordinal
               union all
               select s.name from seed_list_members m join seed_lists s on s.id = m.seed_list_id where m.ordinal = c.ordinal
               union all
               select l.name from lookalike_ranks r join lookalikes l on l.id = r.lookalike_id where r.ordinal = c.ordinal
               order by 1) as memberships,
         array(select channel || ' ' || state from consents s where s.ordinal = c.ordinal order by 1) as consents,
         (select count(*)::int from consent_history h where h.ordinal = c.ordinal) as said
       from contacts c where c.id = $1`,
      [contactId],
    );
    return row;
  }

  version(): Promise<number> {
    return this.db.withWorkspace(this.id, (tx) => tx.version());
  }

  async feedSince(version: number): Promise<string[]> {
    const found = await this.rows<{ change: string }>(
      `select ordinal || ' ' || facet as change from changes where version > $1 order by 1`,
      [version],
    );
    return found.map((row) => row.change);
  }
}

/** What is known of a contact. */
export interface Known {
  ordinal: number;
  identities: string[];
  attributes: Record<string, string>;
  company: string | null;
  events: string[];
  memberships: string[];
  consents: string[];
  /** Entries of the consents' history. */
  said: number;
}
