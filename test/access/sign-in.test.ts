import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { goodPassword, newEmail, newOwner, Person, type HttpAnswer } from '../support/person.js';

let app: TestApp;
let email: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  email = newEmail();
  await new Person(app.url).signUp(email);
});

const errorOf = ({ errors }: HttpAnswer) => {
  const [error] = errors ?? [];
  return error && { code: error.extensions.code, message: error.message };
};
const countOf = (answers: HttpAnswer[], code: string | undefined): number =>
  answers.filter((answer) => errorOf(answer)?.code === code).length;

describe('signing in', () => {
  it('takes the right password, with the address in any spelling', async () => {
    const person = new Person(app.url);
    expect(errorOf(await person.signIn(`  ${email.toUpperCase()} `))).toBeUndefined();
    expect(await person.whoAmI()).toBe(email);
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const person = new Person(app.url);
    const wrong = errorOf(await person.signIn(email, 'something else 123'));
    const unknown = errorOf(await person.signIn(newEmail(), 'something else 123'));
    expect(wrong).toEqual({ code: 'UNAUTHENTICATED', message: 'E-mail or password is wrong.' });
    expect(unknown).toEqual(wrong);
    expect(person.cookie).toBe('');
  });

  it('lets none of 50 attempts at once slip past the ten that are allowed', async () => {
    const attempts = Array.from({ length: 50 }, () =>
      new Person(app.url).signIn(email, 'something else 123'),
    );
    const answers = await Promise.all(attempts);
    expect(countOf(answers, 'UNAUTHENTICATED')).toBe(10);
    expect(countOf(answers, 'LOCKED')).toBe(40);
    const { rows } = await app.database.owner.query<{ failed: number }>(
      `select failed from sign_in_attempts where email_hash = sha256($1::text::bytea)`,
      [email],
    );
    expect(rows[0]?.failed).toBe(50);
  });

  it('is locked for the right password too, says for how long, and opens again', async () => {
    const person = new Person(app.url);
    for (let attempt = 0; attempt < 11; attempt += 1) await person.signIn(email, 'something else 123');
    const locked = await person.signIn(email);
    expect(locked.errors?.[0]?.extensions).toMatchObject({ code: 'LOCKED', retryAfter: 900 });
    await app.database.owner.query(
      `update sign_in_attempts set locked_until = now() - interval '1 second'
       where email_hash = sha256($1::text::bytea)`,
      [email],
    );
    expect(errorOf(await person.signIn(email))).toBeUndefined();
  });

  it('locks an address without an account as one with', async () => {
    const person = new Person(app.url);
    const unknown = newEmail();
    const answers = [];
    for (let attempt = 0; attempt < 11; attempt += 1) answers.push(await person.signIn(unknown));
    expect(countOf(answers, 'UNAUTHENTICATED')).toBe(10);
    expect(countOf(answers, 'LOCKED')).toBe(1);
  });

  it('counts attempts in a row only: a right password begins anew', async () => {
    const person = new Person(app.url);
    for (let round = 0; round < 2; round += 1) {
      for (let attempt = 0; attempt < 9; attempt += 1) await person.signIn(email, 'something else 123');
      expect(errorOf(await person.signIn(email))).toBeUndefined();
    }
  });
});

describe('a session', () => {
  it('travels in a cookie that scripts and other sites do not get', async () => {
    const { headers } = await new Person(app.url).signIn(email);
    const [cookie] = headers.getSetCookie();
    expect(cookie).toMatch(/^coterie_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  });

  it('travels over HTTPS only where Coterie is reached that way', async () => {
    const secure = await startTestApp({ cookieSecure: true });
    try {
      const { headers } = await new Person(secure.url).signUp(newEmail());
      expect(headers.getSetCookie()[0]).toContain('; Secure');
    } finally {
      await secure.close();
    }
  });

  it('ends with signing out, and its cookie with it', async () => {
    const person = new Person(app.url);
    await person.signIn(email);
    const { cookie } = person;
    expect(errorOf(await person.ask('mutation { signOut }'))).toBeUndefined();
    expect(person.cookie).toBe('coterie_session=');
    person.cookie = cookie;
    expect(await person.whoAmI()).toBeUndefined();
  });

  it('ends when its time is over', async () => {
    const person = new Person(app.url);
    await person.signIn(email);
    await app.database.owner.query(`update sessions set expires_at = now()`);
    expect(await person.whoAmI()).toBeUndefined();
  });

  it('begins anew with every sign-in: a token from before is not taken over', async () => {
    const person = new Person(app.url);
    person.cookie = `coterie_session=${'a'.repeat(43)}`;
    await person.signIn(email);
    expect(person.cookie).not.toContain('a'.repeat(43));
    expect(await person.whoAmI()).toBe(email);
  });
});

const changePassword = 'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) }';

describe('changing the password', () => {
  it('ends every other session, keeps this one, and the old password is no longer taken', async () => {
    const [here, elsewhere] = [new Person(app.url), new Person(app.url)];
    await here.signIn(email);
    await elsewhere.signIn(email);
    const input = { currentPassword: goodPassword, newPassword: 'another good password' };
    expect(errorOf(await here.ask(changePassword, { input }))).toBeUndefined();
    expect(await here.whoAmI()).toBe(email);
    expect(await elsewhere.whoAmI()).toBeUndefined();
    expect(errorOf(await elsewhere.signIn(email))?.code).toBe('UNAUTHENTICATED');
    expect(errorOf(await elsewhere.signIn(email, input.newPassword))).toBeUndefined();
  });

  it('needs the current one, and counts wrong ones as signing in does', async () => {
    const person = new Person(app.url);
    await person.signIn(email);
    const input = { currentPassword: 'something else 123', newPassword: 'another good password' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => person.ask(changePassword, { input })),
    );
    expect(countOf(answers, 'INVALID_INPUT')).toBe(10);
    expect(countOf(answers, 'LOCKED')).toBe(10);
  });

  it('refuses a new one that is too short, naming it', async () => {
    const person = new Person(app.url);
    await person.signIn(email);
    const input = { currentPassword: goodPassword, newPassword: 'short' };
    const { errors } = await person.ask(changePassword, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'input.newPassword' });
  });

  it('needs a session', async () => {
    const input = { currentPassword: goodPassword, newPassword: 'another good password' };
    expect(await new Person(app.url).codeOf(changePassword, { input })).toBe('UNAUTHENTICATED');
  });
});

describe('a request that another site makes a browser send', () => {
  let person: Person;

  beforeEach(async () => {
    person = await newOwner(app.url);
  });

  it('does not count as the person, whose cookie it carries', async () => {
    expect(await person.whoAmI({ origin: app.url })).toBe((person as Person & { email: string }).email);
    for (const origin of ['https://evil.example', 'null', `${app.url}.evil.example`, 'http://127.0.0.1:1']) {
      expect(await person.whoAmI({ origin })).toBeUndefined();
    }
  });

  const bodies: [string, string, string][] = [
    ['a form', 'application/x-www-form-urlencoded', 'query=mutation%7BsignOut%7D'],
    ['plain text', 'text/plain', JSON.stringify({ query: 'mutation { signOut }' })],
    ['a multipart form', 'multipart/form-data; boundary=x', '--x--'],
  ];
  it.each(bodies)('as %s is refused before it does anything', async (_what, type, body) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type, cookie: person.cookie },
      body,
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    expect(await person.whoAmI()).toBeDefined();
  });

  it('by following a link changes nothing', async () => {
    const url = `${app.url}/graphql?query=${encodeURIComponent('mutation { signOut }')}`;
    const plain = await fetch(url, { headers: { cookie: person.cookie } });
    expect(plain.status).toBe(400);
    const preflighted = await fetch(url, {
      headers: { cookie: person.cookie, 'apollo-require-preflight': 'true' },
    });
    expect(preflighted.status).toBe(405);
    expect(await person.whoAmI()).toBeDefined();
  });

  it('gets no leave to read answers', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
