import type { Ask } from './ask.js';

/** What somebody else's server has answered. */
export interface TextAnswer {
  status: number;
  text: string;
}

/** Asks somebody else's server for a short text. Throws when it does not answer, or answers too much. */
export type GetText = (url: URL) => Promise<TextAnswer>;

/** Milliseconds that an answer may take, and bytes that it may have: who asks has somebody waiting. */
const patience = 5000;
const most = 256 * 1024;

/** Builds {@link GetText}. */
export function createGetText(ask: Ask): GetText {
  return async (url) => {
    const { status, text, isWhole } = await ask(url, { method: 'GET', patience, most });
    if (!isWhole) throw new Error(`${url.host} answers with more than ${most} bytes.`);
    // Whoever has checked where a request goes must be sure that it goes nowhere else.
    if (status >= 300 && status < 400) throw new Error(`${url.host} sends us elsewhere.`);
    return { status, text };
  };
}
