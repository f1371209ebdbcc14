import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsSchema } from '../../api/src/settings.js';
import { root, startProcess, type CoterieProcess } from '../support/process.js';
import { codeIn, readMarkdown } from './markdown.js';

const readme = readMarkdown('README.md');
const runFile = promisify(execFile);

it('begins with the two commands that do everything', () => {
  const [start, test] = readme.blocks;
  expect(start).toEqual({ language: 'sh', text: 'npx -y pnpm@12.21.0 start\n' });
  expect(test).toEqual({ language: 'sh', text: 'npx -y pnpm@12.21.0 test\n' });
});

describe('the first steps, pasted one after the other on a fresh start', () => {
  const steps = readme.section('First steps').blocks;
  let folder: string;
  let coterie: CoterieProcess;
  let outputs: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'coterie-readme-'));
    coterie = await startProcess({ environment: { DATA_DIR: join(folder, 'data') } });
    await coterie.ready();
    outputs = await paste(steps.filter(({ language }) => language === 'sh').map(({ text }) => text));
  });

  afterAll(async () => {
    coterie.process.kill('SIGTERM');
    await coterie.ended();
    rmSync(folder, { recursive: true });
  });

  /** Runs blocks in one shell, as somebody does who pastes them; gives what each prints. */
  async function paste(blocks: readonly string[]): Promise<string[]> {
    const script = blocks
      .map((block) => `${block}\nprintf '\\0'\n`)
      .join('')
      .replaceAll('http://localhost:4000', coterie.url);
    const { stdout } = await runFile('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder });
    return stdout.split('\0');
  }

  const answers = steps.flatMap(({ language, text }, index) => {
    const step = steps.slice(0, index).filter((block) => block.language === 'sh').length;
    return language === 'json' ? [{ step, answer: JSON.parse(text) as unknown }] : [];
  });

  it.each(answers)('print what the README says after step $step', ({ step, answer }) => {
    expect(JSON.parse(outputs[step - 1]!)).toEqual(answer);
  });

  it('end with a file for Meta of the one who has consented', () => {
    const hash = createHash('sha256').update('ada@example.com').digest('hex');
    const [header, ...rows] = outputs[outputs.length - 2]!.trim().split(/\r?\n/u);
    expect(header).toBe('email,email,email');
    expect(rows).toEqual([`${hash},,`]);
  });
});

describe('the settings', () => {
  const rows = readme.section('Settings').rows;

  it('are all listed, in the order of the code', () => {
    expect(rows.map(([name]) => codeIn(name))).toEqual(Object.keys(settingsSchema.shape));
  });

  it('have the defaults that are named', () => {
    const named = Object.fromEntries(
      rows.map(([name, standard]) => [codeIn(name), /^`([^`]+)`$/u.exec(standard!)?.[1]]),
    );
    const real = Object.fromEntries(
      Object.entries(settingsSchema.shape).map(([name, schema]) => {
        const value = schema.safeParse(undefined).data as unknown;
        return [name, value === undefined ? undefined : String(value)];
      }),
    );
    expect(named).toEqual(real);
  });
});

it('names only commands that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const named = readme
    .section('Working on it')
    .rows.map(([command]) => /`pnpm (\w+)/u.exec(command!)?.[1])
    .filter((name) => name !== undefined);
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

it('leads to every package', () => {
  const linked = readme
    .section('Working on it')
    .rows.map(([folder]) => /^\[packages\/([\w-]+)\]/u.exec(folder!)?.[1]);
  expect(linked.filter((name) => name !== undefined).sort()).toEqual(
    readdirSync(join(root, 'packages')).sort(),
  );
});
