import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { goodPassword, newEmail, newOwner, Person } from '../support/person.js';

/** For everybody, as suites need it. */
let open: TestApp;
beforeAll(async () => {
  open = await startTestApp({ signUp: 'open' });
});
afterAll(() => open?.close());

/** Another one, for as long as `work` takes. */
async function withPolicy(signUp: 'first' | 'closed', work: (app: TestApp) => Promise<void>): Promise<void> {
  const app = await startTestApp({ signUp });
  await work(app).finally(() => app.close());
}

async function canSignUp(url: string): Promise<boolean> {
  return (await new Person(url).query<{ canSignUp: boolean }>('{ canSignUp }')).canSignUp;
}

const codes = (answers: { errors?: { extensions: { code: string } }[] }[]): (string | undefined)[] =>
  answers.map(({ errors }) => errors?.[0]?.extensions.code);

describe('signing up', () => {
  it('makes the person owner of an organization with a first workspace, and signs them in', async () => {
    const { url } = open;
    const owner = await newOwner(url);
    const { organization } = await owner.query<{ organization: unknown }>(
      `query ($id: ID!) { organization(id: $id) { name role workspaces { edges { node { name timeZone role } } } } }`,
      { id: owner.organizationId },
    );
    expect(organization).toEqual({
      name: 'Acme',
      role: 'OWNER',
      workspaces: { edges: [{ node: { name: 'First', timeZone: 'Europe/Berlin', role: 'OWNER' } }] },
    });
  });

  it('with "first" is for the first organization only, also when two come at the same moment', () =>
    withPolicy('first', async ({ url }) => {
      expect(await canSignUp(url)).toBe(true);
      const answers = await Promise.all([1, 2, 3].map(() => new Person(url).signUp(newEmail())));
      expect(codes(answers).toSorted()).toEqual(['FORBIDDEN', 'FORBIDDEN', undefined]);
      expect(codes([await new Person(url).signUp(newEmail())])).toEqual(['FORBIDDEN']);
      expect(await canSignUp(url)).toBe(false);
    }));

  it('with "closed" is for nobody, and leaves nothing behind', () =>
    withPolicy('closed', async ({ url, database }) => {
      expect(await canSignUp(url)).toBe(false);
      expect(codes([await new Person(url).signUp(newEmail())])).toEqual(['FORBIDDEN']);
      const { rows } = await database.owner.query('select (select count(*) from users)::int as users');
      expect(rows).toEqual([{ users: 0 }]);
    }));

  it('with "open" is for everybody, but an e-mail address is taken once in any spelling', async () => {
    const { url } = open;
    const email = newEmail();
    expect(await canSignUp(url)).toBe(true);
    const spellings = [email, ` ${email.toUpperCase()} `, email];
    const answers = await Promise.all(spellings.map((spelling) => new Person(url).signUp(spelling)));
    expect(codes(answers).toSorted()).toEqual(['CONFLICT', 'CONFLICT', undefined]);
  });

  it.each([
    ['an e-mail address that is none', { email: 'ada' }, 'input.email'],
    ['a password of 11 characters', { password: 'x'.repeat(11) }, 'input.password'],
    ['a password of 201 characters', { password: 'x'.repeat(201) }, 'input.password'],
    ['an empty name', { name: '' }, 'input.name'],
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'input.timeZone'],
    ['a time zone that PostgreSQL lacks', { timeZone: 'US/Pacific-New' }, 'input.timeZone'],
  ])('refuses %s, naming it', async (_what, change, path) => {
    const { url } = open;
    const input = {
      name: 'Ada',
      email: newEmail(),
      password: goodPassword,
      organizationName: 'Acme',
      workspaceName: 'First',
      ...change,
    };
    const { errors } = await new Person(url).ask(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { user { id } } }',
      { input },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('stores the password as argon2id and the session as a hash', async () => {
    const { url, database } = open;
    const owner = await newOwner(url);
    const { rows } = await database.owner.query<{ password_hash: string; token_hash: Buffer }>(
      'select password_hash, token_hash from users join sessions on sessions.user_id = users.id where email = $1',
      [owner.email],
    );
    expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const token = owner.cookie.split('=')[1] ?? '';
    expect(token).toHaveLength(43);
    expect(rows[0]?.token_hash.includes(token)).toBe(false);
  });
});
