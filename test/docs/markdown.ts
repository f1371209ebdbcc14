import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/process.js';

/** A fenced block of a document. */
export interface Block {
  language: string;
  text: string;
}

/** A document of the project, or one section of it. */
export interface Markdown {
  text: string;
  blocks: Block[];
  /** The rows of all tables, without heads: the cells as they are written. */
  rows: string[][];
  /** The part under a heading, down to the next one of the same or a higher rank. Throws when there is none. */
  section(heading: string): Markdown;
}

/** Reads a document by its path in the project. */
export function readMarkdown(path: string): Markdown {
  return toMarkdown(readFileSync(join(root, path), 'utf8'));
}

function toMarkdown(text: string): Markdown {
  return {
    text,
    blocks: blocksIn(text),
    rows: rowsIn(text),
    section: (heading) => toMarkdown(partOf(text, heading)),
  };
}

function partOf(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.replace(/^#+ /u, '') === heading && line.startsWith('#'));
  if (start < 0) throw new Error(`There is no heading ${heading}.`);
  const rank = /^#+/u.exec(lines[start]!)![0].length;
  const end = lines.findIndex((line, index) => index > start && new RegExp(`^#{1,${rank}} `, 'u').test(line));
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n');
}

function blocksIn(text: string): Block[] {
  const found = text.matchAll(/^( *)```(\w*)\n(.*?)^\1```$/gmsu);
  return [...found].map(([, indent, language, body]) => ({
    language: language!,
    text: body!.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
  }));
}

function rowsIn(text: string): string[][] {
  const lines = text.split('\n');
  const isRow = (line: string | undefined): boolean => line?.trimStart().startsWith('|') ?? false;
  const isRule = (line: string | undefined): boolean => /^\s*\|[\s|:-]+\|$/u.test(line ?? '');
  return lines
    .filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .trim()
        .replace(/^\||\|$/gu, '')
        .split(/(?<!\\)\|/u)
        .map((cell) => cell.trim()),
    );
}

/** What stands in the first back-ticks of a cell; empty when there are none. */
export function codeIn(cell: string | undefined): string {
  return /`([^`]+)`/u.exec(cell ?? '')?.[1] ?? '';
}
