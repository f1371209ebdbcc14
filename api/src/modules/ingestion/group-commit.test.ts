import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { GroupCommit, type GroupBounds } from './group-commit.js';

const roomy: GroupBounds = { group: 1000, pending: 10_000, perLane: 10_000, transactions: 4 };

/** Groups whose transactions end when the test says so. */
function open(bounds: Partial<GroupBounds> = {}) {
  const groups: { requests: string[]; end: () => void; fail: (error: Error) => void }[] = [];
  const commit = (requests: string[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      groups.push({ requests, end: () => resolve(requests.map((name) => `${name}!`)), fail: reject });
    });
  return { group: new GroupCommit(commit, { ...roomy, ...bounds }), groups };
}

describe('GroupCommit', () => {
  it('commits a lone request at once, and gathers those that come meanwhile in their order', async () => {
    const { group, groups } = open();
    const answers = ['a', 'b', 'c', 'd'].map((name) => group.add('w', name, 1));
    expect(groups.map(({ requests }) => requests)).toEqual([['a']]);
    groups[0]!.end();
    expect(await answers[0]).toBe('a!');
    await turn();
    expect(groups[1]!.requests).toEqual(['b', 'c', 'd']);
    groups[1]!.end();
    expect(await Promise.all(answers)).toEqual(['a!', 'b!', 'c!', 'd!']);
  });

  it('answers nobody before the transaction has ended', async () => {
    const { group, groups } = open();
    let answered = false;
    const answer = group.add('w', 'a', 1).then(() => (answered = true));
    await turn();
    expect(answered).toBe(false);
    groups[0]!.end();
    expect(await answer).toBe(true);
  });

  it('keeps lanes apart, lets them take turns, and begins no more transactions than it may', async () => {
    const { group, groups } = open({ transactions: 1 });
    const answers = [
      group.add('v', 'v1', 1),
      group.add('v', 'v2', 1),
      group.add('w', 'w1', 1),
      group.add('v', 'v3', 1),
    ];
    for (let index = 0; index < 3; index += 1) {
      expect(groups).toHaveLength(index + 1);
      groups[index]!.end();
      await turn();
    }
    await Promise.all(answers);
    expect(groups.map(({ requests }) => requests)).toEqual([['v1'], ['w1'], ['v2', 'v3']]);
  });

  it('puts no more into a transaction than it holds, but any single request', async () => {
    const { group, groups } = open({ group: 10 });
    const answers = [
      group.add('w', 'first', 1),
      group.add('w', 'huge', 50),
      group.add('w', 'six', 6),
      group.add('w', 'four', 4),
      group.add('w', 'one', 1),
    ];
    for (let index = 0; index < 4; index += 1) {
      groups[index]!.end();
      await turn();
    }
    await Promise.all(answers);
    expect(groups.map(({ requests }) => requests)).toEqual([['first'], ['huge'], ['six', 'four'], ['one']]);
  });

  it('refuses what is more than it may take on, and takes it again when there is room', async () => {
    const { group, groups } = open({ pending: 10 });
    const first = group.add('w', 'a', 10);
    await expect(group.add('w', 'b', 1)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 });
    groups[0]!.end();
    await first;
    const second = group.add('w', 'c', 1);
    groups[1]!.end();
    expect(await second).toBe('c!');
    expect(groups.map(({ requests }) => requests)).toEqual([['a'], ['c']]);
  });

  it('takes on no more than its share of a lane, and something of every other, whatever is pending', async () => {
    const { group, groups } = open({ pending: 10, perLane: 6, transactions: 9 });
    const taken = [group.add('v', 'v1', 6)];
    await expect(group.add('v', 'v2', 1)).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfter: 1 });
    taken.push(group.add('w', 'w1', 4), group.add('x', 'x1', 3));
    await expect(group.add('w', 'w2', 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    for (const { end } of groups) end();
    expect(await Promise.all(taken)).toEqual(['v1!', 'w1!', 'x1!']);
  });

  it('takes on a request that is heavier than all that may be pending, when nothing is', async () => {
    const { group, groups } = open({ pending: 10 });
    const answer = group.add('w', 'huge', 50);
    groups[0]!.end();
    expect(await answer).toBe('huge!');
  });

  it('lets a bad request spoil nobody else, and keeps the order', async () => {
    const stored: string[] = [];
    const commit = async (requests: string[]): Promise<string[]> => {
      await turn();
      if (requests.some((name) => name.startsWith('bad'))) throw new Error('spoilt');
      stored.push(...requests);
      return requests;
    };
    const group = new GroupCommit(commit, roomy);
    const names = ['a', 'b', 'bad1', 'c', 'd', 'bad2', 'e'];
    const answers = await Promise.allSettled(names.map((name) => group.add('w', name, 1)));
    expect(answers.map(({ status }) => status)).toEqual(
      names.map((name) => (name.startsWith('bad') ? 'rejected' : 'fulfilled')),
    );
    expect(stored).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('does not try one by one when the database is not there', async () => {
    let tries = 0;
    const group = new GroupCommit<string, string>(async () => {
      tries += 1;
      await turn();
      throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    }, roomy);
    const answers = await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => group.add('w', name, 1)));
    expect(answers.every(({ status }) => status === 'rejected')).toBe(true);
    expect(tries).toBe(2);
  });
});
