import { CHANNELS } from '@coterie/rules';
import { Failure, type Problem } from '../../platform/errors.js';
import { isStorable } from '../../platform/storable.js';
import { definitionFor, type AttributeCatalog } from '../attributes/index.js';
import {
  fieldPattern,
  type DoubleOptIn,
  type FormConsent,
  type FormDefinition,
  type FormField,
} from './form.js';

/** The limits of a form. */
export const formLimits = {
  name: 200,
  fields: 100,
  consentText: 2000,
  subject: 200,
  mailText: 10_000,
  /** A month: whoever has not confirmed by then does not mean to. */
  validHours: 720,
  minimumSeconds: 3600,
  url: 2000,
} as const;

/** Identities that a visitor may state. Their external id is not theirs to say: it would let them pass for anybody. */
const statable = new Set(['email', 'phone']);

/**
 * Checks what somebody wants a form to be, and cleans it. Throws INVALID_INPUT with every problem.
 * @param canMail whether there is a mail server.
 */
export function checkForm(
  form: FormDefinition,
  { catalog, canMail }: { catalog: AttributeCatalog; canMail: boolean },
): FormDefinition {
  const problems: Problem[] = [];
  const fail = (path: string, message: string): void => {
    problems.push({ code: 'INVALID_INPUT', path: `input.${path}`, message });
  };
  const texts = new Texts(fail);
  const checked: FormDefinition = {
    name: texts.line(form.name, 'name', formLimits.name),
    fields: form.fields.map((field, index) => cleanField(field, `fields[${index}]`, catalog, fail)),
    consents: form.consents.map((consent, index) => cleanConsent(consent, `consents[${index}]`, texts, fail)),
    doubleOptIn: form.doubleOptIn && cleanMail(form.doubleOptIn, texts, fail),
    honeypot: form.honeypot?.trim() || null,
    minimumSeconds: form.minimumSeconds,
    redirectUrl: form.redirectUrl?.trim() || null,
  };
  checkWhole(checked, canMail, fail);
  if (problems.length > 0)
    throw new Failure('INVALID_INPUT', problems[0]!.message, { path: problems[0]!.path, problems });
  return checked;
}

type Fail = (path: string, message: string) => void;

/** Texts as they are stored. */
class Texts {
  constructor(private readonly fail: Fail) {}

  line(text: string, path: string, longest: number): string {
    if (/[\r\n]/u.test(text)) this.fail(path, 'This must be a single line.');
    return this.text(text, path, longest);
  }

  text(text: string, path: string, longest: number): string {
    const trimmed = text.trim();
    if (trimmed === '') this.fail(path, 'This is required.');
    if (trimmed.length > longest) this.fail(path, `At most ${longest} characters are allowed.`);
    if (!isStorable(trimmed)) this.fail(path, 'The text holds a NUL character or half of a surrogate pair.');
    return trimmed;
  }
}

function cleanField(
  { name, attribute, required }: FormField,
  path: string,
  catalog: AttributeCatalog,
  fail: Fail,
): FormField {
  const definition = definitionFor(catalog, 'contact', attribute);
  if (!fieldPattern.test(name)) fail(`${path}.name`, 'This is no name of a field.');
  if (!definition || definition.archivedAt)
    fail(`${path}.attribute`, `Contacts have no attribute ${attribute}.`);
  else if (definition.computed || (definition.mirrored && !statable.has(attribute)))
    fail(`${path}.attribute`, `${attribute} cannot be set by a form.`);
  return { name, attribute: definition?.key ?? attribute, required };
}

function cleanConsent(
  { channel, text, field }: FormConsent,
  path: string,
  texts: Texts,
  fail: Fail,
): FormConsent {
  if (!CHANNELS.includes(channel)) fail(`${path}.channel`, `The channel is one of ${CHANNELS.join(', ')}.`);
  if (field !== null && !fieldPattern.test(field)) fail(`${path}.field`, 'This is no name of a field.');
  return { channel, text: texts.text(text, `${path}.text`, formLimits.consentText), field };
}

function cleanMail({ subject, text, validHours }: DoubleOptIn, texts: Texts, fail: Fail): DoubleOptIn {
  if (text.split('{link}').length !== 2) fail('doubleOptIn.text', 'The text must hold {link} once.');
  if (validHours < 1 || validHours > formLimits.validHours)
    fail('doubleOptIn.validHours', `The link works for 1 to ${formLimits.validHours} hours.`);
  return {
    subject: texts.line(subject, 'doubleOptIn.subject', formLimits.subject),
    text: texts.text(text, 'doubleOptIn.text', formLimits.mailText),
    validHours,
  };
}

/** What can only be said of all of it. */
function checkWhole(form: FormDefinition, canMail: boolean, fail: Fail): void {
  const attributes = form.fields.map(({ attribute }) => attribute);
  if (form.fields.length > formLimits.fields)
    fail('fields', `A form has at most ${formLimits.fields} fields.`);
  if (!attributes.some((attribute) => statable.has(attribute)))
    fail('fields', 'A form needs a field for the e-mail address or the phone number: they say who it is.');
  if (hasTwice(attributes)) fail('fields', 'Two fields say the same attribute.');
  const boxes = form.consents.flatMap(({ field }) => field ?? []);
  const names = [
    ...form.fields.map(({ name }) => name),
    ...new Set(boxes),
    ...(form.honeypot === null ? [] : [form.honeypot]),
  ];
  if (hasTwice(names)) fail('fields', 'Two fields have the same name.');
  if (hasTwice(form.consents.map(({ channel }) => channel)))
    fail('consents', 'Two consents are for the same channel.');
  if (form.honeypot !== null && !fieldPattern.test(form.honeypot))
    fail('honeypot', 'This is no name of a field.');
  if (form.minimumSeconds < 0 || form.minimumSeconds > formLimits.minimumSeconds)
    fail('minimumSeconds', `This is 0 to ${formLimits.minimumSeconds} seconds.`);
  if (form.redirectUrl !== null && !isWebAddress(form.redirectUrl))
    fail('redirectUrl', 'This must be an address that begins with https:// or http://.');
  if (form.doubleOptIn && !form.fields.some(({ attribute, required }) => attribute === 'email' && required))
    fail('doubleOptIn', 'Whoever is to confirm by mail must state an e-mail address: require it.');
  if (form.doubleOptIn && !canMail) fail('doubleOptIn', 'This Coterie has no mail server: set SMTP_URL.');
}

const hasTwice = (texts: readonly string[]): boolean => new Set(texts).size < texts.length;

function isWebAddress(text: string): boolean {
  return text.length <= formLimits.url && URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol);
}
