import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { platforms, sha256 } from '@coterie/ad-formats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeFile, type FileOrder } from '../../api/src/modules/ad-files/write-file.js';
import { membersOf } from '../../api/src/modules/segments/index.js';
import { SegmentEntity } from '../../api/src/modules/segments/segment.entity.js';
import { newOwner } from '../support/person.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants } from '../support/builders.js';
import { createKey } from '../support/workspaces.js';
import { addCrowd, giveLongCompanies } from './crowd.js';
import { openAudiences, readFile, type Audiences } from './open-audiences.js';

let app: TestApp;
let audiences: Audiences;
let segmentId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  audiences = await openAudiences(app);
  segmentId = await audiences.list([]);
});

const path = (id: string): string => `/v1/audiences/${id}/file.csv`;

async function failure(response: Response): Promise<{ status: number; code: string; path: string }> {
  const { error } = (await response.json()) as { error: { code: string; path: string } };
  return { status: response.status, code: error.code, path: error.path };
}

describe('the download of a file', () => {
  it('has a clean name, a length, and is kept by nobody on the way', async () => {
    await audiences.people({ email: 'a@example.com', ads: 'granted' });
    const everybody = await audiences.everybody();
    const id = await audiences.create({
      name: 'Über/"Gäste"\r\nx: y 정',
      platform: 'META',
      segmentId: everybody,
    });
    const response = await audiences.download(path(id));
    const text = await response.text();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename=audience.csv; filename*=UTF-8''${encodeURIComponent('Über Gäste x y 정 - Meta.csv')}`,
    });
    expect(readFile(text).rows).toHaveLength(1);
  });

  it('is for editors and keys with audiences:write: to look at an audience is not to hand its people on', async () => {
    const id = await audiences.create({ platform: 'META', segmentId });
    const everythingElse = ['contacts:read', 'contacts:write', 'segments:write', 'audiences:read'] as const;
    const key = (scopes: Parameters<typeof createKey>[2]): Promise<string> =>
      createKey(app, audiences.id, scopes);
    expect((await audiences.download(path(id), await key(everythingElse))).status).toBe(403);
    expect((await audiences.download(path(id), await key(['audiences:write']))).status).toBe(200);
    expect((await fetch(app.url + path(id))).status).toBe(401);
    const owner = await newOwner(app.url);
    const { createStaticSegment } = await owner.query<{ createStaticSegment: { id: string } }>(
      `mutation ($workspaceId: ID!) { createStaticSegment(workspaceId: $workspaceId, input: {name: "x"}) { id } }`,
      { workspaceId: owner.workspaceId },
    );
    const { createCustomAudience } = await owner.query<{ createCustomAudience: { fileUrl: string } }>(
      `mutation ($workspaceId: ID!, $input: CreateCustomAudienceInput!) {
         createCustomAudience(workspaceId: $workspaceId, input: $input) { fileUrl }
       }`,
      {
        workspaceId: owner.workspaceId,
        input: { name: 'x', platform: 'META', segmentId: createStaticSegment.id },
      },
    );
    const { fileUrl } = createCustomAudience;
    const asOwner = (): Promise<Response> => fetch(app.url + fileUrl, { headers: { cookie: owner.cookie } });
    expect((await asOwner()).status).toBe(200);
    await app.database.owner.query(`update members set role = 'viewer' where organization_id = $1`, [
      owner.organizationId,
    ]);
    expect((await asOwner()).status).toBe(403);
  });

  it('of another workspace answers like that of a random id', async () => {
    const id = await audiences.create({ platform: 'META', segmentId });
    const stranger = await openAudiences(app);
    const random = await failure(await stranger.download(path(randomUUID())));
    expect(random).toEqual({ status: 404, code: 'NOT_FOUND', path: 'id' });
    expect(await failure(await stranger.download(path(id)))).toEqual(random);
    expect(await failure(await stranger.download(path('no-id')))).toEqual(random);
    const named = (workspaceId: string): Promise<Response> =>
      stranger.download(`${path(id)}?workspaceId=${workspaceId}`);
    expect(await failure(await named(audiences.id))).toEqual(await failure(await named(randomUUID())));
  });

  it.each([
    ['unknown=1', 400],
    ['workspaceId=a&workspaceId=b', 400],
    ['identifiers=name', 400],
    ['workspaceId=nonsense', 404],
  ])('with the query string %s is refused', async (query, status) => {
    const id = await audiences.create({ platform: 'META', segmentId });
    expect((await audiences.download(`${path(id)}?${query}`)).status).toBe(status);
  });

  it('larger than the platform takes is refused before the first byte, and reported', async () => {
    await addCrowd(app.database, { workspaceId: audiences.id, segmentId, count: 3_500 });
    await giveLongCompanies(app.database, audiences.id);
    const id = await audiences.create({ platform: 'LINKEDIN', kind: 'COMPANIES', segmentId });
    const report = await audiences.readiness({ id });
    expect(report).toMatchObject({ rows: 3_500, maximumBytes: 20_000_000, fits: false });
    expect(report.bytes).toBeGreaterThan(20_000_000);
    const response = await audiences.download(path(id));
    expect(response.headers.get('content-disposition')).toBeNull();
    expect(await failure(response)).toMatchObject({ status: 413, code: 'TOO_LARGE' });
    // Without the long names it is still large, but not too large.
    await app.database.owner.query(
      `delete from company_attributes where workspace_id = $1 and key = 'industry'`,
      [audiences.id],
    );
    expect((await audiences.file(id)).rows).toHaveLength(3_500);
  });
});

describe('a large file', () => {
  const count = 20_000;

  it('is complete, without anybody twice', async () => {
    await addCrowd(app.database, { workspaceId: audiences.id, segmentId, count });
    const id = await audiences.create({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL'] });
    expect(await audiences.readiness({ id })).toMatchObject({ members: count, rows: count });
    const { rows } = await audiences.file(id);
    expect(rows).toHaveLength(count);
    const expected = Array.from({ length: count }, (_, number) => sha256(`p${number}@example.com`));
    expect(rows.map(([hash]) => hash)).toEqual(expected);
  });

  it('is read and written in pieces, whose number of statements grows with the pieces alone', async () => {
    const tenants = await openTenants([SegmentEntity]);
    try {
      const workspaceId = await tenants.newWorkspace();
      const list = randomUUID();
      await tenants.database.owner.query(
        `insert into segments (workspace_id, id, kind, name, folded_name, created_by) values ($1, $2, 'static', 'x', 'x', 'system')`,
        [workspaceId, list],
      );
      await addCrowd(tenants.database, { workspaceId, segmentId: list, count });
      const pieces: number[] = [];
      const report = await tenants.withWorkspace(
        workspaceId,
        async (tx) => {
          tenants.statements.length = 0;
          const order: FileOrder = {
            platform: 'meta',
            kind: 'contacts',
            identifiers: platforms.meta.identifiers,
            source: await membersOf(tx, list, new Date()),
            timeZone: 'UTC',
            signal: new AbortController().signal,
          };
          return writeFile(tx, order, (text) => void pieces.push(text.split('\r\n').length - 1));
        },
        { snapshot: true },
      );
      expect(report.rows).toBe(count);
      expect(pieces.reduce((sum, lines) => sum + lines)).toBe(count + 1);
      expect(Math.max(...pieces)).toBeLessThanOrEqual(500);
      // For each piece: its members, their identities, their attributes.
      expect(tenants.statements.length).toBeLessThanOrEqual((count / 500) * 3 + 15);
    } finally {
      await tenants.close();
    }
  });

  it('is not gone on with when the client goes away, and leaves nothing on the disk', async () => {
    await addCrowd(app.database, { workspaceId: audiences.id, segmentId, count });
    const id = await audiences.create({ platform: 'META', segmentId });
    const inProgress = (): Promise<number> =>
      app.database.owner
        .query(
          `select count(*)::int as count from pg_stat_activity
           where datname = current_database() and usename = 'coterie_app' and state <> 'idle'`,
        )
        .then(({ rows }) => rows[0].count as number);
    const call = request(app.url + path(id), { headers: { authorization: `Bearer ${audiences.key}` } });
    call.on('error', () => undefined);
    call.end();
    await expect.poll(inProgress, { interval: 5 }).toBeGreaterThan(0);
    call.destroy();
    await expect.poll(inProgress, { timeout: 15_000 }).toBe(0);
    const left = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('coterie-file-'));
    await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  });
});
