import { readFileSync } from 'node:fs';

/** One line of a Dockerfile, continuations joined. */
export interface Instruction {
  keyword: string;
  text: string;
}

/** The instructions from one FROM to the next. */
export interface Stage {
  from: string;
  instructions: Instruction[];
}

/** Reads the stages of a Dockerfile. */
export function readDockerfile(path: string): Stage[] {
  const text = readFileSync(path, 'utf8')
    .replace(/^#.*\n/gmu, '')
    .replace(/\\\n\s*/gu, '');
  const stages: Stage[] = [];
  for (const line of text.split('\n').filter((line) => line.trim() !== '')) {
    const [, keyword = '', rest = ''] = /^(\w+)\s+(.*)$/u.exec(line) ?? [];
    if (keyword === 'FROM') stages.push({ from: rest, instructions: [] });
    else stages.at(-1)?.instructions.push({ keyword, text: rest });
  }
  return stages;
}

/** What a stage says under a keyword, in order. */
export function textsOf(stage: Stage, keyword: string): string[] {
  return stage.instructions.filter((instruction) => instruction.keyword === keyword).map(({ text }) => text);
}

/** The variables that a stage sets. */
export function environmentOf(stage: Stage): Record<string, string> {
  const pairs = textsOf(stage, 'ENV').flatMap((text) => text.split(/\s+/u));
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2) as [string, string]));
}
