import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A call as it has come. */
export interface ReceivedCall {
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What a receiver answers. */
export interface CallAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Somebody's server that a webhook leads to. */
export interface Receiver {
  url: string;
  calls: ReceivedCall[];
  /** What it answers; 204 unless changed. */
  answer: (call: ReceivedCall) => CallAnswer | Promise<CallAnswer>;
  close(): Promise<void>;
}

/** Starts one. */
export async function startReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const call = { id: String(request.headers['webhook-id']), headers: request.headers, body };
      receiver.calls.push(call);
      const { status, headers = {}, body: answer = '' } = await receiver.answer(call);
      response.writeHead(status, headers).end(answer);
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls: [],
    answer: () => ({ status: 204 }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}

/** What a call says, if it is signed with the secret and just now; throws otherwise. */
export function verified(call: ReceivedCall, secret: string): unknown {
  return new Webhook(secret).verify(call.body, call.headers as Record<string, string>);
}

/** Whether one of the signatures of a call is of the secret, whenever it was made. */
export function isSignedWith(call: ReceivedCall, secret: string): boolean {
  const at = new Date(Number(call.headers['webhook-timestamp']) * 1000);
  const right = new Webhook(secret).sign(call.id, at, call.body);
  return String(call.headers['webhook-signature']).split(' ').includes(right);
}
