import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/process.js';
import { readMarkdown } from './markdown.js';

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n');

/** What a heading is linked by. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

describe.each(documents)('%s', (document) => {
  const { text } = readMarkdown(document);

  it('links only to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|<((?!https?:)[\w./-]+\/[\w./-]+)>/gu)].map(
      ([, link, bare]) => link ?? bare!,
    );
    const broken = links.filter((link) => {
      if (/^https?:/u.test(link)) return false;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      if (!existsSync(join(root, target))) return true;
      if (anchor === undefined) return false;
      const headings = readFileSync(join(root, target), 'utf8').matchAll(/^#+ (.+)$/gmu);
      return ![...headings].some(([, heading]) => anchorOf(heading!) === anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only files that exist; capitals stand for any name', () => {
    const named = [...text.matchAll(/`((?:api|dashboard|infra|packages|test)\/[\w./-]+)`/gu)].map(
      ([, path]) => path!,
    );
    const missing = named.filter((path) => {
      const pattern = path.replaceAll(/(?<=^|\/)[A-Z]+(?=$|[./])/gu, '*');
      return pattern === path ? !existsSync(join(root, path)) : globSync(pattern, { cwd: root }).length === 0;
    });
    expect(missing).toEqual([]);
  });
});

it('ARCHITECTURE.md draws every module', () => {
  const [, drawn = ''] = /modules: ([^│▼]+?)\n\s+│/u.exec(readMarkdown('ARCHITECTURE.md').text) ?? [];
  expect(drawn.split(/[\s·]+/u).sort()).toEqual(readdirSync(join(root, 'api/src/modules')).sort());
});
