import type { Problem } from '../../platform/errors.js';
import { unguardCell } from '../../platform/files/formula.js';
import type { ConsentInput } from '../consent/index.js';
import type { ContactInput } from '../contacts/index.js';
import { readDate, type DateFormat } from './date-format.js';
import type { ImportInput } from './import.js';
import type { MappingTarget } from './suggest-mapping.js';

type Channel = ConsentInput['channel'];

/** A row as a contact, or why it is none. */
export type RowReading = { ok: true; contact: ContactInput } | { ok: false; problem: Problem };

/** Puts one cell where it belongs; gives what is wrong in words. */
type Placer = (contact: ContactInput, cell: string) => string | undefined;

/** Reads the rows of a file with these columns. */
export class RowReader {
  readonly #headers: readonly string[];
  readonly #targets: readonly (MappingTarget | null)[];
  readonly #placers: readonly Placer[];

  constructor({ headers, targets, dateFormats }: Pick<ImportInput, 'headers' | 'targets' | 'dateFormats'>) {
    this.#headers = headers;
    this.#targets = targets;
    this.#placers = targets.map((target, index) => {
      const format = dateFormats?.[index];
      return format ? placeDate(placerOf(target), format) : placerOf(target);
    });
  }

  /**
   * Reads one row. An empty cell says nothing: what is known stays as it is.
   * The problem's path is the header of the column, or empty when it is the row as a whole.
   */
  read(cells: readonly string[]): RowReading {
    if (cells.length !== this.#placers.length) return raggedRow(cells.length, this.#placers.length);
    const contact: ContactInput = {};
    for (const [index, place] of this.#placers.entries()) {
      const cell = unguardCell(cells[index]?.trim() ?? '');
      const fault = cell === '' ? undefined : place(contact, cell);
      if (fault) {
        return {
          ok: false,
          problem: { code: 'INVALID_INPUT', path: this.#headers[index] ?? '', message: fault },
        };
      }
    }
    return { ok: true, contact: withoutNamelessCompany(contact) };
  }

  /** Says the problems of a contact in the words of the file: the first one's column, and all messages. */
  sayAll(problems: readonly Problem[]): Problem {
    const [first] = problems;
    if (!first) throw new Error('A contact was refused without a problem.');
    const column = this.#targets.indexOf(targetOfPath(first.path));
    return {
      code: first.code,
      path: this.#headers[column] ?? '',
      message: problems.map(({ message }) => message).join(' '),
    };
  }
}

/** An industry without a company belongs to nobody: exports have such columns for every contact. */
function withoutNamelessCompany(contact: ContactInput): ContactInput {
  const { company } = contact;
  if (company && !company.externalId && !company.domain && !company.name) delete contact.company;
  return contact;
}

function raggedRow(found: number, expected: number): RowReading {
  const message = `This row has ${found} cells, the header has ${expected}.`;
  return { ok: false, problem: { code: 'INVALID_INPUT', path: '', message } };
}

function placerOf(target: MappingTarget | null): Placer {
  if (target === null) return () => undefined;
  const [scope, rest] = split(target);
  if (scope === 'consent') return placeConsent(rest as Channel);
  if (scope === 'opt_out') return placeOptOut(rest as Channel);
  if (scope === 'company') return placeInCompany(rest);
  const field = contactFields.get(target);
  if (field) {
    return (contact, cell) => {
      contact[field] = cell;
      return undefined;
    };
  }
  return (contact, cell) => {
    (contact.attributes ??= {})[target] = cell;
    return undefined;
  };
}

const formatNames: Record<DateFormat, string> = {
  iso: 'such as 2026-03-05',
  day_first: 'with the day first',
  month_first: 'with the month first',
  epoch_seconds: 'in seconds since 1970',
  epoch_millis: 'in milliseconds since 1970',
};

/** Puts a date in its place as every workspace reads it. */
function placeDate(place: Placer, format: DateFormat): Placer {
  return (contact, cell) => {
    const date = readDate(cell, format);
    return date === undefined ? `This is no date ${formatNames[format]}.` : place(contact, date);
  };
}

function split(target: MappingTarget): [scope: string, rest: string] {
  const dot = target.indexOf('.');
  return dot < 0 ? ['', target] : [target.slice(0, dot), target.slice(dot + 1)];
}

/** Identities are fields of the contact; everything else without a dot is an attribute. */
const contactFields = new Map<string, 'externalId' | 'email' | 'phone' | 'anonymousId'>([
  ['external_id', 'externalId'],
  ['email', 'email'],
  ['phone', 'phone'],
  ['anonymous_id', 'anonymousId'],
]);

const companyFields = new Map<string, 'externalId' | 'domain' | 'name'>([
  ['external_id', 'externalId'],
  ['domain', 'domain'],
  ['name', 'name'],
]);

function placeInCompany(key: string): Placer {
  const field = companyFields.get(key);
  return (contact, cell) => {
    const company = (contact.company ??= {});
    if (field) company[field] = cell;
    else (company.attributes ??= {})[key] = cell;
    return undefined;
  };
}

const yes = ['yes', 'y', 'true', '1', 'ja'];
const no = ['no', 'n', 'false', '0', 'nein'];
const optedIn = ['granted', 'given', 'opt-in', 'opt in', 'opted-in', 'opted in', 'subscribed'];
const optedOut = ['withdrawn', 'denied', 'opt-out', 'opt out', 'opted-out', 'opted out', 'unsubscribed'];

/** What a cell of a consent column says of the consent. */
const consentWords = words([
  ['granted', [...yes, ...optedIn]],
  ['withdrawn', [...no, ...optedOut]],
  [null, ['unknown']],
]);

/** What a cell of an opt-out column says of it: who opted out said no; who did not has not said yes by that. */
const optOutWords = words([
  ['withdrawn', [...yes, ...optedOut]],
  [null, [...no, ...optedIn, 'unknown']],
]);

type ConsentWords = Map<string, ConsentInput['state'] | null>;

function words(meanings: [ConsentInput['state'] | null, string[]][]): ConsentWords {
  return new Map(meanings.flatMap(([state, spellings]) => spellings.map((word) => [word, state] as const)));
}

function placeConsent(channel: Channel): Placer {
  return placeBy(consentWords, channel, 'A consent is yes or no, granted or withdrawn.');
}

function placeOptOut(channel: Channel): Placer {
  return placeBy(optOutWords, channel, 'Whether somebody opted out is yes or no, opted out or subscribed.');
}

/** A word that means nothing here is refused: a consent is not guessed. */
function placeBy(meanings: ConsentWords, channel: Channel, refusal: string): Placer {
  return (contact, cell) => {
    const state = meanings.get(cell.toLowerCase());
    if (state === undefined) return refusal;
    if (state) (contact.consents ??= []).push({ channel, state, source: 'import' });
    return undefined;
  };
}

/** `attributes.city` is `city`, `company.attributes.industry` is `company.industry`, `externalId` is `external_id`. */
function targetOfPath(path: string): MappingTarget {
  const parts = path.split('.').filter((part) => part !== 'attributes');
  const scope = parts[0] === 'company' ? 'company.' : '';
  const field = parts.at(-1) ?? '';
  return `${scope}${field.replace(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)}`;
}
