import { describe, expect, it } from 'vitest';
import { describeError } from './describe-error.js';

const databaseError = (message: string, fields: object): Error => Object.assign(new Error(message), fields);

describe('an error in the log', () => {
  it('says what it is, where it was thrown, and why', () => {
    const error = new TypeError('no such thing', { cause: new Error('the reason') });
    const described = describeError(error);
    expect(described).toMatchObject({
      type: 'TypeError',
      message: 'no such thing',
      cause: { type: 'Error', message: 'the reason' },
    });
    expect((described as { stack: string }).stack).toMatch(/^\s+at .*describe-error\.test\.ts/);
  });

  it('of PostgreSQL names the constraint and the statement, and no value', () => {
    const described = describeError(
      databaseError('duplicate key value violates unique constraint "people_email_key"', {
        code: '23505',
        table: 'people',
        constraint: 'people_email_key',
        query: 'insert into people values ($1)',
        parameters: ['dana@example.com'],
        detail: 'Key (email)=(dana@example.com) already exists.',
        where: 'PL/pgSQL function, row dana@example.com',
        driverError: { detail: 'Key (email)=(dana@example.com) already exists.' },
      }),
    );
    expect(described).toMatchObject({
      code: '23505',
      table: 'people',
      constraint: 'people_email_key',
      query: 'insert into people values ($1)',
    });
    expect(JSON.stringify(described)).not.toContain('dana');
  });

  it.each([
    ['invalid input syntax for type date: "Dana "Doe" 1980"', '22007'],
    ['value "4242424242424242" is out of range for type integer', '22003'],
  ])('hides the value in: %s', (message, code) => {
    const text = JSON.stringify(describeError(databaseError(message, { code })));
    expect(text).not.toMatch(/Dana|4242/);
    expect(text).toContain('[hidden]');
  });

  it('hides what a message quotes of a JSON text', () => {
    for (const text of ['{"name":"Dana","phone":+43664}', '"Dana', '{"Dana"}']) {
      const error = thrownBy(() => JSON.parse(text) as unknown);
      expect(JSON.stringify(describeError(error))).not.toMatch(/Dana|43664/u);
    }
  });

  it('hides e-mail addresses wherever a message repeats them, also in causes and in what is no error', () => {
    const cause = new Error('550 <dana@example.com>: unknown user');
    const described = describeError(
      new AggregateError([new Error('to=dana@example.com')], 'for dana@example.com', { cause }),
    );
    expect(JSON.stringify(described)).not.toContain('dana');
    expect(describeError('dana@example.com')).toEqual({ message: '[hidden]' });
  });

  it('that is its own cause is cut off', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/round/g)?.length).toBeLessThan(10);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
