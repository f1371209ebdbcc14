import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../api/src/platform/database/embedded.js';
import { root, startProcess, type CoterieProcess } from '../support/process.js';
import { environmentOf, readDockerfile, textsOf } from './dockerfile.js';
import { rehearse, takeOver, user } from './rehearse.js';

const [build, final] = readDockerfile(join(root, 'infra/docker/Dockerfile'));
if (!build || !final) throw new Error('The Dockerfile has two stages.');

describe('the image, its steps done by hand', () => {
  let folder: string;
  let server: EmbeddedPostgres;
  let coterie: CoterieProcess;
  const password = randomBytes(12).toString('hex');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coterie-image-'));
    chmodSync(folder, 0o755);
    const stages = { build: join(folder, 'build'), final: join(folder, 'final') };
    rehearse(build, stages.build);
    takeOver(stages.build, stages.final);
    rmSync(stages.build, { recursive: true });
    rehearse(final, stages.final);
    server = await startEmbeddedPostgres(join(folder, 'server'));
    coterie = await startImage(stages.final, await createOwner(server, password));
  }, 600_000);

  afterAll(async () => {
    coterie?.process.kill('SIGTERM');
    await coterie?.ended();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('serves as a user without rights, on the database of an owner who is no superuser', async () => {
    await coterie.ready();
    expect(await (await fetch(`${coterie.url}/readyz`)).json()).toMatchObject({
      status: 'ready',
      database: 'ok',
    });
    expect(statSync(`/proc/${coterie.process.pid}`)).toMatchObject(user);
  });

  it('serves the tag for websites', async () => {
    const script = await fetch(`${coterie.url}/coterie.js`);
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  it('serves the dashboard', async () => {
    const page = await fetch(coterie.url, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(200);
    const [, script] = /src="(\/assets\/[^"]+\.js)"/u.exec(await page.text()) ?? [];
    expect((await fetch(`${coterie.url}${script}`)).status).toBe(200);
  });

  it('creates an organization', async () => {
    const response = await fetch(`${coterie.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($input: SignUpInput!) { signUp(input: $input) { user { name } } }',
        variables: {
          input: {
            name: 'Kim',
            email: 'kim@example.com',
            password: 'a long enough password',
            organizationName: 'Acme',
            workspaceName: 'Shop',
          },
        },
      }),
    });
    expect(await response.json()).toEqual({ data: { signUp: { user: { name: 'Kim' } } } });
  });

  it('is healthy by the check that Docker would run', async () => {
    const [, , script = ''] = JSON.parse(
      textsOf(final, 'HEALTHCHECK')[0]!.replace(/^.*CMD /u, ''),
    ) as string[];
    const check = (port: string) =>
      startProcess({ command: ['node', '-e', script], environment: { PORT: port } });
    expect(await (await check(new URL(coterie.url).port)).ended()).toBe(0);
    expect(await (await check('1')).ended()).toBe(1);
  });

  it('holds nothing that only development needs', () => {
    const api = join(folder, 'final/app/api');
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(api, 'package.json'), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    const { resolve } = createRequire(join(api, 'dist/main.js'));
    const isThere = (name: string): boolean =>
      resolve
        .paths(name)!
        .slice(0, 2)
        .some((path) => existsSync(join(path, name)));
    expect(Object.keys(dependencies).filter((name) => !isThere(name))).toEqual([]);
    expect([...Object.keys(devDependencies), 'vitest', 'turbo', 'vite'].filter(isThere)).toEqual([]);
    expect(existsSync(join(api, 'src'))).toBe(false);
  });
});

/** Runs the image's command with the image's environment and nothing else. */
async function startImage(image: string, databaseUrl: string): Promise<CoterieProcess> {
  const node = join(image, 'bin/node');
  mkdirSync(join(image, 'bin'), { recursive: true });
  copyFileSync(process.execPath, node);
  const words = ['ENTRYPOINT', 'CMD'].flatMap(
    (keyword) => JSON.parse(textsOf(final!, keyword)[0]!) as string[],
  );
  return startProcess({
    command: words.map((word) => (word === 'node' ? node : word)),
    cwd: join(image, textsOf(final!, 'WORKDIR')[0]!),
    user,
    environment: { ...environmentOf(final!), DATA_DIR: join(image, 'data'), DATABASE_URL: databaseUrl },
  });
}

/** Makes database and owner by the statements that the compose file has PostgreSQL's image run. */
async function createOwner(server: EmbeddedPostgres, password: string): Promise<string> {
  const script = readFileSync(join(root, 'infra/docker/create-owner.sh'), 'utf8');
  const [, statements = ''] = /<<'SQL'\n(.*)\nSQL\n/su.exec(script) ?? [];
  const superuser = new pg.Client({ connectionString: server.url.replace(/coterie$/u, 'postgres') });
  await superuser.connect();
  await superuser.query('drop database coterie');
  for (const statement of statements.replace(":'password'", pg.escapeLiteral(password)).split(';\n'))
    await superuser.query(statement);
  await superuser.end();
  const url = new URL(server.url);
  url.username = 'coterie';
  url.password = password;
  return url.href;
}
