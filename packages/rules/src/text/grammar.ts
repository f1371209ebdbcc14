import { EmbeddedActionsParser } from 'chevrotain';
import type { IOrAlt, IToken, ParserMethod } from 'chevrotain';
import type {
  Count,
  Duration,
  EventCondition,
  EventPattern,
  HeldFor,
  PeopleMatch,
  PropertyCondition,
  Rule,
  Scalar,
  SignalCondition,
  Sum,
  Window,
} from '../ast.js';
import {
  CHANNELS,
  CONSENT_STATES,
  IDENTITY_KINDS,
  PROPERTY_OPERATORS,
  SIGNAL_OPERATORS,
  SUM_FUNCTIONS,
  SUM_OPERATORS,
} from '../ast.js';
import type { Comparison } from '../operators.js';
import { UNIT_NAMES } from '../time.js';
import type { DurationUnit } from '../time.js';
import { messages } from './messages.js';
import * as t from './tokens.js';

/** Something the grammar allows but the language does not, and where. */
export interface Issue {
  message: string;
  token: IToken;
}

/** The clauses of an event that may follow in any order. */
type EventClauses = Pick<EventCondition, 'count' | 'sum' | 'window' | 'first'>;

const UNITS = new Map<string, DurationUnit>(
  (Object.entries(UNIT_NAMES) as [DurationUnit, string][]).flatMap(([unit, name]) => [
    [unit, unit],
    [name, unit],
    [`${name}s`, unit],
  ]),
);

/**
 * The grammar, with the tree built as it is read. It reads more than the language allows (`top "x"%` is refused here,
 * an attribute that does not exist is not): `validate` has the last word. Code that touches a token's text is in ACTION,
 * because Chevrotain runs every rule once without tokens to learn the grammar.
 */
export class RuleParser extends EmbeddedActionsParser {
  issues: Issue[] = [];

  constructor() {
    super(t.TOKENS, { errorMessageProvider: messages });
    this.performSelfAnalysis();
  }

  /** A whole rule: `a and b or c`, where `and` binds more tightly. */
  readonly rule: ParserMethod<[], Rule> = this.RULE('rule', () => {
    const parts: Rule[] = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(t.Or);
      parts.push(this.SUBRULE1(this.conjunction));
    });
    return parts.length === 1 ? parts[0]! : { any: parts };
  });

  private readonly conjunction: ParserMethod<[], Rule> = this.RULE('conjunction', () => {
    const parts: Rule[] = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(t.And);
      parts.push(this.SUBRULE1(this.negation));
    });
    return parts.length === 1 ? parts[0]! : { all: parts };
  });

  /** A loop, not a recursion: a thousand times "not" must not exhaust the stack. */
  private readonly negation: ParserMethod<[], Rule> = this.RULE('negation', () => {
    let times = 0;
    this.MANY(() => {
      this.CONSUME(t.Not);
      times += 1;
    });
    let rule: Rule = this.SUBRULE(this.primary);
    for (; times > 0; times -= 1) rule = { not: rule };
    return rule;
  });

  private readonly primary: ParserMethod<[], Rule> = this.RULE('primary', () =>
    this.OR<IOrAlt<Rule>[]>([
      { ALT: () => this.SUBRULE(this.brackets) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.companyPeople) },
      { ALT: () => this.SUBRULE(this.event) },
      { ALT: () => this.SUBRULE(this.sequence) },
      { ALT: () => this.SUBRULE(this.signal) },
      { ALT: () => this.SUBRULE(this.membership) },
      { ALT: () => this.SUBRULE(this.lookalike) },
      { ALT: () => this.SUBRULE(this.consent) },
      { ALT: () => this.SUBRULE(this.identified) },
      { ALT: () => this.SUBRULE(this.sample) },
      { ALT: () => this.SUBRULE(this.attribute) },
    ]),
  );

  private readonly brackets: ParserMethod<[], Rule> = this.RULE('brackets', () => {
    this.CONSUME(t.Open);
    const rule = this.SUBRULE(this.rule);
    this.CONSUME(t.Close);
    return rule;
  });

  /** `all of (a, b)`, `any of ()`. */
  private readonly group: ParserMethod<[], Rule> = this.RULE('group', () => {
    const all = this.OR([
      { ALT: () => (this.CONSUME(t.All), true) },
      { ALT: () => (this.CONSUME(t.Any), false) },
    ]);
    this.CONSUME(t.Of);
    this.CONSUME(t.Open);
    const children: Rule[] = [];
    this.MANY_SEP({ SEP: t.Comma, DEF: () => void children.push(this.SUBRULE(this.rule)) });
    this.CONSUME(t.Close);
    return all ? { all: children } : { any: children };
  });

  /** `any of company people (a)`. */
  private readonly companyPeople: ParserMethod<[], Rule> = this.RULE('companyPeople', () => {
    const match = this.OR<IOrAlt<PeopleMatch>[]>([
      { ALT: () => (this.CONSUME(t.Any), 'any') },
      { ALT: () => (this.CONSUME(t.All), 'all') },
      { ALT: () => (this.CONSUME(t.None), 'none') },
    ]);
    this.CONSUME(t.Of);
    this.CONSUME(t.Company);
    this.CONSUME(t.People);
    this.CONSUME(t.Open);
    const rule = this.SUBRULE(this.rule);
    this.CONSUME(t.Close);
    return { companyPeople: { match, rule } };
  });

  private readonly attribute: ParserMethod<[], Rule> = this.RULE('attribute', () => {
    this.OPTION(() => this.CONSUME(t.Attribute));
    const key = this.SUBRULE(this.key);
    const comparison = this.SUBRULE(this.comparison);
    const heldFor = this.OPTION1(() => this.SUBRULE(this.heldFor));
    return { attribute: { key, ...comparison, ...(heldFor && { heldFor }) } };
  });

  private readonly heldFor: ParserMethod<[], HeldFor> = this.RULE('heldFor', () => {
    this.CONSUME(t.Held);
    this.CONSUME(t.For);
    const atLeast = this.OR([
      { ALT: () => (this.CONSUME(t.At), this.CONSUME(t.Least), true) },
      { ALT: () => (this.CONSUME(t.Less), this.CONSUME(t.Than), false) },
    ]);
    const duration = this.SUBRULE(this.duration);
    return atLeast ? { atLeast: duration } : { lessThan: duration };
  });

  /** An operator with its operand: `is not "x"`, `between 1 and 5`, `within last 30 days`. */
  private readonly comparison: ParserMethod<[], Comparison> = this.RULE('comparison', () => {
    const comparison = this.OR<IOrAlt<Comparison>[]>([
      { ALT: () => this.SUBRULE(this.equality) },
      { ALT: () => (this.CONSUME(t.In), { op: 'in', values: this.SUBRULE(this.values) }) },
      { ALT: () => (this.CONSUME(t.Contains), { op: 'contains', value: this.SUBRULE(this.value) }) },
      { ALT: () => (this.CONSUME(t.Exists), { op: 'exists' }) },
      { ALT: () => this.SUBRULE(this.denial) },
      {
        ALT: () => (
          this.CONSUME(t.Starts),
          this.CONSUME(t.With),
          { op: 'starts_with', value: this.SUBRULE1(this.value) }
        ),
      },
      {
        ALT: () => (
          this.CONSUME(t.Ends),
          this.CONSUME1(t.With),
          { op: 'ends_with', value: this.SUBRULE2(this.value) }
        ),
      },
      { ALT: () => (this.CONSUME(t.More), { op: 'gt', value: this.SUBRULE3(this.value) }) },
      { ALT: () => (this.CONSUME(t.AtLeast), { op: 'gte', value: this.SUBRULE4(this.value) }) },
      { ALT: () => (this.CONSUME(t.Fewer), { op: 'lt', value: this.SUBRULE5(this.value) }) },
      { ALT: () => (this.CONSUME(t.AtMost), { op: 'lte', value: this.SUBRULE6(this.value) }) },
      { ALT: () => (this.CONSUME(t.Between), { op: 'between', values: this.SUBRULE(this.range) }) },
      { ALT: () => (this.CONSUME(t.Before), { op: 'before', value: this.SUBRULE7(this.value) }) },
      { ALT: () => (this.CONSUME(t.After), { op: 'after', value: this.SUBRULE8(this.value) }) },
      { ALT: () => this.SUBRULE(this.nearness) },
      { ALT: () => this.SUBRULE(this.inclusion) },
    ]);
    const caseSensitive = this.OPTION(() => {
      this.CONSUME(t.Case);
      this.CONSUME(t.Sensitive);
      return true;
    });
    return { ...comparison, ...(caseSensitive && { caseSensitive }) };
  });

  private readonly equality: ParserMethod<[], Comparison> = this.RULE('equality', () => {
    const op = this.OR<IOrAlt<'equals' | 'not_equals'>[]>([
      {
        ALT: () => {
          this.CONSUME(t.Is);
          return this.OPTION(() => this.CONSUME(t.Not)) ? 'not_equals' : 'equals';
        },
      },
      { ALT: () => (this.CONSUME(t.Equals), 'equals') },
      { ALT: () => (this.CONSUME(t.NotEquals), 'not_equals') },
    ]);
    return { op, value: this.SUBRULE(this.value) };
  });

  private readonly denial: ParserMethod<[], Comparison> = this.RULE('denial', () => {
    this.CONSUME(t.Not);
    return this.OR<IOrAlt<Comparison>[]>([
      { ALT: () => (this.CONSUME(t.In), { op: 'not_in', values: this.SUBRULE(this.values) }) },
      { ALT: () => (this.CONSUME(t.Contains), { op: 'not_contains', value: this.SUBRULE(this.value) }) },
      { ALT: () => (this.CONSUME(t.Exists), { op: 'not_exists' }) },
    ]);
  });

  private readonly nearness: ParserMethod<[], Comparison> = this.RULE('nearness', () => {
    const op = this.OR<IOrAlt<Comparison['op']>[]>([
      {
        ALT: () => {
          this.CONSUME(t.Within);
          this.OPTION(() => this.CONSUME(t.The));
          return this.OR1<IOrAlt<Comparison['op']>[]>([
            { ALT: () => (this.CONSUME(t.Last), 'within_last') },
            { ALT: () => (this.CONSUME(t.Next), 'within_next') },
          ]);
        },
      },
      { ALT: () => (this.CONSUME(t.Anniversary), this.CONSUME1(t.Within), 'anniversary_within') },
    ]);
    return { op, value: this.SUBRULE(this.duration) };
  });

  private readonly inclusion: ParserMethod<[], Comparison> = this.RULE('inclusion', () => {
    this.CONSUME(t.Includes);
    const op = this.OR<IOrAlt<Comparison['op']>[]>([
      { ALT: () => (this.CONSUME(t.Any), 'includes_any') },
      { ALT: () => (this.CONSUME(t.All), 'includes_all') },
    ]);
    this.CONSUME(t.Of);
    return { op, values: this.SUBRULE(this.values) };
  });

  private readonly event: ParserMethod<[], Rule> = this.RULE('event', () => {
    const pattern = this.SUBRULE(this.pattern);
    const clauses: EventClauses = {};
    this.MANY(() => {
      const token = this.LA(1);
      const clause = this.SUBRULE(this.eventClause);
      this.ACTION(() => {
        const [name] = Object.keys(clause) as [keyof EventClauses];
        if (Object.hasOwn(clauses, name))
          this.issue(token, `This event already has a ${name === 'first' ? '"first time"' : name}.`);
        Object.assign(clauses, clause);
      });
    });
    return { event: { ...pattern, ...clauses } };
  });

  private readonly pattern: ParserMethod<[], EventPattern> = this.RULE('pattern', () => {
    this.CONSUME(t.Event);
    const name = this.SUBRULE(this.text);
    const target = this.OPTION(() => {
      this.CONSUME(t.On);
      return this.SUBRULE1(this.text);
    });
    const where = this.OPTION1(() => this.SUBRULE(this.where));
    return { name, ...(target !== undefined && { target }), ...(where && { where }) };
  });

  /** `where price > 10`, `where (price > 10 and plan is "pro")`. */
  private readonly where: ParserMethod<[], PropertyCondition[]> = this.RULE('where', () => {
    this.CONSUME(t.Where);
    const conditions: PropertyCondition[] = [];
    this.OR([
      { ALT: () => void conditions.push(this.SUBRULE(this.property)) },
      {
        ALT: () => {
          this.CONSUME(t.Open);
          conditions.push(this.SUBRULE1(this.property));
          this.MANY(() => {
            this.OR1([{ ALT: () => this.CONSUME(t.And) }, { ALT: () => this.CONSUME(t.Comma) }]);
            conditions.push(this.SUBRULE2(this.property));
          });
          this.CONSUME(t.Close);
        },
      },
    ]);
    return conditions;
  });

  private readonly property: ParserMethod<[], PropertyCondition> = this.RULE('property', () => {
    const property = this.SUBRULE(this.key);
    const token = this.LA(1);
    const comparison = this.SUBRULE(this.comparison);
    this.ACTION(() =>
      this.among(
        token,
        comparison.op,
        PROPERTY_OPERATORS,
        'A property of an event cannot be compared like this.',
      ),
    );
    return { property, ...(comparison as Omit<PropertyCondition, 'property'>) };
  });

  private readonly eventClause: ParserMethod<[], EventClauses> = this.RULE('eventClause', () =>
    this.OR<IOrAlt<EventClauses>[]>([
      { ALT: () => ({ count: this.SUBRULE(this.count) }) },
      { ALT: () => ({ sum: this.SUBRULE(this.sum) }) },
      { ALT: () => ({ window: this.SUBRULE(this.window) }) },
      {
        ALT: () => {
          this.CONSUME(t.For);
          this.CONSUME(t.The);
          this.CONSUME(t.First);
          this.CONSUME(t.Times);
          return { first: true };
        },
      },
    ]),
  );

  private readonly count: ParserMethod<[], Count> = this.RULE('count', () => {
    const name = this.OR<IOrAlt<'atLeast' | 'atMost' | 'exactly'>[]>([
      { ALT: () => (this.CONSUME(t.At), this.CONSUME(t.Least), 'atLeast') },
      { ALT: () => (this.CONSUME1(t.At), this.CONSUME(t.Most), 'atMost') },
      { ALT: () => (this.CONSUME(t.Exactly), 'exactly') },
    ]);
    const times = this.SUBRULE(this.number);
    this.CONSUME(t.Times);
    if (name === 'atLeast') return { atLeast: times };
    return name === 'atMost' ? { atMost: times } : { exactly: times };
  });

  private readonly sum: ParserMethod<[], Sum> = this.RULE('sum', () => {
    this.CONSUME(t.With);
    const name = this.CONSUME(t.Word);
    this.CONSUME(t.Of);
    const property = this.SUBRULE(this.key);
    const token = this.LA(1);
    const comparison = this.SUBRULE(this.comparison);
    return this.ACTION(() => {
      const fn = this.word(name, SUM_FUNCTIONS);
      this.among(token, comparison.op, SUM_OPERATORS, 'A sum is compared by is, >, >=, <, <= or between.');
      return { property, function: fn, ...(comparison as Omit<Sum, 'property' | 'function'>) };
    });
  });

  private readonly window: ParserMethod<[], Window> = this.RULE('window', () =>
    this.OR<IOrAlt<Window>[]>([
      {
        ALT: () => {
          this.CONSUME(t.In);
          this.OPTION(() => this.CONSUME(t.The));
          this.CONSUME(t.Last);
          return { last: this.SUBRULE(this.duration) };
        },
      },
      { ALT: () => (this.CONSUME(t.Since), { since: this.SUBRULE(this.text) }) },
      {
        ALT: () => {
          this.CONSUME(t.Between);
          const from = this.SUBRULE1(this.text);
          this.CONSUME(t.And);
          return { between: [from, this.SUBRULE2(this.text)] };
        },
      },
    ]),
  );

  /** `sequence (event "a", event "b") within 7 days`. */
  private readonly sequence: ParserMethod<[], Rule> = this.RULE('sequence', () => {
    this.CONSUME(t.Sequence);
    this.CONSUME(t.Open);
    const steps: EventPattern[] = [];
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => void steps.push(this.SUBRULE(this.pattern)) });
    this.CONSUME(t.Close);
    this.CONSUME(t.Within);
    return { sequence: { steps, within: this.SUBRULE(this.duration) } };
  });

  /** `signal "crm software" from "bombora" >= 70 in last 30 days`. */
  private readonly signal: ParserMethod<[], Rule> = this.RULE('signal', () => {
    this.CONSUME(t.Signal);
    const name = this.SUBRULE(this.text);
    const source = this.OPTION(() => {
      this.CONSUME(t.From);
      return this.SUBRULE1(this.text);
    });
    const token = this.LA(1);
    const comparison = this.OPTION1(() => this.SUBRULE(this.comparison));
    const within = this.OPTION2(() => {
      this.CONSUME(t.In);
      this.OPTION3(() => this.CONSUME(t.The));
      this.CONSUME(t.Last);
      return this.SUBRULE(this.duration);
    });
    return this.ACTION(() => {
      if (comparison)
        this.among(token, comparison.op, SIGNAL_OPERATORS, 'A signal cannot be compared like this.');
      return {
        signal: {
          name,
          ...(source !== undefined && { source }),
          ...(comparison as Omit<SignalCondition, 'name'> | undefined),
          ...(within !== undefined && { within }),
        },
      };
    });
  });

  private readonly membership: ParserMethod<[], Rule> = this.RULE('membership', () =>
    this.OR<IOrAlt<Rule>[]>([
      { ALT: () => (this.CONSUME(t.Segment), { segment: this.SUBRULE(this.text) }) },
      { ALT: () => (this.CONSUME(t.List), { list: this.SUBRULE1(this.text) }) },
    ]),
  );

  private readonly lookalike: ParserMethod<[], Rule> = this.RULE('lookalike', () => {
    this.CONSUME(t.Lookalike);
    const id = this.SUBRULE(this.text);
    this.CONSUME(t.Top);
    const top = this.SUBRULE(this.number);
    this.CONSUME(t.Percent);
    return { lookalike: { id, top } };
  });

  private readonly consent: ParserMethod<[], Rule> = this.RULE('consent', () => {
    this.CONSUME(t.Consent);
    const channel = this.CONSUME(t.Word);
    const state = this.CONSUME1(t.Word);
    return this.ACTION(() => ({
      consent: { channel: this.word(channel, CHANNELS), state: this.word(state, CONSENT_STATES) },
    }));
  });

  private readonly identified: ParserMethod<[], Rule> = this.RULE('identified', () => {
    this.CONSUME(t.Identified);
    this.CONSUME(t.By);
    const kind = this.CONSUME(t.Word);
    return this.ACTION(() => ({ identified: this.word(kind, IDENTITY_KINDS) }));
  });

  private readonly sample: ParserMethod<[], Rule> = this.RULE('sample', () => {
    this.CONSUME(t.Sample);
    const percent = this.SUBRULE(this.number);
    this.CONSUME(t.Percent);
    this.CONSUME(t.Salt);
    return { sample: { percent, salt: this.SUBRULE(this.text) } };
  });

  /** `("a", "b")` */
  private readonly values: ParserMethod<[], Scalar[]> = this.RULE('values', () => {
    const values: Scalar[] = [];
    this.CONSUME(t.Open);
    this.AT_LEAST_ONE_SEP({ SEP: t.Comma, DEF: () => void values.push(this.SUBRULE(this.value)) });
    this.CONSUME(t.Close);
    return values;
  });

  private readonly range: ParserMethod<[], Scalar[]> = this.RULE('range', () => {
    const from = this.SUBRULE(this.value);
    this.CONSUME(t.And);
    return [from, this.SUBRULE1(this.value)];
  });

  private readonly value: ParserMethod<[], Scalar> = this.RULE('value', () =>
    this.OR<IOrAlt<Scalar>[]>([
      { ALT: () => this.SUBRULE(this.text) },
      { ALT: () => this.SUBRULE(this.number) },
      { ALT: () => (this.CONSUME(t.True), true) },
      { ALT: () => (this.CONSUME(t.False), false) },
    ]),
  );

  private readonly text: ParserMethod<[], string> = this.RULE('text', () => {
    const token = this.CONSUME(t.Text);
    return this.ACTION(() => JSON.parse(token.image) as string);
  });

  private readonly number: ParserMethod<[], number> = this.RULE('number', () => {
    const token = this.CONSUME(t.Number_);
    return this.ACTION(() => {
      const number = Number(token.image);
      if (!Number.isFinite(number)) this.issue(token, 'This number is too large.');
      return number;
    });
  });

  /** `30 days`, `30d`. */
  private readonly duration: ParserMethod<[], Duration> = this.RULE('duration', () => {
    const amount = this.CONSUME(t.Number_);
    const unit = this.CONSUME(t.Word);
    return this.ACTION(() => {
      if (!/^(?:0|[1-9]\d*)$/.test(amount.image))
        this.issue(amount, 'A duration is a whole number and a unit.');
      const known = UNITS.get(unit.image.toLowerCase());
      if (known === undefined)
        this.issue(unit, `Expected ${Object.values(UNIT_NAMES).join('s, ')}s, but found "${unit.image}".`);
      return `${amount.image}${known ?? ''}`;
    });
  });

  /** The name of an attribute or property: bare, or in back-ticks. */
  private readonly key: ParserMethod<[], string> = this.RULE('key', () =>
    this.OR<IOrAlt<string>[]>([
      {
        ALT: () => {
          const token = this.CONSUME(t.Word);
          return this.ACTION(() => token.image);
        },
      },
      {
        ALT: () => {
          const token = this.CONSUME(t.Quoted);
          return this.ACTION(() => unquote(token.image));
        },
      },
    ]),
  );

  private issue(token: IToken, message: string): void {
    this.issues.push({ token, message });
  }

  /** A token that must be one of a few words. */
  private word<Known extends string>(token: IToken, words: readonly Known[]): Known {
    const image = token.image.toLowerCase();
    if (!(words as readonly string[]).includes(image))
      this.issue(token, `Expected ${words.join(', ')}, but found "${token.image}".`);
    return image as Known;
  }

  private among(token: IToken, op: string, operators: readonly string[], message: string): void {
    if (!operators.includes(op)) this.issue(token, message);
  }
}

/** The JSON text between back-ticks, in which quotes need no escape and back-ticks do. */
function unquote(image: string): string {
  const inner = image
    .slice(1, -1)
    .replaceAll(/\\[^]|"/g, (part) => (part === '"' ? '\\"' : part === '\\`' ? '`' : part));
  return JSON.parse(`"${inner}"`) as string;
}
