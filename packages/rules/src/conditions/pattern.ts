import type { EventPattern, PropertyCondition } from '../ast.js';
import { MAX_CONDITIONS, PROPERTY_OPERATORS } from '../ast.js';
import type { Checker, Fields } from '../checker.js';
import { fold } from '../fold.js';
import { checkOperand, printComparison, PROPERTY_OPERAND, sayComparison } from '../operators.js';
import { joined, quoted, spaced } from '../phrases.js';
import { printKey, printText } from '../syntax.js';

/** Which events are meant: what `event` and the steps of `sequence` share. */

/** The fields of a pattern. */
export const PATTERN_FIELDS = ['name', 'target', 'where'] as const;

/** Reads a pattern out of the fields of an event condition or a step. An empty `where` asks nothing and is left out. */
export function checkPattern(checker: Checker, fields: Fields, path: string): EventPattern | undefined {
  const name = checker.need(fields, 'name', path, (value, at) => checker.text(value, at));
  const target = fields.has('target') ? checker.text(fields.get('target'), `${path}.target`) : null;
  const where = fields.has('where') ? checkWhere(checker, fields.get('where'), `${path}.where`) : [];
  if (name === undefined || target === undefined || where === undefined) return undefined;
  return { name, ...(target !== null && { target }), ...(where.length > 0 && { where }) };
}

function checkWhere(checker: Checker, value: unknown, path: string): PropertyCondition[] | undefined {
  const bounds = { from: 0, to: MAX_CONDITIONS, tooMany: 'TOO_MANY_CONDITIONS' } as const;
  return checker.list(value, path, bounds, (each, at) => checkProperty(checker, each, at));
}

function checkProperty(checker: Checker, value: unknown, path: string): PropertyCondition | undefined {
  if (!checker.count(path)) return undefined;
  const fields = checker.fields(value, path, ['property', 'op', 'value', 'values', 'caseSensitive']);
  if (fields === undefined) return undefined;
  const property = checker.need(fields, 'property', path, (each, at) => checker.text(each, at));
  const op = checker.need(fields, 'op', path, (each, at) =>
    checker.word(each, at, PROPERTY_OPERATORS, 'UNKNOWN_OPERATOR'),
  );
  if (property === undefined || op === undefined) return undefined;
  const operand = checkOperand(checker, fields, path, op, PROPERTY_OPERAND[op]);
  return operand && { property, op, ...operand };
}

/** A pattern in the text form: `event "purchase" on "/shop" where price > 10`. */
export function printPattern(pattern: EventPattern): string {
  const target = pattern.target === undefined ? '' : ` on ${printText(pattern.target)}`;
  const where = (pattern.where ?? []).map(
    (condition) => `${printKey(condition.property)} ${printComparison(condition)}`,
  );
  if (where.length === 0) return `event ${printText(pattern.name)}${target}`;
  return `event ${printText(pattern.name)}${target} where ${where.length === 1 ? where[0] : `(${where.join(' and ')})`}`;
}

/** What is said of events that are well known: with a target, and without. */
const SAYINGS: Readonly<Record<string, [on: (target: string) => string, alone: string]>> = {
  page_viewed: [(target) => `viewed ${target}`, 'viewed a page'],
  page_visited: [(target) => `visited ${target}`, 'visited a page'],
  page: [(target) => `viewed ${target}`, 'viewed a page'],
  demo_requested: [(target) => `requested a demo on ${target}`, 'requested a demo'],
  trial_started: [(target) => `started a trial of ${target}`, 'started a trial'],
  signed_up: [(target) => `signed up on ${target}`, 'signed up'],
  signed_in: [(target) => `signed in to ${target}`, 'signed in'],
  form_submitted: [(target) => `submitted ${target}`, 'submitted a form'],
  email_opened: [(target) => `opened the email ${target}`, 'opened an email'],
  email_open: [(target) => `opened the email ${target}`, 'opened an email'],
  email_click: [(target) => `clicked in the email ${target}`, 'clicked in an email'],
  email_unsubscribe: [(target) => `unsubscribed by the email ${target}`, 'unsubscribed by an email'],
  email_clicked: [(target) => `clicked in the email ${target}`, 'clicked in an email'],
  ad_clicked: [(target) => `clicked the ad ${target}`, 'clicked an ad'],
  webinar_attended: [(target) => `attended ${target}`, 'attended a webinar'],
  file_downloaded: [(target) => `downloaded ${target}`, 'downloaded a file'],
  video_watched: [(target) => `watched ${target}`, 'watched a video'],
  product_viewed: [(target) => `viewed the product ${target}`, 'viewed a product'],
  product_added: [(target) => `added ${target} to the cart`, 'added a product to the cart'],
  order_completed: [(target) => `ordered ${target}`, 'completed an order'],
  feature_used: [(target) => `used ${target}`, 'used a feature'],
};

/** A pattern after "has" in a sentence: `viewed /pricing`, `done "quiz_finished" on quiz-7`. */
export function sayPattern(pattern: EventPattern): string {
  return `${sayDone(pattern)}${sayWhere(pattern)}`;
}

function sayDone({ name, target }: EventPattern): string {
  const key = fold(name).replaceAll(/[\s-]+/g, '_');
  const saying = Object.hasOwn(SAYINGS, key) ? SAYINGS[key] : undefined;
  if (saying === undefined)
    return target === undefined ? `done ${quoted(name)}` : `done ${quoted(name)} on ${target}`;
  return target === undefined ? saying[1] : saying[0](target);
}

function sayWhere({ where = [] }: EventPattern): string {
  if (where.length === 0) return '';
  const said = where.map((condition) => `${spaced(condition.property)} ${sayComparison(condition, false)}`);
  return ` (where ${joined(said, 'and')})`;
}

/** A pattern as things that are counted or summed: `"purchase" events on /shop`. */
export function sayEvents(pattern: EventPattern): string {
  const target = pattern.target === undefined ? '' : ` on ${pattern.target}`;
  return `${quoted(pattern.name)} events${target}${sayWhere(pattern)}`;
}
