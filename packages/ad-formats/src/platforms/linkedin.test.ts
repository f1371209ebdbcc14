import { describe, expect, test } from 'vitest';
import { sha256 } from '../hash.js';
import type { CompanyFormat } from '../platform.js';
import { createLinkedin } from './linkedin.js';
import { describePlatform } from './platform.contract.js';

const linkedin = createLinkedin();
const companies = linkedin.companies as CompanyFormat;

describePlatform(linkedin);

describe('LinkedIn contacts', () => {
  test('are written in the columns of its template, hashed by address alone', () => {
    expect(linkedin.headers(['email'])).toEqual(
      'email firstname lastname jobtitle employeecompany country googleaid'.split(' '),
    );
    const person = {
      emails: ['Da na@Example.com'],
      phones: ['+16505551212'],
      firstName: 'Dana',
      lastName: 'King',
      jobTitle: 'CTO',
      companyName: '@Example, Inc.',
      country: 'us',
    };
    expect(linkedin.row(person)).toEqual([
      sha256('dana@example.com'),
      'Dana',
      'King',
      'CTO',
      'Example, Inc.',
      'US',
      '',
    ]);
    expect(linkedin.row(person, ['email', 'job'])?.slice(1)).toEqual([
      '',
      '',
      'CTO',
      'Example, Inc.',
      '',
      '',
    ]);
  });

  test('have no phone numbers, and a name alone does not suffice', () => {
    expect(
      linkedin.row({ emails: [], phones: ['+16505551212'], firstName: 'D', lastName: 'K' }),
    ).toBeUndefined();
  });

  test('have texts cut to the length LinkedIn takes, never within a character', () => {
    expect(linkedin.value('firstName', '𝒜'.repeat(40))?.sent).toBe('𝒜'.repeat(35));
    expect(linkedin.value('jobTitle', 'x'.repeat(60))?.sent).toHaveLength(50);
  });
});

describe('LinkedIn companies', () => {
  test('are written in the columns of its template, not hashed', () => {
    expect(companies.headers.join(', ')).toBe(
      'companyname, companywebsite, companyemaildomain, linkedincompanypageurl, stocksymbol, industry, city, state, companycountry, zipcode',
    );
    const row = companies.row({
      name: ' Acme,  Inc. ',
      domain: 'https://www.Acme.example/about?x=1',
      emailDomain: 'mail.acme.example',
      linkedinUrl: 'de.linkedin.com/company/Acme/about',
      stockSymbol: 'acme',
      industry: 'Anvils',
      city: 'Berlin',
      state: 'Berlin',
      country: 'Germany',
      postalCode: '10115',
    });
    expect(row).toEqual([
      'Acme, Inc.',
      'acme.example',
      'mail.acme.example',
      'https://www.linkedin.com/company/acme',
      'ACME',
      'Anvils',
      'Berlin',
      'Berlin',
      'DE',
      '10115',
    ]);
  });

  test('tells an API the same by field, and leaves out what is empty', () => {
    expect(
      companies.values({
        name: ' Acme ',
        domain: 'https://www.acme.example/about',
        stockSymbol: 'acme',
        country: 'Germany',
        postalCode: '10115',
        city: '',
      }),
    ).toEqual({
      name: ['Acme'],
      domain: ['acme.example'],
      stock_symbol: ['ACME'],
      country: ['DE'],
      postal_code: ['10115'],
    });
    expect(companies.values({ stockSymbol: 'ACME', industry: 'Anvils' })).toBeUndefined();
  });

  test('need a name, domain or page', () => {
    expect(companies.row({ industry: 'Anvils', stockSymbol: 'ACME', domain: 'localhost' })).toBeUndefined();
    expect(companies.usable({ stockSymbol: 'ACME', domain: 'acme.example' })).toEqual([
      'domain',
      'stock_symbol',
    ]);
    expect(companies.row({ domain: 'acme.example' })).toEqual([
      '',
      'acme.example',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
  });

  test('are harmless in a spreadsheet', () => {
    const row = companies.row({ name: '=HYPERLINK("http://x.example")', domain: '-x.example', city: '\t+1' });
    expect(row?.slice(0, 2)).toEqual(['HYPERLINK("http://x.example")', '']);
    expect(row?.[6]).toBe('1');
  });

  test('of LinkedIn need 300 rows, and fit 300,000', () => {
    expect([linkedin.minimumSize, linkedin.maximumRows, linkedin.maximumBytes]).toEqual([
      300, 300_000, 20_000_000,
    ]);
  });
});
