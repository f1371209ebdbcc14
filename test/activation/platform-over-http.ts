import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type AudienceWanted,
} from '../../api/src/modules/destinations/destination.js';
import type { StrictPlatform } from './strict-platform.js';

/** What is asked of a platform over HTTP. */
type Asked =
  | { call: 'open'; audience: AudienceWanted }
  | { call: 'send'; audience: AudienceWanted & { remoteId: string }; batch: AudienceBatch };

/** A platform that other processes can reach. */
export interface ServedPlatform {
  url: string;
  close(): Promise<void>;
}

/** Serves a platform; what it throws is answered with the trouble, or with 500. */
export async function servePlatform(platform: StrictPlatform): Promise<ServedPlatform> {
  const server = createServer((request, response) => {
    void (async () => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      const asked = JSON.parse(Buffer.concat(pieces).toString()) as Asked;
      const answer =
        asked.call === 'open'
          ? await platform.open(undefined, asked.audience)
          : await platform.send(undefined, asked.audience, asked.batch);
      response.end(JSON.stringify(answer));
    })().catch((error: unknown) => {
      response.statusCode = error instanceof DestinationFailure ? 409 : 500;
      response.end(error instanceof DestinationFailure ? error.trouble : String(error));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The connector of the other process. */
export function connectTo(url: string, batch: number): AudienceConnector {
  const ask = async <Answer>(asked: Asked): Promise<Answer> => {
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(asked) });
    const text = await response.text();
    if (response.status === 409) throw new DestinationFailure(text as 'busy', `The platform says ${text}.`);
    if (!response.ok) throw new Error(text);
    return JSON.parse(text) as Answer;
  };
  return {
    limits: { batch, batchesPerMinute: 0 },
    kinds: ['contacts', 'companies'],
    open: (_connection, audience) => ask({ call: 'open', audience }),
    send: (_connection, audience, sent) => ask({ call: 'send', audience, batch: sent }),
  };
}
