import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import {
  explainMembership,
  type MembershipExplanation,
} from '../../api/src/modules/segments/explain-membership.js';
import { addToList } from '../../api/src/modules/segments/list-members.js';
import { segmentsOfContacts } from '../../api/src/modules/segments/members.js';
import { allActiveSegments } from '../../api/src/modules/segments/segment.repository.js';
import { newId } from '../../api/src/platform/ids.js';
import { ensurePartitions, insertRows } from '../rules/insert-rows.js';
import { openSegments, type Segments } from './open-segments.js';

let segments: Segments;
let ada: string;
let nil: string;
let names = 0;

const visits = [
  '2026-11-01',
  '2026-11-02',
  '2026-11-03',
  '2026-11-04',
  '2026-11-05',
  '2026-11-06',
  '2026-01-01',
];

beforeAll(async () => {
  segments = await openSegments();
  [ada, nil] = (await segments.people({ job_title: 'Head of Growth', tags: ['VIP', 'Beta'] }, {})) as [
    string,
    string,
  ];
  await segments.inside(async (tx) => {
    const [{ ordinal } = { ordinal: -1 }] = await tx.query<{ ordinal: number }>(
      'select ordinal from contacts where id = $1',
      [ada],
    );
    const instants = visits.map((day) => new Date(`${day}T10:00:00.000Z`));
    await ensurePartitions(tx, instants);
    await insertRows(
      tx,
      'events',
      instants.map((instant) => {
        const [id, at] = [newId(), instant.toISOString()];
        const name = {
          name: 'Page Viewed',
          folded_name: 'page viewed',
          target: '/pricing',
          folded_target: '/pricing',
        };
        return {
          id,
          ordinal,
          ...name,
          properties: {},
          occurred_at: at,
          received_at: at,
          source: 'test',
          message_id: id,
        };
      }),
    );
    await insertRows(tx, 'consents', [
      {
        ordinal,
        channel: 'email',
        state: 'granted',
        source: 'form',
        recorded_at: '2026-01-02T00:00:00.000Z',
      },
    ]);
  });
});
afterAll(() => segments?.close());

const store = async (rule: string | null): Promise<string> => {
  const name = `Explained ${(names += 1)}`;
  const stored = await segments.inside((tx, editor) =>
    createSegment(tx, { name, rule: rule ? { text: rule } : null }, editor),
  );
  return stored.id;
};

const explain = (segmentId: string, contactId: string): Promise<MembershipExplanation> =>
  segments.withWorkspace(
    segments.workspaceId,
    (tx) => explainMembership(tx, { segmentId, contactId }, segments.clock.now()),
    {
      snapshot: true,
    },
  );

describe('an explanation', () => {
  it('tells each node with its path and whether it holds, a group before its children', async () => {
    const id = await store('job_title contains "growth" and not (consent email granted or plan exists)');
    const { isMember, nodes, version } = await explain(id, ada);
    expect(isMember).toBe(false);
    expect(version).toBe(await segments.inside((tx) => tx.version()));
    expect(nodes.map(({ path, depth, kind, holds }) => [path, depth, kind, holds])).toEqual([
      ['rule', 1, 'all', false],
      ['rule.all[0]', 2, 'attribute', true],
      ['rule.all[1]', 2, 'not', false],
      ['rule.all[1].not', 3, 'any', true],
      ['rule.all[1].not.any[0]', 4, 'consent', true],
      ['rule.all[1].not.any[1]', 4, 'attribute', false],
    ]);
    for (const node of nodes) expect(node.sentence).toMatch(/^(Everyone|Nobody).*\.$/);
  });

  it('shows the value of an attribute and since when it holds', async () => {
    const id = await store(
      'job_title contains "growth" and tags includes any of ("vip") and plan not exists',
    );
    const { isMember, nodes } = await explain(id, ada);
    expect(isMember).toBe(true);
    expect(nodes.flatMap((node) => node.evidence)).toEqual([
      { kind: 'attribute', key: 'job_title', values: ['Head of Growth'], since: segments.clock.at },
      { kind: 'attribute', key: 'tags', values: ['VIP', 'Beta'], since: segments.clock.at },
      { kind: 'attribute', key: 'plan', values: [], since: null },
    ]);
  });

  it("shows of how many of the company's people a rule holds", async () => {
    const id = await store('any of company people (job_title contains "growth")');
    const { nodes } = await explain(id, ada);
    expect(nodes.map(({ path, kind, holds }) => [path, kind, holds])).toEqual([
      ['rule', 'companyPeople', false],
      ['rule.companyPeople.rule', 'attribute', true],
    ]);
    expect(nodes[0]?.evidence).toEqual([{ kind: 'people', people: 0, matching: 0 }]);
  });

  it('shows the last five of the events that count, and how many there are', async () => {
    const id = await store('event "page viewed" on "/pricing" in last 30 days');
    const [evidence] = (await explain(id, ada)).nodes[0]?.evidence ?? [];
    expect(evidence).toMatchObject({ kind: 'events', total: 6 });
    const latest = evidence?.kind === 'events' ? evidence.latest : [];
    expect(
      latest.map(({ name, target, occurredAt }) => [name, target, occurredAt.toISOString().slice(0, 10)]),
    ).toEqual(
      visits
        .slice(1, 6)
        .toReversed()
        .map((day) => ['Page Viewed', '/pricing', day]),
    );
    const none = (await explain(id, nil)).nodes[0];
    expect(none).toMatchObject({ holds: false, evidence: [{ kind: 'events', total: 0, latest: [] }] });
  });

  it('shows the events of each step of a sequence', async () => {
    const id = await store('sequence (event "page viewed", event "signed up") within 1 days');
    const { nodes } = await explain(id, ada);
    expect(nodes[0]?.evidence).toMatchObject([
      { kind: 'events', total: 7 },
      { kind: 'events', total: 0 },
    ]);
  });

  it('shows consents and identities, known or not', async () => {
    const id = await store(
      'consent email granted and consent ads unknown and identified by external_id and identified by phone',
    );
    const { nodes, isMember } = await explain(id, ada);
    expect(isMember).toBe(false);
    const recordedAt = new Date('2026-01-02T00:00:00.000Z');
    expect(nodes.flatMap((node) => node.evidence)).toEqual([
      { kind: 'consent', channel: 'email', state: 'granted', recordedAt, source: 'form' },
      { kind: 'consent', channel: 'ads', state: 'unknown', recordedAt: null, source: null },
      { kind: 'identities', identityKind: 'external_id', values: ['p-1'] },
      { kind: 'identities', identityKind: 'phone', values: [] },
    ]);
  });

  it('goes on into a named segment, once', async () => {
    const list = await store(null);
    await segments.inside((tx, { now }) => addToList(tx, { segmentId: list, contactIds: [ada] }, now));
    const inner = await store(`list "${list}" and job_title exists`);
    const id = await store(`segment "${inner}" and not segment "${inner}"`);
    const { nodes, isMember, sentence } = await explain(id, ada);
    expect(isMember).toBe(false);
    expect(sentence).toContain('Explained');
    expect(nodes.map(({ path, depth, holds }) => [path, depth, holds])).toEqual([
      ['rule', 1, false],
      ['rule.all[0]', 2, true],
      ['rule.all[0].segment', 3, true],
      ['rule.all[0].segment.all[0]', 4, true],
      ['rule.all[0].segment.all[1]', 4, true],
      ['rule.all[1]', 2, false],
      ['rule.all[1].not', 3, true],
    ]);
    expect(nodes[3]?.evidence).toEqual([{ kind: 'list', segmentId: list, addedAt: segments.clock.at }]);
  });

  it('of a static segment is its list', async () => {
    const list = await store(null);
    expect(await explain(list, nil)).toMatchObject({
      isMember: false,
      nodes: [{ path: 'rule', kind: 'list', holds: false, evidence: [{ kind: 'list', addedAt: null }] }],
    });
  });

  it('answers for what is not there, or not here, alike', async () => {
    const id = await store('job_title exists');
    const other = await segments.addWorkspace();
    const foreign = await segments.withWorkspace(other, (tx) =>
      createSegment(tx, { name: 'Foreign' }, { actor: 'user:test', now: segments.clock.now() }),
    );
    for (const wrong of [newId(), foreign.id, 'no id']) {
      await expect(explain(wrong, ada)).rejects.toMatchObject({ code: 'NOT_FOUND', path: 'segmentId' });
      await expect(explain(id, wrong)).rejects.toMatchObject({ code: 'NOT_FOUND', path: 'contactId' });
    }
  });
});

it('tells the segments of contacts, as their members do', async () => {
  const list = await store(null);
  await segments.inside((tx, { now }) => addToList(tx, { segmentId: list, contactIds: [nil] }, now));
  const byRule = await store('job_title contains "head"');
  const { engine, workspaceId, clock } = segments;
  const found = await engine.inTurn(workspaceId, async (turn) =>
    segmentsOfContacts(turn, {
      contactIds: [ada, nil, newId()],
      segments: await allActiveSegments(turn.tx),
      now: clock.now(),
    }),
  );
  const idsOf = (contact: string): string[] => found.get(contact)?.map(({ id }) => id) ?? [];
  expect([...found.keys()].sort()).toEqual([ada, nil].sort());
  expect(idsOf(ada)).toContain(byRule);
  expect(idsOf(ada)).not.toContain(list);
  expect(idsOf(nil)).toContain(list);
  expect(idsOf(nil)).not.toContain(byRule);
});
