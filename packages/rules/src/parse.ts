import { EOF, Lexer } from 'chevrotain';
import type { ILexingResult, IToken } from 'chevrotain';
import type { Rule } from './ast.js';
import { MAX_DEPTH } from './ast.js';
import { walk } from './inspect.js';
import { RuleParser } from './text/grammar.js';
import { Close, Not, Open, TOKENS } from './text/tokens.js';

/** What can be wrong with a rule's text. */
export const PARSE_PROBLEMS = {
  /** Something else was expected. */
  SYNTAX: 'SYNTAX',
  /** A character that starts nothing, or text without its closing quote. */
  UNEXPECTED_CHARACTER: 'UNEXPECTED_CHARACTER',
  TOO_DEEP: 'TOO_DEEP',
  TOO_LONG: 'TOO_LONG',
} as const;
export type ParseProblemCode = keyof typeof PARSE_PROBLEMS;

/** Something wrong with a rule's text, and where. Lines and columns count from 1; the offset from 0, in UTF-16 units. */
export interface ParseProblem {
  code: ParseProblemCode;
  message: string;
  line: number;
  column: number;
  offset: number;
  length: number;
}

export type Parsing = { ok: true; rule: Rule } | { ok: false; problems: ParseProblem[] };

/** The longest text that is read, in UTF-16 units: room for 200 conditions with lists of values. */
export const MAX_RULE_TEXT = 1_000_000;

/** Brackets and "not" within each other: generous beside the permitted depth, and safe for the stack. */
const MAX_NESTING = 100;

const MAX_PROBLEMS = 50;

/** Both learn the grammar when made, so they are made when first needed. */
let tools: { lexer: Lexer; parser: RuleParser } | undefined;

/**
 * Reads the text form. The result has the shape of a rule but is unchecked against a workspace: hand it to `validate`.
 * Never throws, whatever the text.
 */
export function parse(text: string): Parsing {
  if (text.length > MAX_RULE_TEXT) {
    return failure([
      {
        code: 'TOO_LONG',
        message: `A rule has at most ${MAX_RULE_TEXT} characters.`,
        line: 1,
        column: 1,
        offset: 0,
        length: 0,
      },
    ]);
  }
  tools ??= { lexer: new Lexer(TOKENS), parser: new RuleParser() };
  const lexed = tools.lexer.tokenize(text);
  if (lexed.errors.length > 0) return failure(lexed.errors.map((error) => unexpected(error, text)));
  const deep = tooNested(lexed.tokens);
  if (deep !== undefined) return failure([tooDeep(deep)]);
  return parseTokens(tools.parser, lexed.tokens, text);
}

function parseTokens(parser: RuleParser, tokens: IToken[], text: string): Parsing {
  parser.input = tokens;
  parser.issues = [];
  const rule = parser.rule();
  const errors = parser.errors.map(({ message, token }) => problemAt(token, message, text));
  const issues = parser.issues.map(({ message, token }) => problemAt(token, message, text));
  parser.input = [];
  if (errors.length + issues.length > 0) return failure([...errors, ...issues]);
  for (const { depth } of walk(rule)) {
    if (depth > MAX_DEPTH) return failure([tooDeep(tokens[0]!)]);
  }
  return { ok: true, rule };
}

function failure(problems: ParseProblem[]): Parsing {
  return { ok: false, problems: problems.toSorted((a, b) => a.offset - b.offset).slice(0, MAX_PROBLEMS) };
}

function problemAt(token: IToken, message: string, text: string): ParseProblem {
  // The end of the text has a token without a place.
  if (token.tokenType === EOF) return { code: 'SYNTAX', message, ...endOf(text) };
  return {
    code: 'SYNTAX',
    message,
    line: token.startLine ?? 1,
    column: token.startColumn ?? 1,
    offset: token.startOffset,
    length: token.image.length,
  };
}

function endOf(text: string): Pick<ParseProblem, 'line' | 'column' | 'offset' | 'length'> {
  const lines = text.split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines.at(-1)!.length + 1, offset: text.length, length: 0 };
}

function unexpected(error: ILexingResult['errors'][number], text: string): ParseProblem {
  const character = String.fromCodePoint(text.codePointAt(error.offset)!);
  const quote = character === '"' || character === '`';
  return {
    code: 'UNEXPECTED_CHARACTER',
    message: quote
      ? `This text has no closing ${character}, or a line break or an unknown escape in it.`
      : `Unexpected ${JSON.stringify(character)}.`,
    line: error.line ?? 1,
    column: error.column ?? 1,
    offset: error.offset,
    length: error.length,
  };
}

function tooDeep(token: IToken): ParseProblem {
  return { ...problemAt(token, `A rule is at most ${MAX_DEPTH} levels deep.`, ''), code: 'TOO_DEEP' };
}

/** The token at which brackets or a row of "not" nest too deep for the parser's own recursion. */
function tooNested(tokens: readonly IToken[]): IToken | undefined {
  let open = 0;
  let nots = 0;
  return tokens.find(({ tokenType }) => {
    if (tokenType === Open) open += 1;
    if (tokenType === Close) open -= 1;
    nots = tokenType === Not ? nots + 1 : 0;
    return open > MAX_NESTING || nots > MAX_NESTING;
  });
}
