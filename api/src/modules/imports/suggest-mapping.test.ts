import { describe, expect, it } from 'vitest';
import { suggestMapping, type MappableField } from './suggest-mapping.js';

const standard = (target: string, label = target): MappableField => ({ target, label, standard: true });

const fields: MappableField[] = [
  standard('external_id', 'External id'),
  standard('email', 'Email'),
  standard('phone', 'Phone'),
  standard('first_name', 'First name'),
  standard('title', 'Salutation'),
  standard('job_title', 'Job title'),
  standard('state', 'State'),
  standard('company.name', 'Company name'),
  standard('company.industry', 'Company industry'),
  standard('company.employee_count', 'Company employees'),
  standard('consent.email', 'Consent to email'),
  standard('consent.ads', 'Consent to ads'),
  standard('opt_out.email', 'Opted out of email'),
  standard('opt_out.phone', 'Opted out of phone'),
  { target: 'favorite_color', label: 'Favourite colour', standard: false },
];

describe('suggestMapping', () => {
  it.each([
    ['Record ID', 'external_id'],
    ['E-Mail', 'email'],
    ['EMAIL_ADDRESS', 'email'],
    ['Phone Number', 'phone'],
    ['First Name', 'first_name'],
    ['first_name', 'first_name'],
    ['State/Region', 'state'],
    ['Title', 'job_title'],
    ['Salutation', 'title'],
    ['Associated Company', 'company.name'],
    ['Company name', 'company.name'],
    ['Industry', 'company.industry'],
    ['Number of Employees', 'company.employee_count'],
    ['Email consent', 'consent.email'],
    ['Ads Consent', 'consent.ads'],
    ['favourite colour', 'favorite_color'],
    ['Favorite Color', 'favorite_color'],
  ])('maps a column "%s" to %s', (header, target) => {
    const other = target === 'email' ? 'Phone' : 'Email';
    expect(suggestMapping([header, other], fields).targets[0]).toBe(target);
  });

  it('names the columns that go nowhere', () => {
    expect(suggestMapping(['Email', 'Shoe size', ''], fields)).toEqual({
      targets: ['email', null, null],
      foundBy: ['name', null, null],
      ignored: ['Shoe size', ''],
    });
  });

  it('gives a target to the first column that fits', () => {
    expect(suggestMapping(['Email', 'E-mail address'], fields)).toEqual({
      targets: ['email', null],
      foundBy: ['name', null],
      ignored: ['E-mail address'],
    });
  });

  it('lets a field of the workspace go before a common name', () => {
    const own = [...fields, { target: 'industry', label: 'Industry', standard: false }];
    expect(suggestMapping(['Email', 'Industry'], own).targets).toEqual(['email', 'industry']);
  });

  it('follows an explicit mapping, and lets no other column take its target', () => {
    const explicit = { 'Work mail': 'email', 'First Name': null };
    expect(suggestMapping(['Email', 'Work mail', 'First Name'], fields, { explicit })).toEqual({
      targets: [null, 'email', null],
      foundBy: [null, 'mapping', 'mapping'],
      ignored: ['Email', 'First Name'],
    });
  });

  it.each([
    [
      ['ada@example.com', 'n/a', ...Array.from({ length: 18 }, (_, index) => `p${index}@example.com`)],
      'email',
    ],
    [['+49 151 12345678', '+1 (800) 555-0100'], 'phone'],
    [['(030) 123-4567', '089/123456'], 'phone'],
  ])('knows a column that no name tells by its values %j', (values, target) => {
    expect(suggestMapping(['Who'], fields, { samples: [values] })).toEqual({
      targets: [target],
      foundBy: ['values'],
      ignored: [],
    });
  });

  it.each([[['20260305', '20260306']], [['05-03-2026']], [['ada@example.com', 'n/a']], [[]]])(
    'takes %j for nobody',
    (values) => {
      const map = (): unknown => suggestMapping(['Who'], fields, { samples: [values] });
      expect(map).toThrow(expect.objectContaining({ path: 'mapping' }));
    },
  );

  it('takes nobody for whom a row is about where a name says who it is', () => {
    const samples = [['1'], ['boss@example.com']];
    expect(suggestMapping(['Record ID', 'Manager'], [...fields], { samples }).targets).toEqual([
      'external_id',
      null,
    ]);
  });

  it.each([
    ['a file without any identity', ['First Name'], {}, 'mapping'],
    ['a header that stands twice', ['Email', 'Email'], {}, 'file'],
    ['a mapping of a column that is not there', ['Email'], { Mail: 'email' }, 'mapping.Mail'],
    ['a mapping to a field that is not there', ['Email', 'A'], { A: 'nothing' }, 'mapping.A'],
    ['a mapping of two columns to one field', ['Email', 'A', 'B'], { A: 'phone', B: 'phone' }, 'mapping.B'],
    ['a mapping to a name that every object has', ['Email', 'A'], { A: 'constructor' }, 'mapping.A'],
  ])('refuses %s', (_, headers, explicit, path) => {
    expect(() => suggestMapping(headers, fields, { explicit })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path }),
    );
  });

  it.each([
    ['Unsubscribed from all email', 'opt_out.email'],
    ['Opted out of email: Marketing Information', 'opt_out.email'],
    ['Email Opt Out', 'opt_out.email'],
    ['Has Opted Out Of Email', 'opt_out.email'],
    ['Do Not Call', 'opt_out.phone'],
    ['SMS Opt-Out', 'opt_out.phone'],
    ['Email Opt Out Date', null],
    ['Unsubscribed reason', null],
  ])('sees in %j where somebody opted out: %j', (header, target) => {
    expect(suggestMapping(['Email', header], fields).targets).toEqual(['email', target]);
  });

  it('lets every column count that says who opted out of the same', () => {
    const headers = ['Email', 'Unsubscribed from all email', 'Opted out of email: News'];
    expect(suggestMapping(headers, fields).targets).toEqual(['email', 'opt_out.email', 'opt_out.email']);
  });

  it('does not turn those who opted out into those who agreed', () => {
    const explicit = { 'Unsubscribed from all email': 'consent.email' };
    expect(() => suggestMapping(['Email', 'Unsubscribed from all email'], fields, { explicit })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', path: 'mapping.Unsubscribed from all email' }),
    );
  });
});
