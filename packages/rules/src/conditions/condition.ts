import type { ConditionKind, Kinds } from '../ast.js';
import type { Checker } from '../checker.js';
import type { Clause, Names } from '../phrases.js';

/** What a rule mentions: see `references`. */
export interface References {
  segments: Set<string>;
  lists: Set<string>;
  lookalikes: Set<string>;
  /** Keys of the contact's own attributes. */
  attributeKeys: Set<string>;
  /** Keys of its company's attributes, without `company.`. */
  companyKeys: Set<string>;
  /** Names of events, folded. */
  events: Set<string>;
}

/** Everything the package knows of one kind of condition. */
export interface ConditionHandler<K extends ConditionKind> {
  /** Reads an untrusted body into normal form; undefined after noting what is wrong with it. */
  check(body: unknown, path: string, checker: Checker): Kinds[K] | undefined;
  /** The condition in the text form, on one line. */
  print(body: Kinds[K]): string;
  /** The condition, or its opposite, as part of a sentence. */
  describe(body: Kinds[K], names: Names, negated: boolean): Clause;
  /** Whether it can come to hold, or cease to, by the passing of time alone. */
  usesClock(body: Kinds[K]): boolean;
  /** Adds what it mentions. */
  refer(body: Kinds[K], references: References): void;
}
