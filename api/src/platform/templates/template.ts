import { Liquid, LiquidError, type Template as LiquidTemplate } from 'liquidjs';
import { escapeHtml } from './escape-html.js';
import { htmlToText } from './html-to-text.js';

/** A message before anybody's values are in it, in the language Liquid: `Hello {{ contact.first_name | default: "there" }}`. */
export interface MessageTemplate {
  subject: string;
  html: string | null;
  /** Made from `html` when there is none. At least one of the two is given. */
  text: string | null;
}

/** A message for one person. */
export interface RenderedMessage {
  /** One line. */
  subject: string;
  html: string | null;
  text: string;
}

/** The parts of a message that are templates. */
export type TemplatePart = keyof MessageTemplate;

/** What is wrong with a template, for who writes it. */
export class TemplateFault extends Error {
  override name = 'TemplateFault';

  constructor(
    readonly part: TemplatePart,
    /** Both from 1. */
    readonly place: { line: number; column: number },
    /** Without the place. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(`${part}, line ${place.line}, column ${place.column}: ${reason}`, { cause });
  }
}

/** A template that has been read: to be filled in for as many people as there are. */
export interface CompiledTemplate {
  /** What it asks for, such as `contact.first_name`; each once. */
  readonly variables: readonly string[];
  /** Fills it in. Values are text wherever they come: none of them is read as HTML. Throws {@link TemplateFault}. */
  render(data: object): RenderedMessage;
}

/** How long a template may be, how long one message may take, and how much memory. */
const limits = { parseLimit: 300_000, renderLimit: 200, memoryLimit: 5_000_000, templateLimit: 20_000 };
/** Characters of a message at most. */
const longest = 1_000_000;

/** What would read other templates, from files or from where else. */
const tagsOfFiles = ['include', 'render', 'layout', 'block'];
/** What would put a value into HTML as it is. */
const unescaping = ['raw'];

/**
 * Reads a template. It can use the tags and filters of Liquid, and nothing of this program: no file, no property that data
 * inherit, no more time, memory or output than one message needs. Throws {@link TemplateFault}.
 * @param timeZone in which dates are written.
 */
export function compileTemplate(
  template: MessageTemplate,
  { timeZone = 'UTC' }: { timeZone?: string } = {},
): CompiledTemplate {
  const plain = createEngine({ timeZone });
  const subject = readPart('subject', plain, template.subject);
  const text = template.text === null ? undefined : readPart('text', plain, template.text);
  const html =
    template.html === null
      ? undefined
      : readPart('html', createEngine({ timeZone, outputEscape: escapeHtml }), template.html);
  const parts = [subject, html, text].filter((part) => part !== undefined);
  return {
    variables: [...new Set(parts.flatMap((part) => part.variables))].sort(),
    render(data) {
      const filled = html?.render(data) ?? null;
      return {
        subject: inOneLine(subject.render(data)),
        html: filled,
        text: text?.render(data) ?? htmlToText(filled ?? ''),
      };
    },
  };
}

/** Reads a template and fills it in once. For many people, {@link compileTemplate}. Throws {@link TemplateFault}. */
export function render(
  template: MessageTemplate,
  data: object,
  options?: { timeZone?: string },
): RenderedMessage {
  return compileTemplate(template, options).render(data);
}

/** What a template asks for, such as `contact.first_name`. Throws {@link TemplateFault}. */
export function variablesOf(template: MessageTemplate): readonly string[] {
  return compileTemplate(template).variables;
}

interface Part {
  variables: string[];
  render(data: object): string;
}

function createEngine({
  timeZone,
  outputEscape,
}: {
  timeZone: string;
  outputEscape?: (value: unknown) => string;
}): Liquid {
  const { parseLimit, renderLimit, memoryLimit } = limits;
  const engine = new Liquid({
    // Without files: whatever is named is looked for here.
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: false,
    timezoneOffset: timeZone,
    locale: 'en',
    parseLimit,
    renderLimit,
    memoryLimit,
    ...(outputEscape && { outputEscape }),
  });
  for (const tag of tagsOfFiles) delete engine.tags[tag];
  for (const filter of unescaping) engine.unregisterFilter(filter);
  return engine;
}

function readPart(part: TemplatePart, engine: Liquid, source: string): Part {
  const parsed = faulting(part, source, (): LiquidTemplate[] => engine.parse(source));
  const { templateLimit } = limits;
  return {
    variables: faulting(part, source, () => engine.globalFullVariablesSync(parsed)),
    render: (data) =>
      faulting(part, source, () => {
        const text = String(engine.renderSync(parsed, data, { templateLimit }));
        if (text.length > longest) throw new Error(`the message is longer than ${longest} characters`);
        return text;
      }),
  };
}

/** Lets a failure say where it is. */
function faulting<Result>(part: TemplatePart, source: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new TemplateFault(part, placeOf(error, source), reasonOf(error), error);
  }
}

function placeOf(error: unknown, source: string): { line: number; column: number } {
  const begin = LiquidError.is(error) ? (error.token?.begin ?? 0) : 0;
  const before = source.slice(0, begin).split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** Liquid's own words, without the place that they end with and the file that there is none of. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message.split('\n')[0]! : 'it cannot be read';
  return message
    .replace(/^(?:ParseError|RenderError|TokenizationError): /u, '')
    .replace(/(?:, file:.*)?, line:\d+, col:\d+$/u, '');
}

/** A line break in a subject would begin another header. */
function inOneLine(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/gu, ' ').trim();
}
