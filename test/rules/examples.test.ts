import { validate, type AttributeSchema, type Rule } from '@coterie/rules';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadQuestion } from '../../api/src/modules/segments/question.js';
import { countMembers, memberOrdinals } from '../../api/src/modules/segments/engine/truth.js';
import { ids, names, now, storePeople, timeZone } from './example-people.js';
import { openRulesWorkspace, type RulesWorkspace } from './rules-workspace.js';

/*
 * What each node and operator means, on three contacts: Ada has the value, Bob has another, of Nil nothing is stored.
 * A case says who must be found, so who must not be found is said as well.
 */

type Example = [text: string, rule: object, found: string];

const attribute = (key: string, op: string, more: object = {}): object => ({
  attribute: { key, op, ...more },
});
const event = (name: string, more: object = {}): object => ({ event: { name, ...more } });
const where = (property: string, op: string, more: object = {}): object => ({
  where: [{ property, op, ...more }],
});

const groups: Example[] = [
  ['all of none is everyone', { all: [] }, 'ada bob nil'],
  ['any of none is nobody', { any: [] }, ''],
  ['all', { all: [attribute('score', 'exists'), attribute('customer', 'equals', { value: true })] }, 'ada'],
  ['any', { any: [{ list: ids.list }, attribute('job_title', 'equals', { value: 'carpenter' })] }, 'ada bob'],
  ['not is the complement among all contacts', { not: attribute('score', 'gt', { value: 0 }) }, 'bob nil'],
  [
    "any of the company's people",
    { companyPeople: { match: 'any', rule: attribute('score', 'equals', { value: 80 }) } },
    'ada',
  ],
  [
    "all of the company's people",
    { companyPeople: { match: 'all', rule: attribute('score', 'lt', { value: 0 }) } },
    'bob',
  ],
  [
    "none of the company's people, which needs a company",
    { companyPeople: { match: 'none', rule: attribute('score', 'equals', { value: 80 }) } },
    'bob',
  ],
  [
    "not all of the company's people, or no company",
    { not: { companyPeople: { match: 'all', rule: attribute('score', 'lt', { value: 0 }) } } },
    'ada nil',
  ],
  ['not not', { not: { not: attribute('score', 'gt', { value: 0 }) } }, 'ada'],
];

const attributes: Example[] = [
  ['equals text in any case', attribute('job_title', 'equals', { value: 'head of growth' }), 'ada'],
  [
    'equals text, exactly',
    attribute('job_title', 'equals', { value: 'Head of GROWTH', caseSensitive: true }),
    'ada',
  ],
  [
    'equals text, exactly, in another case',
    attribute('job_title', 'equals', { value: 'head of growth', caseSensitive: true }),
    '',
  ],
  ['equals text composed otherwise', attribute('city', 'equals', { value: 'M\u00c9RIDA 100%_\\' }), 'ada'],
  ['equals a number', attribute('score', 'equals', { value: -5 }), 'bob'],
  ['equals true', attribute('customer', 'equals', { value: true }), 'ada'],
  ['equals false is not the lack of a value', attribute('customer', 'equals', { value: false }), 'bob'],
  [
    'not_equals holds without the value',
    attribute('job_title', 'not_equals', { value: 'Carpenter' }),
    'ada nil',
  ],
  [
    'not_equals, exactly',
    attribute('job_title', 'not_equals', { value: 'carpenter', caseSensitive: true }),
    'ada bob nil',
  ],
  ['in texts', attribute('job_title', 'in', { values: ['nobody', 'CARPENTER'] }), 'bob'],
  ['in numbers', attribute('score', 'in', { values: [80, -5] }), 'ada bob'],
  ['not_in', attribute('score', 'not_in', { values: [80, 81] }), 'bob nil'],
  ['contains', attribute('job_title', 'contains', { value: 'GROW' }), 'ada'],
  ['contains, exactly', attribute('job_title', 'contains', { value: 'grow', caseSensitive: true }), ''],
  ['contains a wildcard as it is', attribute('city', 'contains', { value: '%_\\' }), 'ada'],
  ['contains nothing is every text', attribute('city', 'contains', { value: '' }), 'ada bob'],
  ['contains a wildcard that is not there', attribute('city', 'contains', { value: 'STR%' }), ''],
  [
    'not_contains holds without the value',
    attribute('job_title', 'not_contains', { value: 'growth' }),
    'bob nil',
  ],
  ['starts_with', attribute('job_title', 'starts_with', { value: 'CARP' }), 'bob'],
  [
    'starts_with, exactly',
    attribute('job_title', 'starts_with', { value: 'Head', caseSensitive: true }),
    'ada',
  ],
  ['starts_with a wildcard as it is', attribute('city', 'starts_with', { value: '%' }), ''],
  ['ends_with', attribute('job_title', 'ends_with', { value: 'growth' }), 'ada'],
  ['ends_with, exactly', attribute('job_title', 'ends_with', { value: 'growth', caseSensitive: true }), ''],
  ['exists', attribute('score', 'exists'), 'ada bob'],
  ['not_exists', attribute('score', 'not_exists'), 'nil'],
  ['gt', attribute('score', 'gt', { value: 79 }), 'ada'],
  ['gt itself', attribute('score', 'gt', { value: 80 }), ''],
  ['gte itself', attribute('score', 'gte', { value: 80 }), 'ada'],
  ['lt', attribute('score', 'lt', { value: 80 }), 'bob'],
  ['lte itself', attribute('score', 'lte', { value: 80 }), 'ada bob'],
  ['between numbers, both ends in', attribute('score', 'between', { values: [-5, 79] }), 'bob'],
  [
    'between dates, both ends in',
    attribute('birthday', 'between', { values: ['1990-11-20', '2000-01-01'] }),
    'ada',
  ],
  ['before', attribute('seen_at', 'before', { value: '2026-01-02' }), 'bob'],
  ['before itself', attribute('trial_ends_at', 'before', { value: '2026-11-20T00:00:00Z' }), ''],
  ['after', attribute('seen_at', 'after', { value: '2026-11-14T23:29:59Z' }), 'ada'],
  [
    'after a date is after its midnight in the zone',
    attribute('birthday', 'after', { value: '1990-11-20' }),
    '',
  ],
  ['within_last', attribute('seen_at', 'within_last', { value: '1d' }), 'ada'],
  ['within_last, too short', attribute('seen_at', 'within_last', { value: '12h' }), ''],
  ['within_last months of the calendar', attribute('seen_at', 'within_last', { value: '11mo' }), 'ada bob'],
  ['within_next', attribute('trial_ends_at', 'within_next', { value: '5d' }), 'ada'],
  ['within_next, too short', attribute('trial_ends_at', 'within_next', { value: '4d' }), ''],
  ['anniversary_within, in the zone', attribute('birthday', 'anniversary_within', { value: '5d' }), 'ada'],
  ['anniversary_within, too short', attribute('birthday', 'anniversary_within', { value: '4d' }), ''],
  ['includes_any', attribute('tags', 'includes_any', { values: ['vip', 'none'] }), 'ada'],
  [
    'includes_any, exactly',
    attribute('tags', 'includes_any', { values: ['beta'], caseSensitive: true }),
    'bob',
  ],
  ['includes_all', attribute('tags', 'includes_all', { values: ['BETA', 'vip', 'VIP'] }), 'ada'],
  ['includes_all of one', attribute('tags', 'includes_all', { values: ['beta'] }), 'ada bob'],
  ['held for at least', attribute('job_title', 'exists', { heldFor: { atLeast: '14d' } }), 'ada bob'],
  ['held for at least, too long', attribute('job_title', 'exists', { heldFor: { atLeast: '15d' } }), 'bob'],
  [
    'held for less than',
    attribute('job_title', 'contains', { value: 'growth', heldFor: { lessThan: '15d' } }),
    'ada',
  ],
  [
    'held for at least, to the minute',
    attribute('job_title', 'exists', { heldFor: { atLeast: '348h' } }),
    'ada bob',
  ],
  [
    'held for less than, to the minute',
    attribute('job_title', 'exists', { heldFor: { lessThan: '348h' } }),
    '',
  ],
  ['held since this minute', attribute('score', 'exists', { heldFor: { atLeast: '1m' } }), 'bob'],
  ['of the company', attribute('company.industry', 'equals', { value: 'software' }), 'ada'],
  ['of the company, not', attribute('company.industry', 'not_equals', { value: 'software' }), 'bob nil'],
  ['of the company, a number', attribute('company.employee_count', 'lt', { value: 10 }), 'bob'],
  ['of the company, held', attribute('company.industry', 'exists', { heldFor: { lessThan: '2d' } }), 'bob'],
];

const pricing = { target: '/PRICING' };
const events: Example[] = [
  ['ever', event('page viewed'), 'ada bob'],
  ['on a target', event('PAGE viewed', { target: '/docs' }), 'ada'],
  ['never', event('page viewed', { count: { exactly: 0 } }), 'nil'],
  ['at least', event('page viewed', { count: { atLeast: 2 } }), 'ada'],
  ['at most', event('page viewed', { count: { atMost: 1 } }), 'bob nil'],
  ['exactly', event('page viewed', { count: { exactly: 3 } }), 'ada'],
  ['in the last', event('page viewed', { window: { last: '30d' } }), 'ada'],
  ['in the last, this minute included', event('page viewed', { window: { last: '1m' } }), 'ada'],
  ['not in the last', { not: event('page viewed', { window: { last: '30d' } }) }, 'bob nil'],
  [
    'between, from its start',
    event('page viewed', { window: { between: ['2026-01-02T00:00:00Z', '2026-02-01'] } }),
    'bob',
  ],
  [
    'between, without its end',
    event('page viewed', { window: { between: ['2026-01-01', '2026-01-02T00:00:00Z'] } }),
    '',
  ],
  ['since', event('page viewed', { window: { since: '2026-06-02' } }), 'ada'],
  ['not before its time', event('tomorrow'), ''],
  ['for the first time', event('signed up', { window: { last: '7d' }, first: true }), 'ada'],
  [
    'for the first time, but it was not',
    event('page viewed', { ...pricing, window: { last: '10m' }, first: true }),
    '',
  ],
  ['sum', event('order', { sum: { property: 'total', function: 'sum', op: 'equals', value: 100.5 } }), 'ada'],
  [
    'sum of nothing is 0',
    event('order', { sum: { property: 'total', function: 'sum', op: 'lt', value: 1 } }),
    'bob nil',
  ],
  ['min', event('order', { sum: { property: 'total', function: 'min', op: 'lte', value: 40 } }), 'ada'],
  ['max', event('order', { sum: { property: 'total', function: 'max', op: 'gt', value: 60 } }), 'ada'],
  [
    'average',
    event('order', { sum: { property: 'total', function: 'average', op: 'between', values: [50, 51] } }),
    'ada',
  ],
  [
    'sum in a window',
    event('order', {
      window: { last: '7d' },
      sum: { property: 'total', function: 'sum', op: 'gte', value: 61 },
    }),
    '',
  ],
  [
    'sum and count',
    event('order', {
      count: { atLeast: 4 },
      sum: { property: 'total', function: 'max', op: 'gt', value: 1 },
    }),
    '',
  ],
];

const properties: Example[] = [
  ['equals text', event('page viewed', where('plan', 'equals', { value: 'PRO' })), 'ada'],
  [
    'equals text, exactly',
    event('page viewed', {
      ...where('plan', 'equals', { value: 'pro', caseSensitive: true }),
      count: { exactly: 1 },
    }),
    'ada',
  ],
  ['equals text composed otherwise', event('moved', where('to', 'equals', { value: 'M\u00c9RIDA' })), 'ada'],
  ['contains text with a final sigma', event('moved', where('from', 'contains', { value: 'οδος' })), 'ada'],
  ['equals a number', event('page viewed', where('seconds', 'equals', { value: 10 })), 'bob'],
  ['equals true', event('signed up', where('trial', 'equals', { value: true })), 'ada'],
  ['does not equal across types', event('page viewed', where('seconds', 'equals', { value: '10' })), ''],
  [
    'not_equals holds without the property',
    event('page viewed', where('plan', 'not_equals', { value: 'pro' })),
    'ada bob',
  ],
  [
    'not_equals of what all have',
    event('page viewed', { ...pricing, ...where('plan', 'not_equals', { value: 'pro' }) }),
    'bob',
  ],
  ['in', event('page viewed', where('plan', 'in', { values: ['free', 7] })), 'bob'],
  [
    'not_in',
    event('page viewed', { ...pricing, ...where('plan', 'not_in', { values: ['free', 7] }) }),
    'ada',
  ],
  ['contains', event('page viewed', where('plan', 'contains', { value: 'R' })), 'ada bob'],
  [
    'not_contains',
    event('page viewed', { ...pricing, ...where('plan', 'not_contains', { value: 'o' }) }),
    'bob',
  ],
  ['starts_with', event('page viewed', where('plan', 'starts_with', { value: 'fr' })), 'bob'],
  ['ends_with', event('page viewed', where('plan', 'ends_with', { value: 'O' })), 'ada'],
  ['exists', event('signed up', where('until', 'exists')), 'ada bob'],
  ['exists is not null', event('signed up', where('note', 'exists')), ''],
  ['not_exists', event('page viewed', where('plan', 'not_exists')), 'ada'],
  ['gt', event('page viewed', where('seconds', 'gt', { value: 30 })), 'ada'],
  ['gte', event('page viewed', { ...where('seconds', 'gte', { value: 30 }), count: { exactly: 2 } }), 'ada'],
  ['lt', event('page viewed', { ...pricing, ...where('seconds', 'lt', { value: 30 }) }), 'bob'],
  ['lte', event('page viewed', where('seconds', 'lte', { value: 5 })), 'ada'],
  ['between', event('page viewed', where('seconds', 'between', { values: [10, 10] })), 'bob'],
  ['before', event('signed up', where('until', 'before', { value: '2026-12-02' })), 'ada'],
  ['after', event('signed up', where('until', 'after', { value: '2026-11-30T23:00:00Z' })), ''],
  [
    'between dates',
    event('signed up', where('until', 'between', { values: ['2026-12-01', '2026-12-31'] })),
    'ada',
  ],
  ['a number is none among texts', event('order', where('total', 'contains', { value: '4' })), ''],
];

const step = (name: string, target?: string): object => ({ name, ...(target && { target }) });
const others: Example[] = [
  ['sequence', { sequence: { steps: [step('page viewed'), step('signed up')], within: '1h' } }, 'ada'],
  [
    'sequence, too long',
    { sequence: { steps: [step('page viewed', '/pricing'), step('signed up')], within: '59m' } },
    '',
  ],
  [
    'sequence in the other order',
    { sequence: { steps: [step('signed up'), step('page viewed')], within: '1d' } },
    'bob',
  ],
  [
    'sequence, over two days',
    { sequence: { steps: [step('signed up'), step('page viewed')], within: '2d' } },
    'ada bob',
  ],
  [
    'sequence of the same event',
    { sequence: { steps: [step('order'), step('order'), step('order')], within: '30d' } },
    'ada',
  ],
  [
    'sequence of more than there were',
    { sequence: { steps: [step('order'), step('order'), step('order'), step('order')], within: '300d' } },
    '',
  ],
  ['segment', { segment: ids.growth }, 'ada'],
  ['segment of segments', { segment: ids.growthOrList }, 'ada'],
  ['segment that is a list', { segment: ids.list }, 'ada'],
  ['not a segment', { not: { segment: ids.growthOrList } }, 'bob nil'],
  ['segment that is gone', { segment: ids.nowhere }, ''],
  ['list', { list: ids.list }, 'ada'],
  ['empty list', { list: ids.emptyList }, ''],
  ['lookalike, rounded up', { lookalike: { id: ids.lookalike, top: 1 } }, 'ada'],
  ['lookalike that is gone', { lookalike: { id: ids.nowhere, top: 20 } }, ''],
  ['consent granted', { consent: { channel: 'email', state: 'granted' } }, 'ada'],
  ['consent withdrawn', { consent: { channel: 'email', state: 'withdrawn' } }, 'bob'],
  ['consent unknown', { consent: { channel: 'email', state: 'unknown' } }, 'nil'],
  ['consent on another channel', { consent: { channel: 'phone', state: 'unknown' } }, 'ada bob nil'],
  ['identified by external id', { identified: 'external_id' }, 'ada bob'],
  ['identified by email', { identified: 'email' }, 'ada'],
  ['identified by phone', { identified: 'phone' }, 'ada'],
  ['identified by anonymous id', { identified: 'anonymous_id' }, 'ada'],
  ['sample of all', { sample: { percent: 100, salt: 'x' } }, 'ada bob nil'],
  ['sample of none', { sample: { percent: 0, salt: 'x' } }, ''],
];

const schema = new Map<string, AttributeSchema>(
  Object.entries({
    job_title: 'text',
    city: 'text',
    score: 'number',
    customer: 'boolean',
    seen_at: 'date',
    trial_ends_at: 'date',
    birthday: 'date',
    tags: 'text_list',
    'company.industry': 'text',
    'company.employee_count': 'number',
  } as const).map(([key, type]) => [key, { type, label: key }]),
);

let workspace: RulesWorkspace;

beforeAll(async () => {
  workspace = await openRulesWorkspace(timeZone);
  await workspace.inside(storePeople);
});
afterAll(() => workspace?.close());

/** Everything that is asked is a rule that the API would take. */
function valid(input: object): Rule {
  const validation = validate(input, { attributes: schema, zone: timeZone });
  if (!validation.ok) throw new Error(JSON.stringify(validation.problems));
  return validation.rule;
}

async function find(rule: Rule): Promise<string> {
  return workspace.inside(async (tx) => {
    const question = await loadQuestion(tx, rule, now);
    const members = memberOrdinals(question);
    const rows = await tx.query<{ ordinal: number }>(members.text, members.values);
    const count = countMembers(question);
    const [counted] = await tx.query<{ count: string }>(count.text, count.values);
    expect(Number(counted?.count)).toBe(rows.length);
    return rows
      .map((row) => names[row.ordinal] as string)
      .sort()
      .join(' ');
  });
}

describe.each([
  ['groups', groups],
  ['attributes', attributes],
  ['events', events],
  ['properties of events', properties],
  ['sequences, memberships, consent, identities, samples', others],
])('%s', (_, examples) => {
  it.each(examples)('%s', async (_text, input, found) => {
    const rule = valid(input);
    expect(await find(rule)).toBe(found);
    const rest = (names as string[]).filter((name) => !found.split(' ').includes(name));
    expect(await find({ not: rule })).toBe(rest.sort().join(' '));
  });
});
