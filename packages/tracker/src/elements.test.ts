import { describe, expect, it } from 'vitest';
import { isPlain, propertiesOf, readFields, type Field } from './elements.js';

const attribute = (name: string, value: string) => ({ name: `data-coterie-${name}`, value });

function field({
  attributes = {},
  ...change
}: Partial<Field> & { attributes?: Record<string, string> }): Field {
  return {
    name: 'field',
    id: '',
    type: 'text',
    value: 'answer',
    checked: false,
    autocomplete: '',
    getAttribute: (name) => attributes[name] ?? null,
    ...change,
  };
}

describe('propertiesOf', () => {
  it.each([
    ['5', 5],
    ['-2.5', -2.5],
    ['0', 0],
    ['true', true],
    ['false', false],
    ['007', '007'],
    ['1e3', '1e3'],
    ['12345678901234567890', '12345678901234567890'],
    ['null', 'null'],
    ['NaN', 'NaN'],
    ['{"a":1}', '{"a":1}'],
    ['[1]', '[1]'],
    ['"a"', '"a"'],
    ['', ''],
    ['pro', 'pro'],
  ])('reads %j as %j', (text, value) => {
    expect(propertiesOf([attribute('key', text)])).toEqual({ key: value });
  });

  it('takes what is not reserved, in snake case', () => {
    const attributes = ['event', 'ignore', 'trait', 'value', 'plan-name'].map((name) => attribute(name, 'x'));
    expect(propertiesOf([...attributes, { name: 'data-other', value: 'x' }])).toEqual({ plan_name: 'x' });
  });
});

describe('isPlain', () => {
  it.each([
    { type: 'password' },
    { type: 'hidden' },
    { type: 'file' },
    { autocomplete: 'current-password' },
    { autocomplete: 'section-a billing cc-csc' },
    { name: 'user[password]' },
    { name: 'Passwort' },
    { id: 'new-passcode' },
    { name: 'creditCard' },
    { name: 'cvv2' },
    { name: 'iban' },
    { name: 'csrf_token' },
    { value: '4111111111111111' },
    { value: 'my card: 3782 822463 10005' },
    { value: '6011-1111-1111-1117' },
  ])('refuses %j', (change) => {
    expect(isPlain(field(change))).toBe(false);
  });

  it.each([
    { name: 'email', type: 'email', value: 'dana@example.com' },
    { name: 'phone', value: '+43 664 1234 56789' },
    { name: 'phone', value: '0043664123456789' },
    { name: 'order', value: '20261124-1234' },
    { name: 'success', autocomplete: 'organization' },
  ])('takes %j', (change) => {
    expect(isPlain(field(change))).toBe(true);
  });
});

describe('readFields', () => {
  it('names each field once and gives no value unless an attribute allows it', () => {
    const fields = [
      field({ name: 'a' }),
      field({ name: 'b', type: 'radio' }),
      field({ name: 'b', type: 'radio', checked: true, attributes: { 'data-coterie-value': '' } }),
      field({
        name: 'c',
        attributes: { 'data-coterie-value': 'company_size', 'data-coterie-trait': 'size' },
      }),
      field({ name: 'd', value: ' ', attributes: { 'data-coterie-value': '' } }),
      field({ name: '' }),
    ];
    expect(readFields(fields)).toEqual({
      fields: ['a', 'b', 'c', 'd'],
      values: { b: 'answer', company_size: 'answer' },
      traits: { size: 'answer' },
    });
  });

  it('cuts what is long', () => {
    const { values } = readFields([
      field({ value: 'x'.repeat(600), attributes: { 'data-coterie-value': '' } }),
    ]);
    expect(values['field']).toHaveLength(500);
  });
});
