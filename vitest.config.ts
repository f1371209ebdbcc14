import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const source = (name: string): string => join(import.meta.dirname, name);

/** Tests run on the sources of our packages, so that none of them has to be built first. */
const alias = [
  // graphql is both CommonJS and a module; two copies of it do not know each other's types.
  { find: /^graphql$/, replacement: 'graphql/index.js' },
  { find: /^@coterie\/rules$/, replacement: source('packages/rules/src/index.ts') },
  { find: /^@coterie\/rules\/testing$/, replacement: source('packages/rules/src/testing/index.ts') },
  { find: /^@coterie\/tracker$/, replacement: source('packages/tracker/src/index.ts') },
  { find: /^@coterie\/bitmap$/, replacement: source('packages/bitmap/src/index.ts') },
  { find: /^@coterie\/lookalike$/, replacement: source('packages/lookalike/src/index.ts') },
  { find: /^@coterie\/ad-formats$/, replacement: source('packages/ad-formats/src/index.ts') },
];

export default defineConfig({
  resolve: { alias },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.ts', 'api/src/**/*.test.ts', 'dashboard/src/**/*.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'suites',
          include: ['test/*/**/*.test.ts'],
          globalSetup: ['test/support/servers.ts'],
          // Each file has a database of its own and closes what it opens; loading the API anew for each cost most of their time.
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
