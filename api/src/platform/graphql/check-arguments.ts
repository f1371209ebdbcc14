import { validate, type ValidationError } from 'class-validator';
import { getNamedType, type GraphQLResolveInfo } from 'graphql';
import { getMetadataStorage, type BuildSchemaOptions } from 'type-graphql';
import { Failure, type FailureCode, type Problem } from '../errors.js';

type CheckArguments = Exclude<BuildSchemaOptions['validateFn'], undefined>;

/** Constraints, by class-validator's names, whose failure is more than INVALID_INPUT. */
const codes: Record<string, FailureCode> = { arrayMaxSize: 'TOO_LARGE' };

type ArgumentProblem = Problem & { code: FailureCode };

/**
 * Checks an argument against what its class declares (`@Length`, `@Max` …).
 * Throws INVALID_INPUT, or TOO_LARGE for a list, with every problem and the path that the caller wrote: `first`,
 * `input.email`.
 */
export const checkArguments: CheckArguments = async (value: unknown, type, { info }) => {
  if (typeof value !== 'object' || value === null) return;
  const name = argumentName(type, info);
  const problems = Array.isArray(value)
    ? (await Promise.all(value.map((item, index) => problemsIn(item, `${name}[${index}]`)))).flat()
    : await problemsIn(value, name);
  const [first] = problems;
  if (first) throw new Failure(first.code, first.message, { path: first.path, problems });
};

/** The argument that is of this class; empty for a class that holds all of a field's arguments. */
function argumentName(type: unknown, { parentType, fieldName }: GraphQLResolveInfo): string {
  const input = getMetadataStorage().inputTypes.find(({ target }) => target === type);
  const taken = parentType.getFields()[fieldName]?.args ?? [];
  return taken.find((argument) => getNamedType(argument.type).name === input?.name)?.name ?? '';
}

async function problemsIn(value: unknown, path: string): Promise<ArgumentProblem[]> {
  if (typeof value !== 'object' || value === null) return [];
  const errors = await validate(value, {
    skipMissingProperties: true,
    forbidUnknownValues: false,
    validationError: { target: false, value: false },
  });
  return errors.flatMap((error) => problemsOf(error, path));
}

function problemsOf(
  { property, constraints = {}, children = [] }: ValidationError,
  parent: string,
): ArgumentProblem[] {
  const step = /^\d+$/.test(property) ? `[${property}]` : property;
  const path = parent === '' || step.startsWith('[') ? `${parent}${step}` : `${parent}.${step}`;
  const own = Object.entries(constraints).map(([constraint, message]) => ({
    code: codes[constraint] ?? 'INVALID_INPUT',
    path,
    message,
  }));
  return [...own, ...children.flatMap((child) => problemsOf(child, path))];
}
