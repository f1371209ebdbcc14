import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { closeServer, listen } from './gateway.js';

/** A website, on an origin other than Coterie's. */
export interface Site {
  /** On `localhost`, which browsers take for as safe as TLS. */
  url: string;
  /** The same under any name below `example`, as a page without TLS. */
  named(host: string): string;
  /** The document at every path. */
  html: string;
  /** Headers of the document. */
  headers: Record<string, string>;
  close(): Promise<void>;
}

const tracker = join(import.meta.dirname, '../../packages/tracker/dist');

/** Opens a website; below `/tracker/` it serves the module as it was built. */
export async function openSite(): Promise<Site> {
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!;
    if (path.startsWith('/tracker/')) {
      void readFile(join(tracker, path.slice('/tracker/'.length))).then((file) =>
        response.writeHead(200, { 'content-type': 'text/javascript' }).end(file),
      );
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...site.headers });
      response.end(site.html);
    }
  });
  const { port } = new URL(await listen(server));
  const site: Site = {
    url: `http://localhost:${port}`,
    named: (host) => `http://${host}.example:${port}`,
    html: '',
    headers: {},
    close: () => closeServer(server),
  };
  return site;
}
