import { z } from 'zod';
import { Failure, type Problem } from '../../platform/errors.js';
import { readFilled } from './parts/read-filled.js';
import { placeholdersIn } from './placeholders.js';

/** What the form of a document is called: a later form has another name, and this one stays readable. */
export const documentFormat = 'coterie.blueprint/1';

const key = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,62}$/,
    'A key begins with a letter and goes on with at most 62 small letters, digits and underscores.',
  );
const name = z.string().trim().min(1).max(200);
const reference = z.string().min(1).max(200);
/** Rules and actions hold placeholders: what they say is looked at when those are filled in. */
const open = z.record(z.string(), z.unknown());

const parameter = z.strictObject({
  key,
  label: name,
  description: z.string().max(2_000).default(''),
  type: z.enum(['text', 'number', 'boolean', 'destination', 'member']),
  /** Of a destination: its kind. */
  kind: z.string().max(40).optional(),
  /** Absent: it has to be given. Null: it may stay empty, as that of a follow-up that anybody takes. */
  default: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
});
const attribute = z.strictObject({
  subject: z.enum(['contact', 'company']),
  key,
  type: z.enum(['text', 'number', 'boolean', 'date', 'text_list']),
  label: z.string().max(200).default(''),
});
const segment = z.strictObject({
  key,
  name,
  description: z.string().max(2_000).default(''),
  /** Null: a static segment, which begins empty. */
  rule: open.nullable(),
});
const audience = z.strictObject({
  key,
  name,
  segment: reference,
  platform: z.string().max(40),
  kind: z.string().max(40),
  identifiers: z.array(z.string().max(40)).max(50),
  destination: reference.nullable().default(null),
  schedule: z.string().max(40).default('manual'),
  dailyHour: z.union([z.number(), reference]).nullable().default(null),
});
const automation = z.strictObject({
  key,
  name,
  segment: reference,
  trigger: z.enum(['enter', 'exit']),
  actions: z.array(open).min(1).max(20),
  guards: open.default({}),
});

const documentSchema = z.strictObject({
  format: z.literal(documentFormat),
  parameters: z.array(parameter).max(100).default([]),
  attributes: z.array(attribute).max(500).default([]),
  segments: z.array(segment).max(200).default([]),
  audiences: z.array(audience).max(200).default([]),
  automations: z.array(automation).max(200).default([]),
});

/** What a blueprint sets up: parts that name each other, and parameters, by placeholders. */
export type BlueprintDocument = z.infer<typeof documentSchema>;
export type BlueprintParameter = BlueprintDocument['parameters'][number];
export type BlueprintAttribute = BlueprintDocument['attributes'][number];

/** The kinds of parts, in the order in which they are made: each may name those before it. */
export const partKinds = ['segment', 'audience', 'automation'] as const;
export type PartKind = (typeof partKinds)[number];

/** A part of a document. */
export interface DocumentPart {
  kind: PartKind;
  key: string;
  name: string;
  /** What it says, with placeholders. */
  body: unknown;
  /** Where it stands, such as `document.segments[2]`. */
  path: string;
}

/**
 * Reads a document. Throws INVALID_INPUT with every problem and its place: what does not have the form, keys that occur
 * twice, placeholders that nothing fills, segments that name each other in a circle.
 */
export function readDocument(given: unknown, path = 'document'): BlueprintDocument {
  const document = readFilled(documentSchema, given, path);
  const problems = [...doubles(document, path), ...unfilled(document, path), ...otherKinds(document, path)];
  if (problems.length > 0) throw refused(problems);
  partsOf(document, path);
  return document;
}

/** The parts of a document in the order in which they can be made. Throws INVALID_INPUT when segments go in a circle. */
export function partsOf(document: BlueprintDocument, path = 'document'): DocumentPart[] {
  const listed = partKinds.flatMap((kind) =>
    document[`${kind}s`].map((body, index): DocumentPart => {
      return { kind, key: body.key, name: body.name, body, path: `${path}.${kind}s[${index}]` };
    }),
  );
  const byName = new Map(listed.map((part) => [`${part.kind}.${part.key}`, part]));
  const ordered = new Set<DocumentPart>();
  const place = (part: DocumentPart, above: readonly DocumentPart[]): void => {
    if (ordered.has(part)) return;
    if (above.includes(part)) {
      const circle = [...above.slice(above.indexOf(part)), part].map((each) => each.name).join(' → ');
      throw refused([problem(part.path, `These need each other in a circle: ${circle}.`)]);
    }
    for (const each of placeholdersIn(part.body, '').keys()) {
      const needed = byName.get(each);
      if (needed && needed.kind === part.kind) place(needed, [...above, part]);
    }
    ordered.add(part);
  };
  for (const part of listed) place(part, []);
  return [...ordered];
}

function doubles(document: BlueprintDocument, path: string): Problem[] {
  return (['parameters', 'segments', 'audiences', 'automations'] as const).flatMap((list) => {
    const seen = new Set<string>();
    return document[list].flatMap(({ key: own }, index) => {
      if (!seen.has(own)) {
        seen.add(own);
        return [];
      }
      return [problem(`${path}.${list}[${index}].key`, `There is another one with the key ${own}.`)];
    });
  });
}

function unfilled(document: BlueprintDocument, path: string): Problem[] {
  const known = new Set([
    ...document.parameters.map(({ key: own }) => own),
    ...document.segments.map(({ key: own }) => `segment.${own}`),
    ...document.audiences.map(({ key: own }) => `audience.${own}`),
  ]);
  return partKinds.flatMap((kind) =>
    [...placeholdersIn(document[`${kind}s`], `${path}.${kind}s`)]
      .filter(([each]) => !known.has(each))
      .map(([each, at]) => problem(at, `[[${each}]] stands for nothing in this document.`)),
  );
}

function otherKinds({ parameters }: BlueprintDocument, path: string): Problem[] {
  return parameters.flatMap(({ type, kind, default: value }, index) => {
    const at = `${path}.parameters[${index}]`;
    if ((type === 'destination') !== (kind !== undefined))
      return [problem(`${at}.kind`, 'A destination says of what kind it is, and nothing else does.')];
    const fits = value === undefined || value === null || fitsType(type, value);
    return fits ? [] : [problem(`${at}.default`, `This is no ${type}.`)];
  });
}

/** Whether a value is one that a parameter of this type can have. */
export function fitsType(type: BlueprintParameter['type'], value: unknown): boolean {
  return typeof value === (type === 'number' || type === 'boolean' ? type : 'string');
}

function problem(path: string, message: string): Problem {
  return { code: 'INVALID_INPUT', path, message };
}

function refused(problems: readonly Problem[]): Failure {
  const { path, message } = problems[0]!;
  return new Failure('INVALID_INPUT', message, { path, problems });
}
