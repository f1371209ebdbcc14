import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSegment } from '../../api/src/modules/segments/create-segment.js';
import { most } from '../../api/src/modules/segments/engine/foresee.js';
import {
  explainMembership,
  type MembershipExplanation,
} from '../../api/src/modules/segments/explain-membership.js';
import { newId } from '../../api/src/platform/ids.js';
import { ensurePartitions, insertRows } from '../rules/insert-rows.js';
import { openSegments, type Segments } from './open-segments.js';

/*
 * What an explanation says of the time to come, in cases that can be reckoned by hand. It is 15 November 2026, 12:00:30
 * in UTC; the workspace is in Vienna, an hour ahead.
 */

let segments: Segments;
let names = 0;

beforeAll(async () => {
  segments = await openSegments();
});
afterAll(() => segments?.close());

/** A new contact who did these things. */
async function somebody(
  events: Record<string, readonly string[]> = {},
  attributes: Record<string, unknown> = {},
): Promise<string> {
  const [id] = (await segments.people(attributes)) as [string];
  const did = Object.entries(events).flatMap(([name, instants]) => instants.map((at) => [name, at] as const));
  await segments.inside(async (tx) => {
    const [{ ordinal } = { ordinal: -1 }] = await tx.query<{ ordinal: number }>(
      'select ordinal from contacts where id = $1',
      [id],
    );
    await ensurePartitions(
      tx,
      did.map(([, at]) => new Date(at)),
    );
    const rows = did.map(([name, at]) => {
      const event = { id: newId(), ordinal, name, folded_name: name, properties: {}, source: 'test' };
      return { ...event, occurred_at: at, received_at: at, message_id: event.id };
    });
    await insertRows(tx, 'events', rows);
  });
  return id;
}

async function explain(rule: string, contactId: string): Promise<MembershipExplanation> {
  const { withWorkspace, workspaceId, clock } = segments;
  const { id: segmentId } = await segments.inside((tx, editor) =>
    createSegment(tx, { name: `Foreseen ${(names += 1)}`, rule: { text: rule } }, editor),
  );
  const ask = { segmentId, contactId };
  return withWorkspace(workspaceId, (tx) => explainMembership(tx, ask, clock.now()), { snapshot: true });
}

const turns = async (rule: string, contactId: string): Promise<object> => {
  const { isMember, leavesAt, entersAt, isForeseen } = await explain(rule, contactId);
  const show = (at: Date | null): string | undefined => at?.toISOString().slice(0, 16);
  return { isMember, leavesAt: show(leavesAt), entersAt: show(entersAt), isForeseen };
};

const member = { isMember: true, entersAt: undefined, isForeseen: true };
const stranger = { isMember: false, leavesAt: undefined, isForeseen: true };

describe('a member', () => {
  it('leaves when the window lets go of the last event that is needed', async () => {
    const ada = await somebody({
      visited: ['2026-11-01T10:00:00Z', '2026-11-05T10:00:20Z', '2026-11-10T08:30:00Z'],
    });
    const leaves = (times: number): Promise<object> =>
      turns(`event "visited" at least ${times} times in last 30 days`, ada);
    expect(await leaves(1)).toEqual({ ...member, leavesAt: '2026-12-10T08:31' });
    expect(await leaves(2)).toEqual({ ...member, leavesAt: '2026-12-05T10:01' });
    expect(await leaves(3)).toEqual({ ...member, leavesAt: '2026-12-01T10:01' });
  });

  it('leaves by the calendar of the workspace where a window is one of months', async () => {
    const ada = await somebody({ bought: ['2026-09-30T22:30:00Z'] });
    // Half past midnight on 1 October in Vienna; the clock is put back in between.
    expect(await turns('event "bought" in last 3 months', ada)).toEqual({
      ...member,
      leavesAt: '2026-12-31T23:31',
    });
  });

  it('leaves when something begins that is not to be', async () => {
    const ada = await somebody({ booked: ['2026-11-20T09:00:00Z'] });
    expect(await turns('not event "booked"', ada)).toEqual({ ...member, leavesAt: '2026-11-20T09:00' });
  });

  it('leaves when a value has stood for too long, or its day has passed', async () => {
    const ada = await somebody({}, { plan: 'trial', birthday: '1990-11-17' });
    expect(await turns('plan is "trial" held for less than 14 days', ada)).toEqual({
      ...member,
      leavesAt: '2026-11-29T12:01',
    });
    expect(await turns('birthday anniversary within 7 days', ada)).toEqual({
      ...member,
      leavesAt: '2026-11-17T23:00',
    });
  });

  it('never leaves by itself where no condition moves, or others hold', async () => {
    const ada = await somebody({ visited: ['2026-11-10T10:00:00Z'] }, { plan: 'x' });
    for (const rule of [
      'plan is "x"',
      'plan is "x" or event "visited" in last 7 days',
      'event "visited" since "2026-01-01"',
    ]) {
      expect(await turns(rule, ada)).toEqual({ ...member, leavesAt: undefined });
    }
  });
});

describe('who is no member', () => {
  it('enters when what is not to have happened is long enough ago', async () => {
    const ada = await somebody({ visited: ['2026-11-10T10:00:00Z'] });
    expect(await turns('not event "visited" in last 30 days', ada)).toEqual({
      ...stranger,
      entersAt: '2026-12-10T10:01',
    });
  });

  it('enters when the time has come of an event that was ahead of its clock, or of a date', async () => {
    const ada = await somebody({ visited: ['2026-11-16T10:00:59Z'] }, { birthday: '2026-11-30' });
    expect(await turns('event "visited"', ada)).toEqual({ ...stranger, entersAt: '2026-11-16T10:00' });
    expect(await turns('birthday within next 7 days', ada)).toEqual({
      ...stranger,
      entersAt: expect.stringMatching(/^2026-11-2[23]T/) as string,
    });
  });

  it('enters at none of the times at which only some of the conditions hold', async () => {
    const ada = await somebody({ a: ['2026-11-01T10:00:00Z'], b: ['2026-11-10T10:00:00Z'] });
    const rule = 'not event "a" in last 30 days and not event "b" in last 30 days';
    expect(await turns(rule, ada)).toEqual({ ...stranger, entersAt: '2026-12-10T10:01' });
    const never = 'not event "a" in last 30 days and event "b" in last 7 days';
    expect(await turns(never, ada)).toEqual({ ...stranger, entersAt: undefined });
  });
});

describe('each node', () => {
  it('tells when it changes by itself, also below a named segment', async () => {
    const ada = await somebody({ visited: ['2026-11-10T10:00:00Z'] }, { plan: 'x' });
    const inner = await explain('event "visited" in last 7 days', ada);
    const { nodes, leavesAt } = await explain(
      `plan is "x" and (segment "${inner.segmentId}" or event "visited" in last 30 days)`,
      ada,
    );
    const [week, month] = [new Date('2026-11-17T10:01:00Z'), new Date('2026-12-10T10:01:00Z')];
    expect(leavesAt).toEqual(month);
    expect(nodes.map(({ path, changesAt }) => [path, changesAt])).toEqual([
      ['rule', month],
      ['rule.all[0]', null],
      ['rule.all[1]', month],
      ['rule.all[1].any[0]', week],
      ['rule.all[1].any[0].segment', week],
      ['rule.all[1].any[1]', month],
    ]);
  });
});

describe('what is too much to be looked through', () => {
  const many = Array.from({ length: most.changes + 1 }, (_, index) =>
    new Date(Date.parse('2026-11-15T12:00:00Z') - index * 60_000).toISOString(),
  );

  it('is said to be unknown, not never', async () => {
    const ada = await somebody({ paid: many });
    expect(await turns('event "paid" with sum of price < 1 in last 30 days', ada)).toEqual({
      isMember: true,
      leavesAt: undefined,
      entersAt: undefined,
      isForeseen: false,
    });
  });

  it('is not how often something was done, of which few events decide', async () => {
    const ada = await somebody({ visited: many });
    expect(await turns('event "visited" at least 5 times in last 30 days', ada)).toEqual({
      ...member,
      leavesAt: '2026-12-15T11:57',
    });
  });
});
