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
      traits: [{ path: [name], value: 'x', target }],
      skipped: [],
    });
  });

  it('flattens the address and the company', () => {
    const { traits, skipped } = ofContact({
      address: { city: 'Berlin', postalCode: '10115', planet: 'Earth' },
      company: { id: 7, name: 'Acme', employeeCount: 12, plan: 'pro' },
    });
    expect(traits.map(({ path, target }) => [path.join('.'), target])).toEqual([
      ['address.city', { kind: 'attribute', key: 'city' }],
      ['address.postalCode', { kind: 'attribute', key: 'postal_code' }],
      ['address.planet', { kind: 'attribute', key: 'address_planet' }],
      ['company.id', { kind: 'company', field: 'externalId' }],
      ['company.name', { kind: 'company', field: 'name' }],
      ['company.employeeCount', { kind: 'company_attribute', key: 'employee_count' }],
      ['company.plan', { kind: 'company_attribute', key: 'plan' }],
    ]);
    expect(skipped).toEqual([]);
  });

  it('names what is nested after all that it is in', () => {
    const { traits } = ofContact({ prefs: { Theme: 'dark', mail: { weeklyDigest: true } } });
    expect(traits.map(({ path, target }) => [path, target])).toEqual([
      [['prefs', 'Theme'], { kind: 'attribute', key: 'prefs_theme' }],
      [['prefs', 'mail', 'weeklyDigest'], { kind: 'attribute', key: 'prefs_mail_weekly_digest' }],
    ]);
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
    expect(traits.map(({ path, target }) => [path.join('.'), target])).toEqual([
      ['name', { kind: 'company', field: 'name' }],
      ['employees', { kind: 'company_attribute', key: 'employee_count' }],
      ['createdAt', { kind: 'company_attribute', key: 'customer_since' }],
      ['segmentSize', { kind: 'company_attribute', key: 'segment_size' }],
      ['address.city', { kind: 'company_attribute', key: 'city' }],
    ]);
  });

  it('names what it cannot keep', () => {
    const { traits, skipped } = ofContact({
      名前: 'x',
      rows: [{ a: 1 }],
      deep: { deeper: { deepest: { yet: 1 } } },
      ['a'.repeat(64)]: 1,
    });
    expect(traits).toEqual([]);
    expect(skipped).toEqual([['名前'], ['rows'], ['deep', 'deeper', 'deepest'], ['a'.repeat(64)]]);
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
