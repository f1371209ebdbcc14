import type { z } from 'zod';
import { Failure } from '../../../platform/errors.js';

/** Reads a document, or a part of one whose placeholders are filled in. Throws INVALID_INPUT with every problem and its place below `path`. */
export function readFilled<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
  path: string,
): z.infer<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path: at, message }) => ({
    code: 'INVALID_INPUT',
    path: path + at.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join(''),
    message,
  }));
  throw new Failure('INVALID_INPUT', problems[0]!.message, { path: problems[0]!.path, problems });
}
