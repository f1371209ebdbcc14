import { describe, expect, it } from 'vitest';
import { mailgun } from './mailgun.js';

const read = (event: object) =>
  mailgun.read({ body: Buffer.from(JSON.stringify({ 'event-data': event })), headers: {}, now: new Date() });

/** From the page of payloads. */
const published = {
  id: 'MXcc2gEpS-eN8HfkOnmK2w',
  timestamp: 1770146431.6585283,
  recipient: 'recipient@sample.mailgun.com',
  tags: ['my_tag_1', 'my_tag_2'],
  'user-variables': { my_var_1: 'Mailgun Variable #1' },
  campaigns: [],
};

describe('an event of Mailgun', () => {
  it.each([
    ['delivered', {}, 'delivered', false],
    ['opened', {}, 'open', false],
    ['clicked', {}, 'click', false],
    ['failed', { severity: 'permanent', reason: 'bounce' }, 'bounce', true],
    ['failed', { severity: 'permanent', reason: 'old' }, 'bounce', false],
    ['complained', {}, 'complaint', false],
    ['unsubscribed', {}, 'unsubscribe', false],
  ])('%s %o is a %s', (event, more, kind, isHard) => {
    expect(read({ ...published, event, ...more })).toEqual([
      {
        kind,
        email: 'recipient@sample.mailgun.com',
        eventId: 'MXcc2gEpS-eN8HfkOnmK2w',
        occurredAt: new Date('2026-02-03T19:20:31.658Z'),
        campaign: 'my_tag_1',
        url: undefined,
        isHard,
        byMachine: false,
      },
    ]);
  });

  it('that is tried again, or that its own lists kept from being sent, is none', () => {
    const failed = { ...published, event: 'failed' };
    expect(read({ ...failed, severity: 'temporary', reason: 'generic' })).toEqual([]);
    expect(read({ ...failed, severity: 'permanent', reason: 'suppress-bounce' })).toEqual([]);
    for (const event of ['accepted', 'rejected', 'stored']) expect(read({ ...published, event })).toEqual([]);
  });

  it('names the campaign as who sends it does, and says whether it was a machine', () => {
    const opened = { ...published, event: 'opened', campaigns: [{ id: 'c', name: 'Old' }] };
    expect(read(opened)).toMatchObject([{ campaign: 'Old' }]);
    expect(read({ ...opened, 'user-variables': { campaign: 'Spring' } })).toMatchObject([
      { campaign: 'Spring' },
    ]);
    expect(read({ ...opened, 'client-info': { bot: 'gmail' } })).toMatchObject([{ byMachine: true }]);
    expect(read({ ...opened, 'client-info': { bot: '' } })).toMatchObject([{ byMachine: false }]);
  });
});
