/** What somebody else's server has answered. */
export interface TextAnswer {
  status: number;
  text: string;
}

/** Asks somebody else's server for a short text. Throws when it does not answer, answers too much, or sends us elsewhere. */
export type GetText = (url: URL) => Promise<TextAnswer>;

/** Milliseconds that an answer may take, and bytes that it may have: who asks has somebody waiting. */
const patience = 5000;
const most = 256 * 1024;

/**
 * The one client that modules ask other servers with. It follows no redirect: who has checked where a request goes must
 * be sure that it goes nowhere else.
 */
export const getText: GetText = async (url) => {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patience) });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of answer.body ?? []) {
    bytes += piece.length;
    if (bytes > most) throw new Error(`${url.host} answers with more than ${most} bytes.`);
    pieces.push(piece);
  }
  return { status: answer.status, text: Buffer.concat(pieces).toString('utf8') };
};
