import type { CompanyPeople, PeopleMatch, Rule } from './ast.js';
import { match } from './dispatch.js';
import { joined, negatedAsWhole } from './phrases.js';
import type { Clause, Names } from './phrases.js';

/**
 * The rule as an English sentence: `Everyone who has viewed /pricing at least once in the last 30 days and has not
 * requested a demo.` Groups within groups are in brackets; `not` is carried inwards, where English can say it.
 */
export function describe(rule: Rule, names: Names = {}): string {
  const { said, subject } = sayTop(rule, names);
  return said === '' ? `${subject}.` : `${subject} ${said}.`;
}

/** What is left of a rule once `not` is carried inwards and groups of one are opened. */
type Said = Clause | { word: 'and' | 'or'; parts: Said[] };

function sayTop(rule: Rule, names: Names): { subject: string; said: string } {
  const said = say(rule, names, false);
  if ('parts' in said && said.parts.length === 0)
    return { subject: said.word === 'and' ? 'Everyone' : 'Nobody', said: '' };
  return { subject: 'Everyone', said: write(said) };
}

function say(rule: Rule, names: Names, negated: boolean): Said {
  return match<Said>(rule, {
    all: (children) => sayGroup(children, names, negated, negated ? 'or' : 'and'),
    any: (children) => sayGroup(children, names, negated, negated ? 'and' : 'or'),
    not: (child) => say(child, names, !negated),
    companyPeople: (body) => sayCompanyPeople(body, names, negated),
    condition: (handler, body) => handler.describe(body, names, negated),
  });
}

function sayGroup(children: readonly Rule[], names: Names, negated: boolean, word: 'and' | 'or'): Said {
  const parts = children
    .map((child) => say(child, names, negated))
    .flatMap((part) => ('parts' in part && part.word === word ? part.parts : [part]));
  return parts.length === 1 ? parts[0]! : { word, parts };
}

const PEOPLE_WORDS: Record<PeopleMatch, string> = { any: 'someone', all: 'only people', none: 'nobody' };

function sayCompanyPeople({ match: which, rule }: CompanyPeople, names: Names, negated: boolean): Clause {
  const asked = say(rule, names, false);
  const who = 'parts' in asked && asked.parts.length > 0 ? `(${write(asked)})` : write(asked);
  const text = `works at a company with ${PEOPLE_WORDS[which]} ${who}`;
  return negated ? negatedAsWhole(text) : { lead: 'who', text };
}

/** The lead is not repeated: "who has viewed /pricing and has not requested a demo". */
function write(said: Said): string {
  if (!('parts' in said)) return `${said.lead} ${said.text}`;
  if (said.parts.length === 0) return writeEmpty(said.word);
  const texts = said.parts.map((part, index) => {
    if ('parts' in part) return part.parts.length === 0 ? write(part) : `(${write(part)})`;
    const before = said.parts[index - 1];
    const repeated =
      before !== undefined && 'lead' in before && before.lead === part.lead && part.lead === 'who';
    return repeated ? part.text : `${part.lead} ${part.text}`;
  });
  return joined(texts, said.word);
}

function writeEmpty(word: 'and' | 'or'): string {
  return word === 'and' ? 'who is anyone at all' : 'who is nobody';
}
