import { escapeHtml as escape } from '../templates/escape-html.js';

/** A page for somebody who has no account here: who has sent a form without a script, or follows the link of a mail. */
export interface Page {
  title: string;
  text: string;
  /** A button that posts to this address. */
  button?: { label: string; action: string };
}

/** Writes it: nothing is loaded, and nothing but its own words is on it. */
export function writePage({ title, text, button }: Page): string {
  const form = button
    ? `<form method="post" action="${escape(button.action)}"><button>${escape(button.label)}</button></form>`
    : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style>body{font:1.1rem/1.5 system-ui;max-width:34rem;margin:20vh auto;padding:0 1.5rem;color:#222;background:#fff}button{font:inherit;padding:.6rem 1.2rem}</style>
</head>
<body><main><h1>${escape(title)}</h1><p>${escape(text)}</p>${form}</main></body>
</html>
`;
}
