import { Pool } from 'undici';

/** How it went to send all bodies. */
export interface Load {
  /** Milliseconds until the last answer. */
  took: number;
  /** Milliseconds from sending a body to its whole answer, sorted. */
  latencies: number[];
}

/** Sends each body once over so many connections, each the next one as soon as its answer is there. */
export async function sendAll(
  address: string,
  path: string,
  headers: Record<string, string>,
  bodies: readonly Buffer[],
  connections: number,
): Promise<Load> {
  const pool = new Pool(address, { connections, pipelining: 1 });
  const latencies: number[] = [];
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      const begin = performance.now();
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`Answered with ${answer.statusCode}: ${text}`);
      latencies.push(performance.now() - begin);
    }
  };
  const begin = performance.now();
  await Promise.all(Array.from({ length: connections }, send));
  const took = performance.now() - begin;
  await pool.close();
  return { took, latencies: latencies.sort((a, b) => a - b) };
}

/** The value below which so many per cent of the sorted values are. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? 0;
}
