import type { Problem } from '../../platform/errors.js';
import type { PreparedItem } from './prepare-traits.js';
import type { Trait, Traits } from './read-traits.js';

/** Traits of a message that was otherwise taken, and why they were not. */
export interface LeftOut {
  /** Of the first; its path begins with `traits`. */
  problem: Problem;
  /** Only those that were left out, as they were sent. */
  traits: Traits;
}

/**
 * Finds the traits that could not be kept, so that they are not lost.
 * @param traits as they were sent.
 * @param warnings what upserting the contact says; an identity that is not gone by is no mistake.
 */
export function leftOutOf(
  traits: Traits,
  { traits: read, skipped }: PreparedItem,
  warnings: readonly Problem[],
): LeftOut | undefined {
  const refused = warnings.flatMap((problem) =>
    problem.code.startsWith('IDENTITY_')
      ? []
      : read.filter((trait) => concerns(problem, trait)).map(({ path }) => ({ path, problem })),
  );
  const all = [...skipped.map((path) => ({ path, problem: unkeepable })), ...refused];
  const [first] = all;
  if (!first) return undefined;
  const values = pick(
    traits.values,
    all.map(({ path }) => path),
  );
  return {
    problem: { ...first.problem, path: ['traits', ...first.path].join('.') },
    traits: { ...traits, values },
  };
}

const unkeepable = {
  code: 'INVALID_INPUT',
  message:
    'This trait cannot be kept: its name cannot become a key, or it is a list of objects or nested too deeply.',
};

/** Whether a problem of the contact comes from this trait: it, a part of it, or the company that it is part of. */
function concerns({ path }: Problem, { target }: Trait): boolean {
  const field = fieldOf(target);
  return path === field || path.startsWith(`${field}[`) || field.startsWith(`${path}.`);
}

/** Where upserting contacts looks for what the trait became. */
function fieldOf(target: Trait['target']): string {
  switch (target.kind) {
    case 'attribute':
      return `attributes.${target.key}`;
    case 'company_attribute':
      return `company.attributes.${target.key}`;
    case 'company':
      return `company.${target.field}`;
    case 'email':
    case 'phone':
      return target.kind;
  }
}

/** The parts of an object that stand at these places, each where it stood. */
function pick(from: Record<string, unknown>, paths: readonly (readonly string[])[]): Record<string, unknown> {
  const parts = Map.groupBy(paths, ([name]) => name!);
  return Object.fromEntries(
    [...parts].map(([name, inside]) => {
      const rest = inside.map((path) => path.slice(1));
      const whole = rest.some((path) => path.length === 0);
      return [name, whole ? from[name] : pick(from[name] as Record<string, unknown>, rest)];
    }),
  );
}
