import { platforms, sha256, type CompanyFormat, type Person } from '@coterie/ad-formats';
import { describe, expect, it } from 'vitest';
import { companiesFormat, peopleFormat } from './file-format.js';

const dana: Person = {
  emails: ['Dana@Example.com', 'dana@work.example'],
  phones: ['+18005550100'],
  firstName: 'Dana',
  lastName: 'King',
  country: 'US',
  postalCode: '94107',
  gender: 'female',
};

describe('the file of people', () => {
  it('has the columns of what was chosen, and says what each row carries', () => {
    const format = peopleFormat(platforms.meta, ['email', 'gender']);
    expect(format.headers).toEqual(['email', 'email', 'email', 'gen']);
    const row = format.read(dana);
    const hashes = ['dana@example.com', 'dana@work.example'].map(sha256);
    expect(row?.cells).toEqual([...hashes, '', sha256('f')]);
    expect(row?.identifiers).toEqual(['email', 'gender']);
  });

  it('finds a person by each address and number, not by what only helps', () => {
    const row = peopleFormat(platforms.meta, ['email', 'phone', 'name', 'gender']).read(dana);
    expect(row?.keys).toEqual(['dana@example.com', 'dana@work.example', '18005550100'].map(sha256));
  });

  it('finds a person without address and number by name and place together, where the platform does', () => {
    const format = peopleFormat(platforms.google, ['email', 'phone', 'name', 'location']);
    const unknown = { ...dana, emails: [], phones: [] };
    expect(format.read(unknown)?.keys).toHaveLength(1);
    expect(format.read(unknown)?.keys).toEqual(format.read({ ...unknown, gender: 'm' })?.keys);
    expect(format.read(unknown)?.keys).not.toEqual(format.read({ ...unknown, postalCode: '94108' })?.keys);
    expect(format.read({ ...unknown, postalCode: null })).toBeUndefined();
  });

  it('has the value last in a seed file, which says that it has one', () => {
    const format = peopleFormat(platforms.meta, ['email'], 'seed');
    expect(format.headers.at(-1)).toBe('value');
    expect(format.valued).toBe(true);
    expect(format.read({ ...dana, value: 12.5 })?.cells.at(-1)).toBe('12.5');
    expect(format.read(dana)?.cells.at(-1)).toBe('');
    expect(peopleFormat(platforms.meta, ['email']).valued).toBe(false);
  });
});

describe('the file of companies', () => {
  const companies = platforms.linkedin.companies as CompanyFormat;
  const acme = { name: 'Acme', domain: 'acme.com', stockSymbol: 'ACM', industry: 'Tools' };

  it("keeps the platform's columns and empties those that were not chosen", () => {
    const row = companiesFormat(companies, ['domain']).read(acme);
    const shown = Object.fromEntries(companies.headers.map((header, index) => [header, row?.cells[index]]));
    expect(shown).toMatchObject({
      companyname: '',
      companywebsite: 'acme.com',
      stocksymbol: '',
      industry: 'Tools',
    });
    expect(row?.identifiers).toEqual(['domain']);
  });

  it('leaves out a company that none of the chosen would find', () => {
    expect(companiesFormat(companies, ['linkedin_url']).read(acme)).toBeUndefined();
  });
});
