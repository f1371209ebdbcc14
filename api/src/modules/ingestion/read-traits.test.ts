import { describe, expect, it } from 'vitest';
import { inferType, readTraits } from './read-traits.js';

const ofContact = (values: Record<string, unknown>) => readTraits({ about: 'contact', values });

describe('readTraits', () => {
  it.each([
    ['email', { kind: 'email' }],
    ['phone', { kind: 'phone' }],
    ['firstName', { kind: 'attribute', key: 'first_name' }],
    ['last_name', { kind: 'attribute', key: 'last_name' }],
    ['Favorite Color', { kind: 'attribute', key: 'favorite_color' }],
    ['$initialReferrer', { kind: 'attribute', key: 'initial_referrer' }],
    ['title', { kind: 'attribute', key: 'job_title' }],
    ['createdAt', { kind: 'attribute', key: 'signed_up_at' }],
    ['companyName', { kind: 'company', field: 'name' }],
    ['constructor', { kind: 'attribute', key: 'constructor' }],
  ])('knows what %s is about', (name, target) => {
    expect(ofContact({ [name]: 'x' })).toEqual({
      traits: [{ path: name, value: 'x', target }],
      skipped: [],
    });
  });

  it('flattens the address and the company', () => {
    const { traits, skipped } = ofContact({
      address: { city: 'Berlin', postalCode: '10115', planet: 'Earth' },
      company: { id: 7, name: 'Acme', employeeCount: 12, plan: 'pro' },
    });
    expect(traits.map(({ path, target }) => [path, target])).toEqual([
      ['address.city', { kind: 'attribute', key: 'city' }],
      ['address.postalCode', { kind: 'attribute', key: 'postal_code' }],
      ['company.id', { kind: 'company', field: 'external_id' }],
      ['company.name', { kind: 'company', field: 'name' }],
      ['company.employeeCount', { kind: 'company_attribute', key: 'employee_count' }],
      ['company.plan', { kind: 'company_attribute', key: 'plan' }],
    ]);
    expect(skipped).toEqual(['address.planet']);
  });

  it('takes a company given as text for its name', () => {
    expect(ofContact({ company: 'Acme' }).traits[0]?.target).toEqual({ kind: 'company', field: 'name' });
  });

  it('reads the traits of a group call as those of the company', () => {
    const values = {
      id: 'not this one',
      name: 'Acme',
      employees: 12,
      createdAt: '2020-01-01',
      segmentSize: 'small',
      address: { city: 'Berlin' },
    };
    const { traits } = readTraits({ about: 'company', companyId: 'c1', values });
    expect(traits.map(({ path, target }) => [path, target])).toEqual([
      ['name', { kind: 'company', field: 'name' }],
      ['employees', { kind: 'company_attribute', key: 'employee_count' }],
      ['createdAt', { kind: 'company_attribute', key: 'customer_since' }],
      ['segmentSize', { kind: 'company_attribute', key: 'segment_size' }],
      ['address.city', { kind: 'company_attribute', key: 'city' }],
    ]);
  });

  it('names what it cannot keep', () => {
    const { traits, skipped } = ofContact({
      prefs: { theme: 'dark' },
      名前: 'x',
      rows: [{ a: 1 }],
      ['a'.repeat(64)]: 1,
    });
    expect(traits).toEqual([]);
    expect(skipped).toEqual(['prefs', '名前', 'rows', 'a'.repeat(64)]);
  });
});

describe('inferType', () => {
  it.each([
    [5, 'number'],
    [true, 'boolean'],
    ['pro', 'text'],
    ['2024', 'text'],
    ['2024-05-06', 'date'],
    ['2024-05-06T07:08:09.123Z', 'date'],
    ['2024-05-06 07:08+02:00', 'date'],
    [['a', 'b'], 'text_list'],
    ['', undefined],
    [null, undefined],
    [[], undefined],
  ])('takes %j for %s', (value, type) => {
    expect(inferType(value)).toBe(type);
  });
});
