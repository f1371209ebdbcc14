import type { Rule } from './ast.js';
import { match } from './dispatch.js';

/** A rule that fits into this many columns is printed on one line. */
const WIDTH = 88;

/**
 * The text form of a rule, in one canonical layout: two spaces a level, `and` and `or` at the start of lines. `parse`
 * reads it back to the same tree.
 */
export function print(rule: Rule): string {
  return layOut(rule, WIDTH);
}

/** The whole rule on one line. */
function inline(rule: Rule): string {
  return match(rule, {
    all: (children) => inlineGroup('all', 'and', children),
    any: (children) => inlineGroup('any', 'or', children),
    not: (child) => `not ${inlineOperand(child)}`,
    companyPeople: ({ match: which, rule: asked }) => `${which} of company people (${inline(asked)})`,
    condition: (handler, body) => handler.print(body),
  });
}

/** `a and b`; a group of one or none keeps its name: `all of (a)`. */
function inlineGroup(name: string, word: string, children: readonly Rule[]): string {
  if (children.length < 2) return `${name} of (${children.map(inline).join('')})`;
  return children.map(inlineOperand).join(` ${word} `);
}

function inlineOperand(rule: Rule): string {
  return needsBrackets(rule) ? `(${inline(rule)})` : inline(rule);
}

function needsBrackets(rule: Rule): boolean {
  return ('all' in rule && rule.all.length > 1) || ('any' in rule && rule.any.length > 1);
}

/** The rule on one line if it fits, else over several. */
function layOut(rule: Rule, width: number): string {
  const line = inline(rule);
  if (line.length <= width) return line;
  return match(rule, {
    all: (children) => layOutGroup('all', 'and', children, width),
    any: (children) => layOutGroup('any', 'or', children, width),
    not: (child) => `not ${layOutOperand(child, width - 4)}`,
    companyPeople: ({ match: which, rule: asked }) =>
      `${which} of company people (\n${indented(layOut(asked, width - 2))}\n)`,
    condition: () => line,
  });
}

function layOutGroup(name: string, word: string, children: readonly Rule[], width: number): string {
  if (children.length < 2)
    return `${name} of (\n${indented(children.map((child) => layOut(child, width - 2)).join(''))}\n)`;
  return children.map((child) => layOutOperand(child, width - word.length - 1)).join(`\n${word} `);
}

function layOutOperand(rule: Rule, width: number): string {
  if (!needsBrackets(rule)) return layOut(rule, width);
  const line = inlineOperand(rule);
  return line.length <= width ? line : `(\n${indented(layOut(rule, width - 2))}\n)`;
}

/** Only at \n, which texts hold escaped; at `^` of a regular expression it would be inside of them, after a U+2028. */
function indented(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
