import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteContact } from '../../api/src/modules/contacts/delete-contact.js';
import { archiveSegment, unarchiveSegment } from '../../api/src/modules/segments/archive-segment.js';
import { addToList, removeFromList } from '../../api/src/modules/segments/list-members.js';
import { materialise } from '../../api/src/modules/segments/membership/materialise.js';
import type { Transition } from '../../api/src/modules/segments/membership/membership.js';
import { updateSegment } from '../../api/src/modules/segments/update-segment.js';
import type { WithWorkspace } from '../../api/src/platform/database/with-workspace.js';
import { addContacts, addEvents } from '../support/builders.js';
import { openMemberships, replayed, type Memberships } from './open-memberships.js';

let db: Memberships;
beforeAll(async () => {
  db = await openMemberships();
});
afterAll(() => db?.close());

const signal = new AbortController().signal;
let words = 0;
const freshWord = (): string => `word ${(words += 1)}`;

/** What happened, in brief: who, and which way. */
const brief = ({ contactId, entered }: Transition): [string | null, string] => [
  contactId,
  entered ? 'entered' : 'left',
];

async function change(contact: { externalId: string; attributes: Record<string, unknown> }): Promise<void> {
  await addContacts(db.withWorkspace, db.workspaceId, [contact], { now: db.clock.now() });
}

/** A person who has the word, as a title. */
async function person(externalId: string, title: string): Promise<string> {
  const [taken] = await addContacts(
    db.withWorkspace,
    db.workspaceId,
    [{ externalId, attributes: { job_title: title } }],
    { now: db.clock.now() },
  );
  return taken!.contactId;
}

const havingTitle = (title: string) => ({ rule: { text: `job_title is "${title}"` } });

async function rename(segmentId: string, change: { name?: string; rule?: { text: string } }): Promise<void> {
  await db.inside(async (tx, editor) => {
    const [row] = await tx.query<{ version: number }>('select version from segments where id = $1', [
      segmentId,
    ]);
    return updateSegment(tx, { id: segmentId, expectedVersion: row!.version, ...change }, editor);
  });
}

describe('the membership of a segment', () => {
  it('begins with whoever is in it, which is nothing that has happened', async () => {
    const word = freshWord();
    await person(`${word}-1`, word);
    const id = await db.add(havingTitle(word));
    expect(await db.standing(id)).toBeUndefined();
    await db.step();
    const version = await db.inside((tx) => tx.version());
    expect(await db.standing(id)).toMatchObject({
      size: 1,
      sequence: 0,
      version,
      asOf: new Date('2026-11-15T12:00:00.000Z'),
      error: null,
    });
    expect(await db.log(id)).toEqual([]);
    expect(await db.sizes(id)).toMatchObject([{ size: 1, entered: 0, exited: 0, version }]);
    expect(await db.stored(id)).toEqual(await db.truth(id));
  });

  it('tells who enters and who leaves, once each', async () => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    const one = await person(`${word}-1`, word);
    const two = await person(`${word}-2`, word);
    await db.step();
    await db.step();
    await change({ externalId: `${word}-1`, attributes: { job_title: 'other' } });
    await db.step();
    const log = await db.log(id);
    expect(log.map(brief)).toEqual([
      [one, 'entered'],
      [two, 'entered'],
      [one, 'left'],
    ]);
    expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
    expect(log.every(({ byDefinition }) => !byDefinition)).toBe(true);
    expect(await db.sizes(id)).toMatchObject([{ size: 1, entered: 2, exited: 1 }]);
    expect(replayed([], log)).toEqual(await db.truth(id));
  });

  it('is exact at the version of the workspace, also where nobody moved', async () => {
    const id = await db.add(havingTitle(freshWord()));
    await db.step();
    await person(freshWord(), 'no segment asks for this');
    await db.step();
    expect((await db.standing(id))?.version).toBe(await db.inside((tx) => tx.version()));
  });

  it('is one look-up while nothing happens, and never a write of data', async () => {
    await db.step();
    const version = await db.inside((tx) => tx.version());
    db.statements.length = 0;
    expect(await db.step()).toMatchObject({ moved: false, hasSegments: true, version });
    const asked = db.statements.filter((text) => !/transaction|commit|set_config/iu.test(text));
    expect(asked).toHaveLength(1);
    expect(await db.inside((tx) => tx.version())).toBe(version);
    expect(await db.inside((tx) => tx.query('select from audit_entries'))).toEqual([]);
  });

  it('leaves with a contact that is deleted, under the id that it had', async () => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    const one = await person(`${word}-1`, word);
    await db.step();
    await db.inside((tx) => deleteContact(tx, one));
    await db.step();
    expect((await db.log(id)).map(brief)).toEqual([
      [one, 'entered'],
      [one, 'left'],
    ]);
  });

  it('of a list moves with the list', async () => {
    const id = await db.add({});
    await db.step();
    const contact = await person(freshWord(), 'anything');
    const listed = { segmentId: id, contactIds: [contact] };
    await db.inside((tx, { now }) => addToList(tx, listed, now));
    await db.step();
    await db.inside((tx) => removeFromList(tx, listed));
    await db.step();
    expect((await db.log(id)).map(brief)).toEqual([
      [contact, 'entered'],
      [contact, 'left'],
    ]);
  });

  it('moves with the clock across the edge of a window, and only when a rule has one', async () => {
    const word = freshWord();
    const id = await db.add({ rule: { text: `event "${word}" in last 2 hours` } });
    const contact = await person(word, 'anything');
    const [row] = await db.inside((tx) =>
      tx.query<{ ordinal: number }>('select ordinal from contacts where id = $1', [contact]),
    );
    const begun = db.clock.at;
    await addEvents(db.withWorkspace, db.workspaceId, [
      { ordinal: row!.ordinal, name: word, occurredAt: begun },
    ]);
    await db.step();
    const hours = (number: number): Date => new Date(begun.getTime() + number * 3_600_000);
    db.clock.at = hours(1);
    expect((await db.step()).moved).toBe(true);
    expect(await db.log(id)).toEqual([]);
    db.clock.at = hours(2.1);
    await db.step();
    expect(await db.log(id)).toMatchObject([{ contactId: contact, entered: false, at: hours(2.1) }]);
    expect(await db.sizes(id)).toMatchObject([{ size: 1 }, { size: 0, exited: 1 }]);
    await db.inside((tx, { now }) => archiveSegment(tx, id, now));
    await db.step();
    db.clock.at = hours(3);
    expect((await db.step()).moved).toBe(false);
    db.clock.at = begun;
  });
});

describe('a change of the definition', () => {
  it('moves members too, and says that it was that', async () => {
    const [one, two] = [freshWord(), freshWord()];
    const [a, b] = [await person(one, one), await person(two, two)];
    const id = await db.add(havingTitle(one));
    await db.step();
    await rename(id, { rule: { text: `job_title is "${two}"` } });
    await db.step();
    const c = await person(`${two}-c`, two);
    await db.step();
    expect((await db.log(id)).map((each) => [...brief(each), each.byDefinition])).toEqual([
      [a, 'left', true],
      [b, 'entered', true],
      [c, 'entered', false],
    ]);
  });

  it('counts where it is another one that is named', async () => {
    const [one, two] = [freshWord(), freshWord()];
    const inner = await db.add(havingTitle(one));
    const outer = await db.add({ rule: { text: `segment "${inner}"` } });
    await db.step();
    await person(two, two);
    await rename(inner, { rule: { text: `job_title is "${two}"` } });
    await db.step();
    expect(await db.log(outer)).toMatchObject([{ entered: true, byDefinition: true }]);
  });

  it('is none where only the name is another', async () => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    await rename(id, { name: `${word} renamed` });
    await person(word, word);
    await db.step();
    expect(await db.log(id)).toMatchObject([{ entered: true, byDefinition: false }]);
  });
});

describe('an archived segment', () => {
  it('stays as it is, exact at when it was put aside, and goes on with the difference', async () => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    const version = await db.inside((tx) => tx.version());
    await db.inside((tx, { now }) => archiveSegment(tx, id, now));
    const one = await person(word, word);
    await db.step();
    expect(await db.standing(id)).toMatchObject({ size: 0, follows: false, version });
    await db.inside((tx) => unarchiveSegment(tx, id));
    await db.step();
    expect(await db.standing(id)).toMatchObject({ size: 1, follows: true });
    expect((await db.log(id)).map((each) => [...brief(each), each.byDefinition])).toEqual([
      [one, 'entered', true],
    ]);
  });
});

describe('a segment that cannot be answered', () => {
  it.each([
    ['because of its rule', (id: string) => ({ segment: id }), 'SEGMENT_CYCLE'],
    [
      'because the database refuses it',
      () => ({ attribute: { key: 'employees', op: 'gt', value: 'no number' } }),
      'INTERNAL',
    ],
  ])('%s says why and holds nobody else up', async (_, broken, code) => {
    const word = freshWord();
    const [bad, good] = [await db.add(havingTitle(word)), await db.add(havingTitle(word))];
    await db.step();
    const size = (await db.standing(bad))?.size;
    const set = (rule: object): Promise<unknown> =>
      db.database.owner.query('update segments set rule = $2 where id = $1', [bad, rule]);
    await set(broken(bad));
    await person(word, word);
    await db.step();
    expect(await db.standing(bad)).toMatchObject({ size, follows: false, error: { code } });
    expect(await db.standing(good)).toMatchObject({ size: 1, error: null });
    await set({ attribute: { key: 'job_title', op: 'equals', value: word } });
    await person(freshWord(), 'anything');
    await db.step();
    expect(await db.standing(bad)).toMatchObject({ size: 1, follows: true, error: null });
    expect((await db.standing(bad))?.version).toBe(await db.inside((tx) => tx.version()));
  });
});

describe('what is stored of members', () => {
  it('is a base and what the log says since; the base is stored anew when the log has outgrown it', async () => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    const baseAt = async (): Promise<number> => (await db.standing(id))!.baseSequence;
    await db.people(...Array.from({ length: 600 }, () => ({ job_title: word })));
    await db.step();
    expect(await baseAt()).toBe(0);
    expect(await db.stored(id)).toEqual(await db.truth(id));
    await db.people(...Array.from({ length: 600 }, () => ({ job_title: word })));
    await db.step();
    expect(await baseAt()).toBe(1200);
    expect(await db.stored(id)).toEqual(await db.truth(id));
    await person(word, word);
    // Another process, which has nothing but that.
    await materialise(db.newWorker(), db.workspaceId, signal);
    await db.step();
    expect(await db.log(id)).toHaveLength(1201);
    expect(await db.stored(id)).toEqual(await db.truth(id));
  });
});

/** A way in whose transaction with this statement, the so-many-th, is lost when it has been sent. */
function losing(part: RegExp, which: number): { withWorkspace: WithWorkspace; met: () => number } {
  let met = 0;
  return {
    met: () => met,
    withWorkspace: (id, work, options) =>
      db.withWorkspace(
        id,
        (tx) => {
          const query: typeof tx.query = async (text, values) => {
            const rows = await tx.query<never>(text, values);
            if (part.test(text) && (met += 1) === which) throw new Error('The worker died.');
            return rows;
          };
          return work({ ...tx, query });
        },
        options,
      ),
  };
}

describe('a worker that dies', () => {
  it.each([
    'into segment_progress',
    'into segment_memberships',
    'into segment_transitions',
    'update segment_memberships set base',
    'into segment_sizes',
    'update segment_progress',
  ])('after "%s" leaves nothing of it, and the next one does it once', async (part) => {
    const word = freshWord();
    const id = await db.add(havingTitle(word));
    await db.step();
    await db.people(...Array.from({ length: 1100 }, () => ({ job_title: word })));
    const lost = losing(new RegExp(part, 'u'), 1);
    const dying = db.newWorker(lost.withWorkspace);
    await expect(materialise(dying, db.workspaceId, signal)).rejects.toThrow('The worker died.');
    expect(lost.met()).toBe(1);
    expect(await db.log(id)).toEqual([]);
    await db.step();
    const log = await db.log(id);
    expect(log).toHaveLength(1100);
    expect(replayed([], log)).toEqual(await db.truth(id));
    expect(await db.stored(id)).toEqual(await db.truth(id));
  });
});

describe('several workers at once', () => {
  it('write what has happened once', async () => {
    const word = freshWord();
    const ids = [
      await db.add(havingTitle(word)),
      await db.add({ rule: { text: `not job_title is "${word}"` } }),
    ];
    await db.step();
    const first = await db.stored(ids[1]!);
    const workers = Array.from({ length: 3 }, () => db.newWorker());
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([
        person(`${word}-${round}`, round % 2 === 0 ? word : 'other'),
        person(`${word}-0`, round % 2 === 0 ? 'other' : word),
        ...workers.map((worker) => materialise(worker, db.workspaceId, signal)),
      ]);
    }
    await db.step();
    for (const [id, from] of [
      [ids[0]!, []],
      [ids[1]!, first],
    ] as const) {
      expect(replayed(from, await db.log(id))).toEqual(await db.truth(id));
      expect(await db.stored(id)).toEqual(await db.truth(id));
    }
  });
});
