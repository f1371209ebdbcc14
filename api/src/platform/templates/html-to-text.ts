import { compile } from 'html-to-text';

/** For programs that show no HTML: paragraphs stay apart, links are written out. */
const convert = compile({
  wordwrap: 78,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/** The plain-text version of an HTML message. */
export function htmlToText(html: string): string {
  return convert(html).trim();
}
