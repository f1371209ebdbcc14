import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type LaunchOptions } from 'playwright-core';

/** Names under which systems install it. */
const programs = ['chromium', 'chromium-browser', 'google-chrome'];

/** How to launch the machine's own Chromium, for `chromium.launch` and the like; it talks to nobody but the tests. */
export function browserOptions(...args: string[]): LaunchOptions {
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return { executablePath: findBrowser(), args: [...quiet, ...args] };
}

/** Launches it. */
export function openBrowser(...args: string[]): ReturnType<typeof chromium.launch> {
  return chromium.launch(browserOptions(...args));
}

function findBrowser(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  const found = paths.find((path) => existsSync(path));
  if (!found) throw new Error(`A Chromium is needed on PATH: ${programs.join(', ')}.`);
  return found;
}
