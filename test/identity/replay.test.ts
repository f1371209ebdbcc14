import assert from 'node:assert/strict';
import type { IdentityKind } from '@coterie/rules';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { upsertContacts, type ContactInput } from '../../api/src/modules/contacts/index.js';
import { saveIdentitySettings } from '../../api/src/modules/contacts/identities/identity-policy.repository.js';
import { mergeByHand } from '../../api/src/modules/contacts/merging/merge-by-hand.js';
import { undoMerge } from '../../api/src/modules/contacts/merging/undo-merge.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { heldBy } from './history.js';
import { Model, type Given, type ModelMerge } from './model.js';

/*
 * Random histories of what comes in, aliases, merges by hand and undos, beside a model that finds what is known by going
 * through the whole history again, without the merges that were undone: the same contacts with the same identities,
 * attributes, companies, events, lists and consents.
 */

const histories = process.env['FULL'] === '1' ? 500 : 20;

/** A failure prints its seed; with SEED it happens again. */
const seed = process.env['SEED'];

const minute = 60_000;
const begin = Date.parse('2026-03-01T10:00:00Z');
const channels = ['email', 'ads'] as const;
const lists = ['one', 'two'];

let db: Tenants;
beforeAll(async () => {
  db = await openTenants();
});
afterAll(() => db?.close());

const oneOf = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
/** The value in so many of a hundred cases. */
const in100 = <Value>(weight: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight, arbitrary }, { weight: 100 - weight, arbitrary: fc.constant(undefined) });

const givenArbitrary = fc
  .record({
    externalId: in100(40, oneOf('X0', 'X1', 'X2')),
    email: in100(50, oneOf('a@x.test', 'b@x.test', 'c@x.test')),
    phone: in100(25, oneOf('+4315120170', '+4315120171')),
    anonymousId: in100(60, oneOf('d0', 'd1', 'd2', 'd3')),
    attributes: in100(
      50,
      fc.dictionary(oneOf('first_name', 'city', 'country'), oneOf('1', '2'), { maxKeys: 2 }),
    ),
    company: in100(30, oneOf('one.example', 'two.example')),
    event: in100(50, fc.constant('Viewed')),
    consent: in100(
      30,
      fc.record({
        channel: fc.constantFrom(...channels),
        state: fc.constantFrom('granted' as const, 'withdrawn' as const),
        minutesAgo: in100(50, fc.nat(20)),
      }),
    ),
  })
  .filter(({ externalId, email, phone, anonymousId }) =>
    Boolean(externalId ?? email ?? phone ?? anonymousId),
  );

type Drawn = typeof givenArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const stepArbitrary = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('batch' as const),
      items: fc.array(givenArbitrary, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('alias' as const),
      externalId: oneOf('X0', 'X1', 'X2', 'X3'),
      previousId: oneOf('X0', 'X1', 'X3', 'd0', 'd1', 'd4'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('list' as const), contact: fc.nat(), list: fc.nat(1) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('clear' as const),
      item: givenArbitrary,
      attribute: oneOf('city', 'country'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('merge' as const), winner: fc.nat(), loser: fc.nat() }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('undo' as const), merge: fc.nat() }) },
);
type Step = typeof stepArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const mergeOnArbitrary = fc.constantFrom<('email' | 'phone' | 'anonymous_id')[]>(
  ['email'],
  [],
  ['email', 'phone', 'anonymous_id'],
);

/** The same history, told to Coterie and to the model. */
class Twin {
  readonly model: Model;
  /** Ids of the model's contacts. */
  readonly ids = new Map<number, string>();
  #now = begin;
  #events = 0;

  constructor(
    readonly workspace: string,
    readonly listIds: string[],
    mergeOn: IdentityKind[],
  ) {
    this.model = new Model(mergeOn);
  }

  async step(step: Step): Promise<void> {
    this.#now += minute;
    switch (step.does) {
      case 'batch':
        return this.#batch(step.items.map((item) => this.#named(item)));
      case 'clear':
        return this.#batch([{ ...this.#named(step.item), attributes: { [step.attribute]: null } }]);
      case 'alias':
        return this.#batch([{ externalId: step.externalId, previousId: step.previousId }]);
      case 'list':
        return this.#list(step.contact, step.list);
      case 'merge':
        return this.#mergeByHand(step.winner, step.loser);
      case 'undo':
        return this.#undo(step.merge);
    }
  }

  /** Every event has a name of its own, so that it is seen whose it is; consents were given some minutes ago, or now. */
  #named({ consent, event, ...item }: Drawn): Given {
    if (event !== undefined) this.#events += 1;
    const { minutesAgo, ...said } = consent ?? {};
    return {
      ...item,
      ...(event !== undefined && { event: `event ${this.#events}` }),
      ...(consent && {
        consent: {
          ...(said as Omit<typeof consent, 'minutesAgo'>),
          ...(minutesAgo !== undefined && { at: this.#now - minutesAgo * minute }),
        },
      }),
    };
  }

  async #batch(items: Given[]): Promise<void> {
    const now = new Date(this.#now);
    const settings = { timeZone: 'UTC', defaultCountry: null, now };
    const results = await db.withWorkspace(this.workspace, async (tx) => {
      const done = await upsertContacts(tx, settings, items.map(toInput));
      for (const [index, result] of done.entries()) {
        if (!result.ok) throw new Error(JSON.stringify(result.problems));
        const name = items[index]!.event;
        if (name === undefined) continue;
        await tx.query(
          `insert into events (workspace_id, occurred_at, id, ordinal, merged_from, name, folded_name, source, message_id,
                               received_at)
           values ($1, now(), gen_random_uuid(), $2, $3, $4, $4, 'test', $4, now())`,
          [this.workspace, result.ordinal, result.mergedFrom, name],
        );
      }
      return done;
    });
    const meant = this.model.batch(items, this.#now);
    const state = this.model.history.state();
    for (const [index, contact] of meant.entries()) {
      const result = results[index]!;
      const current = state.current(contact);
      if (!result.ok) continue;
      assert.equal(result.contactId, this.ids.get(current) ?? result.contactId, 'somebody else is meant');
      this.ids.set(current, result.contactId);
    }
  }

  async #list(nth: number, list: number): Promise<void> {
    const contact = this.#nth(nth);
    if (contact === undefined) return;
    await db.withWorkspace(this.workspace, (tx) =>
      tx.query(
        `insert into list_members (workspace_id, segment_id, ordinal)
         select workspace_id, $1, ordinal from contacts where id = $2
         on conflict (workspace_id, segment_id, ordinal) do update set merged_from = null`,
        [this.listIds[list], this.ids.get(contact)],
      ),
    );
    this.model.list(contact, lists[list]!);
  }

  #nth(nth: number): number | undefined {
    const living = [...this.model.history.state().contacts.keys()];
    return living[nth % living.length];
  }

  async #mergeByHand(one: number, other: number): Promise<void> {
    const [winner, loser] = [this.#nth(one), this.#nth(other)];
    if (winner === undefined || loser === undefined || winner === loser) return;
    const pair = { winnerId: this.ids.get(winner)!, loserId: this.ids.get(loser)! };
    await db.withWorkspace(this.workspace, (tx) =>
      mergeByHand(tx, pair, { by: 'system', now: new Date(this.#now) }),
    );
    this.model.mergeByHand(winner, loser);
  }

  async #undo(nth: number): Promise<void> {
    const undoable = this.model.undoable();
    const merge = undoable[nth % undoable.length];
    if (!merge) return;
    const id = await this.#idOf(merge);
    await db.withWorkspace(this.workspace, (tx) =>
      undoMerge(tx, id, { by: 'system', now: new Date(this.#now) }),
    );
    this.model.undo(merge);
  }

  async #idOf({ winner, loser }: ModelMerge): Promise<string> {
    const lasting = this.model.lasting(this.model.history.state(), winner);
    const found = await db.withWorkspace(this.workspace, (tx) =>
      tx.query<{ id: string }>(
        'select id from contact_merges where winner_id = $1 and loser_id = $2 and undone_at is null',
        [this.ids.get(lasting), this.ids.get(loser)],
      ),
    );
    assert.equal(found.length, 1, 'the merge is not on record');
    return found[0]!.id;
  }

  /** What the model knows. */
  expected(): unknown {
    const { contacts } = this.model.history.state();
    return sorted(
      [...contacts].map(([number, contact]) => ({
        id: this.ids.get(number),
        identities: [...contact.identities.keys()].sort(),
        attributes: Object.fromEntries([...contact.attributes].sort()),
        company: contact.company,
        events: contact.events.toSorted(),
        lists: [...contact.lists].sort(),
        consents: [...heldBy(contact)]
          .map(([channel, { said, heard }]) => `${channel} ${said.state} ${said.at} ${heard}`)
          .sort(),
      })),
    );
  }

  /** What Coterie knows. */
  async actual(): Promise<unknown> {
    const rows = await db.withWorkspace(this.workspace, (tx) =>
      tx.query<{ id: string }>(
        `select c.id,
           array(select kind || ':' || value from contact_identities i where i.ordinal = c.ordinal order by 1) as identities,
           (select coalesce(json_object_agg(key, text order by key), '{}') from contact_attributes a
            where a.ordinal = c.ordinal) as attributes,
           (select domain from companies where id = c.company_id) as company,
           array(select name from events e where e.ordinal = c.ordinal order by name collate "C") as events,
           array(select s.name from list_members m join segments s on s.id = m.segment_id
                 where m.ordinal = c.ordinal order by 1) as lists,
           array(select concat_ws(' ', channel, state, (extract(epoch from recorded_at) * 1000)::bigint,
                                (extract(epoch from greatest(recorded_at, outweighs)) * 1000)::bigint)
                 from consents s where s.ordinal = c.ordinal order by channel) as consents
         from contacts c`,
      ),
    );
    return sorted(rows);
  }
}

function sorted<Row extends { id: string | undefined }>(rows: Row[]): Row[] {
  return rows.sort((one, other) => ((one.id ?? '') < (other.id ?? '') ? -1 : 1));
}

function toInput({ company, consent, ...given }: Given): ContactInput {
  delete given.event;
  return {
    ...given,
    ...(company && { company: { domain: company } }),
    ...(consent && {
      consents: [{ ...consent, recordedAt: consent.at === undefined ? null : new Date(consent.at) } as never],
    }),
  };
}

async function openTwin(mergeOn: ('email' | 'phone' | 'anonymous_id')[]): Promise<Twin> {
  const workspace = await db.newWorkspace();
  const listIds = lists.map(() => crypto.randomUUID());
  await db.withWorkspace(workspace, async (tx) => {
    await saveIdentitySettings(tx, { mergeOn, contactLimit: 10_000, deviceLimit: 10_000 });
    for (const [index, id] of listIds.entries()) {
      await tx.query(
        `insert into segments (workspace_id, id, kind, name, folded_name, created_by)
         values ($1, $2, 'static', $3, $3, 'system')`,
        [workspace, id, lists[index]],
      );
    }
  });
  return new Twin(workspace, listIds, mergeOn);
}

it(
  'knows after any history what a model knows that goes through it again from the beginning',
  async () => {
    const property = fc.asyncProperty(
      mergeOnArbitrary,
      fc.array(stepArbitrary, { minLength: 5, maxLength: 30, size: 'max' }),
      async (mergeOn, steps) => {
        const twin = await openTwin(mergeOn);
        for (const step of steps) {
          await twin.step(step);
          expect(await twin.actual()).toEqual(twin.expected());
        }
      },
    );
    await fc.assert(property, {
      numRuns: histories,
      // Making a failure smaller takes minutes: only when asked for, with the seed.
      endOnFailure: process.env['SHRINK'] !== '1',
      ...(seed && { seed: Number(seed) }),
    });
  },
  60 * minute,
);
