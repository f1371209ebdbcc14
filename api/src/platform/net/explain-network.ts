import { AddressRefused } from './network.js';

/** What the codes of sockets, names, TLS and undici mean, for people. */
const meanings: Record<string, string> = {
  ENOTFOUND: 'There is no server of this name.',
  EAI_AGAIN: 'The name could not be looked up.',
  ECONNREFUSED: 'The server takes no connections there.',
  ECONNRESET: 'The server ended the connection.',
  EPIPE: 'The server ended the connection.',
  UND_ERR_SOCKET: 'The server ended the connection.',
  EHOSTUNREACH: 'The server cannot be reached.',
  ENETUNREACH: 'The server cannot be reached.',
  ETIMEDOUT: 'The server does not answer.',
  UND_ERR_CONNECT_TIMEOUT: 'The server does not answer.',
  UND_ERR_HEADERS_TIMEOUT: 'The server took the call and did not answer in time.',
  UND_ERR_BODY_TIMEOUT: 'The server did not finish its answer in time.',
  UND_ERR_HEADERS_OVERFLOW: 'The answer has too long headers.',
  CERT_HAS_EXPIRED: "The server's certificate has expired.",
  DEPTH_ZERO_SELF_SIGNED_CERT: "The server's certificate is signed by itself.",
  SELF_SIGNED_CERT_IN_CHAIN: "The server's certificate is signed by somebody who is not trusted.",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "The server's certificate cannot be verified: its chain is not complete.",
  ERR_TLS_CERT_ALTNAME_INVALID: "The server's certificate is for another name.",
  EPROTO: 'The server does not speak TLS there.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'The server does not speak TLS there.',
};

interface MaybeCoded {
  code?: unknown;
  originalCode?: unknown;
}

/** What went wrong on the way to somebody else's server, in one sentence without addresses of people. */
export function explainNetwork(error: unknown): string {
  for (const each of chain(error)) {
    if (each instanceof AddressRefused) return each.message;
    // Of errors that nodemailer has taken over, `originalCode` is what the socket said.
    for (const code of [(each as MaybeCoded).code, (each as MaybeCoded).originalCode])
      if (typeof code === 'string' && Object.hasOwn(meanings, code)) return meanings[code]!;
    if (each instanceof Error && each.name === 'TimeoutError') return 'The server does not answer in time.';
  }
  return 'The connection to the server failed.';
}

/** The error, its causes, and those that it gathers. */
function* chain(error: unknown, depth = 0): Generator<object> {
  if (typeof error !== 'object' || error === null || depth > 4) return;
  yield error;
  if (error instanceof AggregateError) for (const each of error.errors) yield* chain(each, depth + 1);
  if ('cause' in error) yield* chain(error.cause, depth + 1);
}
