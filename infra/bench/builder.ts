/**
 * How long the exact count takes in the segment builder after a change, in a browser on the demonstration: 50 edits, of
 * which 95 of 100 have to be counted within 150 ms.
 *
 * From the key or the click until the count is painted. Beside it the API by itself, asked about rules like those.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Page } from 'playwright-core';
import prepareServers from '../../test/support/servers.js';
import { chromiumOnPath } from './builder/chromium.js';
import { editsOf, rule } from './builder/edits.js';
import { waitsOf, watchCount } from './builder/watch-count.js';
import { startDemonstration, type RunningDemonstration } from './support/demonstration.js';
import { judge, report } from './support/report.js';

/** In milliseconds. */
const asked = 150;
const rounds = 10;
/** How long the worker is given to make its lists of what was loaded, as it has on any other day. In milliseconds. */
const settling = 20_000;

/** The value that so many of 100 are within. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

async function openBuilder(page: Page, { url, email, password }: RunningDemonstration): Promise<string> {
  const answer = await page.request.post('/graphql', {
    headers: { origin: url },
    data: {
      query: `mutation ($input: SignInInput!) {
        signIn(input: $input) { organizations { workspaces { edges { node { id name } } } } } }`,
      variables: { input: { email, password } },
    },
  });
  const { data } = (await answer.json()) as {
    data: {
      signIn: { organizations: { workspaces: { edges: { node: { id: string; name: string } }[] } }[] };
    };
  };
  const workspaces = data.signIn.organizations.flatMap(({ workspaces: { edges } }) => edges);
  const largest = workspaces.find(({ node }) => node.name === 'Brightledger')?.node.id ?? '';
  await page.goto(`/w/${largest}/segments/new?${new URLSearchParams({ rule })}`);
  await page.locator('[data-fresh="true"]').waitFor();
  return largest;
}

/** Makes the edits one after another. Gives the rules that were counted. */
async function edit(page: Page): Promise<string[]> {
  const texts: string[] = [];
  page.on('request', (request) => {
    const body = request.postData() ?? '';
    if (body.includes('PreviewSegment'))
      texts.push((JSON.parse(body) as { variables: { text: string } }).variables.text);
  });
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, make } of editsOf(page)) {
      const before = (await waitsOf(page)).length;
      await make(round);
      await page
        .waitForFunction(
          (many) => (window as unknown as { coterieWaits: number[] }).coterieWaits.length > many,
          before,
        )
        .catch((cause: unknown) => {
          throw new Error(`No count after changing ${name} in round ${round}`, { cause });
        });
    }
  }
  return texts;
}

/** Rules like those that were counted, which nobody has asked about yet: every number in them is one more. */
function unheardOf(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(/\d+/g, (number) => String(Number(number) + 1)));
}

/** How long the API takes to answer by itself. */
async function ask(
  page: Page,
  url: string,
  workspaceId: string,
  texts: readonly string[],
): Promise<number[]> {
  const waits: number[] = [];
  for (const text of texts) {
    const begun = performance.now();
    const answer = await page.request.post('/graphql', {
      headers: { origin: url },
      data: {
        query: `query ($workspaceId: ID!, $text: String!) {
          previewSegment(workspaceId: $workspaceId, input: { rule: { text: $text } }) { count { value } } }`,
        variables: { workspaceId, text },
      },
    });
    await answer.body();
    waits.push(performance.now() - begun);
  }
  return waits;
}

const stopServers = await prepareServers();
const demonstration = await startDemonstration(600);
const browser = await chromium.launch({
  executablePath: chromiumOnPath(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await sleep(settling);
  const context = await browser.newContext({ baseURL: demonstration.url, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const workspaceId = await openBuilder(page, demonstration);
  await watchCount(page);
  const texts = await edit(page);
  const waits = await waitsOf(page);
  const alone = await ask(page, demonstration.url, workspaceId, unheardOf(texts));
  const figure = (metric: string, value: number) => ({ case: 'builder', metric, value, unit: 'ms' });
  const free = { ratio: null, target: null };
  report(
    judge('builder', [
      { ...figure(`median of ${waits.length} edits`, percentile(waits, 50)), ...free },
      {
        ...figure('95 of 100 edits', percentile(waits, 95)),
        ratio: null,
        target: asked,
        better: 'less' as const,
      },
      { ...figure('the API alone, median', percentile(alone, 50)), ...free },
      { ...figure('the API alone, 95 of 100', percentile(alone, 95)), ...free },
    ]),
    process.argv.includes('--json'),
  );
} finally {
  await browser.close();
  await demonstration.stop();
  await stopServers();
}
