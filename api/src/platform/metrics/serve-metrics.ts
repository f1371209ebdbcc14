import { createServer } from 'node:http';
import type { Logger } from 'pino';
import { CannotStart } from '../errors.js';
import type { Metrics } from './metrics.js';

/** A port that tells Prometheus what is measured. */
export interface MetricsServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` on a port of its own, so that who may reach the API reaches no figures about other tenants.
 * Throws CannotStart when the port cannot be had.
 */
export async function serveMetrics(
  metrics: Metrics,
  { port, host }: { port: number; host: string },
  log: Logger,
): Promise<MetricsServer> {
  const { registry } = metrics;
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => {
        log.error({ err: error }, 'the metrics could not be told');
        response.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const message = `Coterie cannot listen on METRICS_PORT ${port} of HOST ${host} (${cause.code}).`;
      reject(new CannotStart(message, { cause }));
    });
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.address() as { port: number };
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
