import type { IncomingMessage } from 'node:http';

/** How long a client may go on sending a body that was refused, in milliseconds. */
const patience = 2000;

/**
 * Gives up on a request's body when the answer is already known. What still comes is thrown away while the answer
 * travels: a connection closed at once would reach many clients as a broken pipe, without the answer. Who is still
 * sending after that is cut off.
 */
export function abandonBody(request: IncomingMessage): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.complete || request.destroy(), patience);
  request.once('close', () => clearTimeout(timer));
}
