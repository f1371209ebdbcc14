import { createToken, Lexer } from 'chevrotain';
import type { TokenType } from 'chevrotain';
import { RESERVED } from '../syntax.js';

/** The words and signs of the text form. */

/** Anything that may stand where a name is expected: bare names, and keywords that are not reserved. */
export const Word = createToken({ name: 'Word', pattern: Lexer.NA, label: 'a name' });

const Bare = createToken({
  name: 'Bare',
  pattern: /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*/,
  categories: [Word],
  label: 'a name',
});

/** A name in back-ticks, escaped as in JSON. */
export const Quoted = createToken({
  name: 'Quoted',
  pattern: /`(?:[ -[\]-_a-\uffff]|\\(?:["\\/bfnrt`]|u[0-9a-fA-F]{4}))*`/,
  label: 'a name in back-ticks',
});

/** Text in double quotes, escaped as in JSON: any character but quotes, backslashes and controls stands for itself. */
export const Text = createToken({
  name: 'Text',
  pattern: /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/,
  label: 'text in double quotes',
});

export const Number_ = createToken({
  name: 'Number',
  pattern: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/,
  label: 'a number',
});

const reserved: ReadonlySet<string> = new Set(RESERVED);

const keywords: TokenType[] = [];

/** A keyword in any case; `also` is another spelling. A word that only starts like it is a name. */
function keyword(word: string, also?: string): TokenType {
  const token = createToken({
    name: `${word[0]!.toUpperCase()}${word.slice(1)}`,
    pattern: new RegExp(also === undefined ? word : `${also}|${word}`, 'i'),
    longer_alt: Bare,
    categories: reserved.has(word) ? [] : [Word],
    label: `"${word}"`,
  });
  keywords.push(token);
  return token;
}

function sign(name: string, pattern: string): TokenType {
  return createToken({ name, pattern, label: `"${pattern}"` });
}

export const All = keyword('all');
export const Any = keyword('any');
export const None = keyword('none');
export const Not = keyword('not');
export const And = keyword('and');
export const Or = keyword('or');
export const Attribute = keyword('attribute');
export const Event = keyword('event');
export const Sequence = keyword('sequence');
export const Signal = keyword('signal');
export const Segment = keyword('segment');
export const List = keyword('list');
export const Lookalike = keyword('lookalike');
export const Consent = keyword('consent');
export const Identified = keyword('identified');
export const Sample = keyword('sample');
export const True = keyword('true');
export const False = keyword('false');

export const Of = keyword('of');
export const Company = keyword('company');
export const People = keyword('people');
export const On = keyword('on');
export const From = keyword('from');
export const Where = keyword('where');
export const Is = keyword('is');
export const In = keyword('in');
export const Contains = keyword('contains');
export const Starts = keyword('starts');
export const Ends = keyword('ends');
export const With = keyword('with');
export const Exists = keyword('exists');
export const Between = keyword('between');
export const Before = keyword('before');
export const After = keyword('after');
export const Within = keyword('within');
export const Last = keyword('last');
export const Next = keyword('next');
export const Anniversary = keyword('anniversary');
export const Includes = keyword('includes');
export const Case = keyword('case');
export const Sensitive = keyword('sensitive');
export const Held = keyword('held');
export const For = keyword('for');
export const At = keyword('at');
export const Least = keyword('least');
export const Most = keyword('most');
export const Less = keyword('less');
export const Than = keyword('than');
export const Exactly = keyword('exactly');
export const Times = keyword('time', 'times');
export const Since = keyword('since');
export const The = keyword('the');
export const First = keyword('first');
export const Top = keyword('top');
export const By = keyword('by');
export const Salt = keyword('salt');

export const Open = sign('Open', '(');
export const Close = sign('Close', ')');
export const Comma = sign('Comma', ',');
export const Percent = sign('Percent', '%');
export const NotEquals = sign('NotEquals', '!=');
export const AtLeast = sign('AtLeast', '>=');
export const AtMost = sign('AtMost', '<=');
export const More = sign('More', '>');
export const Fewer = sign('Fewer', '<');
export const Equals = sign('Equals', '=');

const Space = createToken({ name: 'Space', pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });
const Comment = createToken({ name: 'Comment', pattern: /#[^\n\r]*/, group: Lexer.SKIPPED });

const signs = [Open, Close, Comma, Percent, NotEquals, AtLeast, AtMost, More, Fewer, Equals];

/** Longer ones first: the lexer takes the first that matches, and "within" starts with "with". */
const longestFirst = keywords.toSorted((a, b) => b.name.length - a.name.length);

/** Every token, in the order in which the lexer tries them. */
export const TOKENS: TokenType[] = [
  Space,
  Comment,
  ...longestFirst,
  ...signs,
  Text,
  Quoted,
  Number_,
  Bare,
  Word,
];
