/** What PostgreSQL's driver says about where a statement failed; none of these repeats a value. */
const placeFields = [
  'code',
  'severity',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'query',
] as const;

/** Longer chains of causes are cut. */
const deepestCause = 5;

/**
 * An error as the log may hold it: its message, where it was thrown, and its causes, without what people entered.
 * Left out are the values of a statement and PostgreSQL's `detail` and `where`, which repeat rows.
 */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { message: withoutPersonalData(String(error)) };
  const fields = error as unknown as Record<string, unknown>;
  const place = Object.fromEntries(
    placeFields.filter((name) => fields[name] !== undefined).map((name) => [name, fields[name]]),
  );
  const deeper = depth < deepestCause;
  return {
    type: error.name,
    message: messageOf(error, fields['code']),
    ...place,
    stack: framesOf(error.stack),
    ...(deeper && error.cause !== undefined ? { cause: describeError(error.cause, depth + 1) } : {}),
    ...(deeper && error instanceof AggregateError
      ? { errors: error.errors.map((each) => describeError(each, depth + 1)) }
      : {}),
  };
}

/**
 * Errors of class 22, such as `invalid input syntax for type date: "…"`, quote the value that was refused; so do those
 * of a JSON text, which quote the place: `Unexpected token '+', ..."phone":+43"... is not valid JSON`.
 */
function messageOf({ name, message }: Error, code: unknown): string {
  const isDataError = typeof code === 'string' && /^22[0-9A-Z]{3}$/.test(code);
  if (name === 'SyntaxError') return withoutPersonalData(message.replace(/(, )?(\.{3}|").*/s, ' [hidden]'));
  return withoutPersonalData(isDataError ? message.replace(/".*"/s, '"[hidden]"') : message);
}

function withoutPersonalData(text: string): string {
  return text.replaceAll(/[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+/g, '[hidden]');
}

/** The stack begins with the message, which is told apart. */
function framesOf(stack: string | undefined): string {
  const lines = stack?.split('\n') ?? [];
  return lines.filter((line) => /^\s+at /.test(line)).join('\n');
}
