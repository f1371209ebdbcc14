import { escapeHtml } from '../../../platform/templates/escape-html.js';
import { htmlToText } from '../../../platform/templates/html-to-text.js';
import type { RenderedMessage } from '../../../platform/templates/template.js';

/**
 * Sees to it that a message can be ended by who gets it: each of its versions that does not show the link already gets it
 * at the end. It is looked for in what people see, so a link in a comment, or in a branch that was not taken, is none.
 */
export function withUnsubscribeLink(message: RenderedMessage, url: string): RenderedMessage {
  const { html, text } = message;
  return {
    ...message,
    html: html === null || htmlToText(html).includes(url) ? html : append(html, url),
    text: text.includes(url) ? text : `${text.trimEnd()}\n\nUnsubscribe: ${url}\n`,
  };
}

function append(html: string, url: string): string {
  const footer = `<p><a href="${escapeHtml(url)}">Unsubscribe</a></p>`;
  const end = html.search(/<\/body\s*>(?![\s\S]*<\/body\s*>)/iu);
  return end < 0 ? html + footer : html.slice(0, end) + footer + html.slice(end);
}
