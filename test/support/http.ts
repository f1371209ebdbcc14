import { request as httpRequest } from 'node:http';

/**
 * Sends zero bytes by POST until the answer comes or so many are sent.
 * @returns the status, and how many bytes were handed to the connection when it came.
 */
export function sendEndlessly(
  url: string,
  bytes: number,
  headers: Record<string, string>,
): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = false;
    const request = httpRequest(url, { method: 'POST', headers }, (response) => {
      answered = true;
      resolve({ status: response.statusCode ?? 0, sent });
      request.destroy();
    });
    request.on('error', (error) => answered || reject(error));
    const piece = Buffer.alloc(64 * 1024);
    const push = (): void => {
      while (!answered && sent < bytes) {
        sent += piece.length;
        if (!request.write(piece)) {
          request.once('drain', push);
          return;
        }
      }
      if (!answered) request.end();
    };
    push();
  });
}
