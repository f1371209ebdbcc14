import { Field, ObjectType } from 'type-graphql';
import type { Problem } from '../errors.js';
import { Readable } from './access.js';

/** One thing that is wrong with an input, in results of bulk mutations and in warnings. */
@ObjectType('Problem', { description: 'One thing that is wrong with an input.' })
@Readable(null)
export class ProblemType implements Problem {
  @Field(() => String, { description: 'A stable code to switch on.' })
  code!: string;

  @Field(() => String, { description: 'Where in the input, such as `input.contacts[3].email`.' })
  path!: string;

  @Field(() => String, { description: 'What is wrong, for people.' })
  message!: string;
}

/** The same problems with paths that go on from `base`. */
export function problemsAt(base: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, path: problem.path ? `${base}.${problem.path}` : base }));
}
