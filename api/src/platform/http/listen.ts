import type { FastifyInstance } from 'fastify';
import { CannotStart } from '../errors.js';

/**
 * Takes requests from now on. Throws CannotStart when the port is in use or the address is not one of this machine.
 * @returns where it answers.
 */
export async function listen(
  server: FastifyInstance,
  { port, host }: { port: number; host: string },
): Promise<string> {
  try {
    return await server.listen({ port, host });
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      const message = `Port ${port} of ${host} is in use: stop what uses it, or set PORT to another one.`;
      throw new CannotStart(message, { cause });
    }
    if (syscall !== 'listen' && syscall !== 'getaddrinfo') throw cause;
    throw new CannotStart(`Coterie cannot listen on PORT ${port} of HOST ${host} (${code}).`, { cause });
  }
}
