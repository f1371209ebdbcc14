import { print, type Rule } from '@coterie/rules';
import { Pool } from 'undici';
import { scopes } from '../../../api/src/platform/context.js';
import { variable, type TestDatabase } from '../../../test/support/database.js';
import { startProcess } from '../../../test/support/process.js';
import { createKey } from '../../../test/support/workspaces.js';

/** A Coterie in a process of its own, asked over one connection that stays open. */
export interface BenchServer {
  /** Asks `previewSegment` for a rule's count, and what it is relative to. */
  count(rule: Rule): Promise<{ value: number; asOf: Date }>;
  query<Data>(query: string, variables: object): Promise<Data>;
  /** Sends messages of the Segment API. */
  batch(messages: readonly object[]): Promise<void>;
  close(): Promise<void>;
}

const preview = `query ($text: String!) {
  previewSegment(input: { rule: { text: $text }, sampleSize: 0 }) { count { value asOf } }
}`;

/** Starts it on a database, with a key to one of its workspaces. */
export async function startServer(database: TestDatabase, workspaceId: string): Promise<BenchServer> {
  const key = await createKey({ database }, workspaceId, scopes);
  const server = await startProcess({
    environment: {
      DATABASE_URL: database.url,
      REDIS_URL: variable('REDIS_URL'),
      LOG_LEVEL: 'error',
      // What takes longer than anybody would wait is to be measured, too.
      DATABASE_STATEMENT_SECONDS: '600',
      RATE_LIMIT_REQUESTS: '0',
      RATE_LIMIT_COST: '0',
    },
  });
  await server.ready();
  const pool = new Pool(server.url, { connections: 1, pipelining: 1 });
  async function post(path: string, authorization: string, content: object): Promise<unknown> {
    const headers = { authorization, 'content-type': 'application/json' };
    const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify(content) });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`Answered with ${answer.statusCode}: ${text}`);
    return JSON.parse(text);
  }
  async function query<Data>(text: string, variables: object): Promise<Data> {
    const answer = (await post('/graphql', `Bearer ${key}`, { query: text, variables })) as {
      data?: Data;
      errors?: unknown;
    };
    if (answer.errors || !answer.data) throw new Error(`The query failed: ${JSON.stringify(answer.errors)}`);
    return answer.data;
  }
  return {
    query,
    async count(rule) {
      type Answer = { previewSegment: { count: { value: number; asOf: string } } };
      const { count } = (await query<Answer>(preview, { text: print(rule) })).previewSegment;
      return { value: count.value, asOf: new Date(count.asOf) };
    },
    async batch(messages) {
      await post('/v1/batch', `Basic ${Buffer.from(`${key}:`).toString('base64')}`, { batch: messages });
    },
    async close() {
      await pool.close();
      server.process.kill('SIGTERM');
      await server.ended();
    },
  };
}
