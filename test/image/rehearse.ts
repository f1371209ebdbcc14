import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { root } from '../support/process.js';
import { environmentOf, type Stage } from './dockerfile.js';

/** Which user the image runs as here: its own where that can be set, else the one who runs the tests. */
export const user =
  process.getuid?.() === 0 ? { uid: 1000, gid: 1000 } : { uid: process.getuid!(), gid: process.getgid!() };

/**
 * Does by hand what Docker would do for a stage, in a folder instead of an image: COPY, WORKDIR and RUN, with the
 * folders of the image's root below that one. The base image's Node.js and pnpm are those of the tests.
 */
export function rehearse(stage: Stage, folder: string): void {
  const inside = (text: string): string =>
    text
      .replaceAll(/(?<=^|\s)\/(app|src|data)\b/gu, `${folder}/$1`)
      .replaceAll('1000:1000', `${user.uid}:${user.gid}`);
  const environment = environmentOf(stage);
  let workdir = folder;
  mkdirSync(workdir, { recursive: true });
  for (const { keyword, text } of stage.instructions) {
    if (keyword === 'WORKDIR') {
      workdir = inside(text);
      mkdirSync(workdir, { recursive: true });
    }
    if (keyword === 'COPY' && !text.startsWith('--from')) copy(text, workdir);
    if (keyword === 'RUN') run(inside(text), workdir, environment);
  }
}

function copy(text: string, workdir: string): void {
  const sources = text.split(/\s+/u).slice(0, -1);
  for (const file of contextFiles()) {
    if (!sources.includes('.') && !sources.includes(file)) continue;
    const target = join(workdir, file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(join(root, file), target);
  }
}

/** What Docker would be sent: the project's files without those that .dockerignore names. */
function contextFiles(): string[] {
  const patterns = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && !isIgnored(file, patterns));
}

/** The last pattern that fits a file, or a folder above it, decides. */
function isIgnored(file: string, patterns: readonly string[]): boolean {
  const fitting = patterns.findLast((pattern) => {
    const glob = pattern.replace('!', '');
    return matchesGlob(file, glob) || matchesGlob(file, `${glob}/**`);
  });
  return fitting !== undefined && !fitting.startsWith('!');
}

function run(command: string, cwd: string, environment: Record<string, string>): void {
  // The one thing that is not done: the tests' own pnpm serves, and has to be the same.
  const pnpm = /^npm install --global pnpm@(\S+)$/u.exec(command)?.[1];
  const line = pnpm === undefined ? command : `test "$(pnpm --version)" = ${pnpm}`;
  const { PATH, HOME } = process.env;
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', line], {
    cwd,
    encoding: 'utf8',
    env: { PATH, HOME, ...environment },
  });
  if (status !== 0) throw new Error(`RUN ${command}\n${stdout}${stderr}`);
}

/** Copies what a later stage takes from an earlier one. */
export function takeOver(from: string, to: string): void {
  cpSync(join(from, 'app'), join(to, 'app'), { recursive: true, verbatimSymlinks: true });
}
