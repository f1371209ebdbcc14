import 'reflect-metadata';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { codesIn, digestOf, meaningOf, neighbourOf, sendGraphql, tracesOf, wasRefused } from './answers.js';
import {
  callerOf,
  createAttacker,
  moveHome,
  shownOf,
  wordsFor,
  type Attacker,
  type Stranger,
  type Victim,
} from './attackers.js';
import { controls } from './controls.js';
import { cursorsIn, deepest, documentFor } from './documents.js';
import { documentOf, drawProbe, placesOf, type Place, type Probe } from './probes.js';
import { createRandom } from './random.js';
import { operationsOf, withScope } from './schema-operations.js';
import { readServed } from './served.js';
import { callerKinds, callerWithScopes, createTenant, imagineTenant, type Tenant } from './tenants.js';

/*
 * Somebody with every right in a workspace of their own asks for what is another tenant's: through every operation of
 * the schema, every argument that can hold an id, a cursor or a rule, as variables and literals, under aliases and in
 * fragments. Each probe is sent twice, with what the other tenant has and with what nobody has.
 */

const howMany = Number(process.env['PROBES'] ?? (process.env['FULL'] === '1' ? 10_000 : 1500));
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 32));
/** Failures that are shown. */
const mostShown = 5;

const { schema } = await readServed();
const operations = operationsOf(schema).filter(({ name }) => name in controls);

let app: TestApp;
/** A tenant of another organization. */
let stranger: Victim;
let attackers: Attacker[];

beforeAll(async () => {
  app = await startTestApp({}, { part: 'http' });
  stranger = await createVictim();
  const siblings = await Promise.all(Array.from({ length: 4 }, createVictim));
  attackers = await Promise.all(siblings.map((sibling) => createAttacker(app.database.owner, sibling)));
  // What the victims have used by now is theirs, and is written down.
  await app.restart();
});
afterAll(() => app.close());

async function createVictim(): Promise<Victim> {
  const tenant = await createTenant(app.database.owner);
  const cursors = await readCursors(tenant);
  const moved = [...cursors].map(([name, cursor]) => [name, neighbourOf(cursor)] as const);
  return { real: { tenant, cursors }, made: { tenant: imagineTenant(), cursors: new Map(moved) } };
}

/** The cursors that a tenant itself is given. */
async function readCursors(tenant: Tenant): Promise<Map<string, string>> {
  const caller = await callerWithScopes(app.database.owner, tenant);
  const cursors = new Map<string, string>();
  for (const operation of operations.filter(({ kind }) => kind === 'query')) {
    const args = withScope(operation, tenant, controls[operation.name]!(tenant, 'fresh'));
    const form = { values: 'variables', wrap: 'plain' } as const;
    const { text } = await sendGraphql(
      app.url,
      caller,
      documentFor(operation, args, form, { schema, depth: deepest }),
    );
    cursorsIn(schema.getQueryType()!, (JSON.parse(text) as { data?: unknown }).data, cursors);
  }
  return cursors;
}

/** Those whom most is shown to, first. */
const strongest = ['owner of the organization', 'key with every scope', 'admin of the workspace'].map(
  (name) => callerKinds.find((kind) => kind.name === name)!,
);
const others = callerKinds.filter((kind) => !strongest.includes(kind));

/** A probe, and whether it is for the attacker's sibling. */
type Drawn = Probe & { forSibling: boolean };

/** Every place in turn; of the callers the strongest first, then the others in a random order. */
function* draw(): Generator<Drawn> {
  const random = createRandom(seed);
  const tenants: [Tenant, Tenant] = [imagineTenant(), imagineTenant()];
  const places = operations.flatMap((operation) =>
    placesOf(schema, operation, controls[operation.name]!, tenants).map((place) => ({
      operation,
      place,
      callers: [...strongest, ...random.shuffled(others)],
    })),
  );
  for (let index = 0; index < howMany; index += 1) {
    const { operation, place, callers } = places[index % places.length]!;
    const caller = callers[Math.floor(index / places.length) % callers.length]!;
    const control = controls[operation.name]!;
    const probe = drawProbe(random, { operation, control, place, caller });
    yield { ...probe, forSibling: caller.isLocal && random.chance(0.4) };
  }
}

let sent = 0;

async function ask(probe: Probe, attacker: Attacker, theirs: Stranger) {
  const { home } = attacker;
  const caller = await callerOf(app.database.owner, attacker, probe.caller);
  const fresh = `fresh${(sent += 1)}`;
  const document = documentOf(schema, probe, home, theirs, fresh);
  const answer = await sendGraphql(app.url, caller, document);
  // The next question must meet what this one met.
  if (probe.operation.kind === 'mutation' && !wasRefused(answer))
    await moveHome(app.database.owner, attacker);
  const known = new Map([
    ...wordsFor('own', home),
    ...wordsFor('sent', theirs.tenant),
    ...[...theirs.cursors].map(([, cursor]) => [cursor, 'cursor'] as const),
    [fresh, 'fresh'],
  ]);
  return { document, answer, meaning: meaningOf(answer, known) };
}

/** What is wrong with what a probe brought to light; undefined when nothing is. */
async function failureOf(probe: Drawn, attacker: Attacker): Promise<string | undefined> {
  const { real, made } = probe.forSibling ? attacker.sibling : stranger;
  const foreign = await ask(probe, attacker, real);
  const random = await ask(probe, attacker, made);
  const question = JSON.stringify(foreign.document);
  const shown = shownOf(real.tenant, question, tracesOf(real.tenant, foreign.answer.text));
  const odd = codesIn(foreign.answer).filter((code) =>
    ['BAD_REQUEST', 'TOO_COMPLEX', 'INTERNAL'].includes(code),
  );
  const story = [
    `${probe.operation.name}, ${nameOf(probe.place)}, by ${probe.caller.name}`,
    foreign.document.query,
    JSON.stringify(foreign.document.variables),
    `foreign: ${foreign.meaning}`,
    `random:  ${random.meaning}`,
  ].join('\n  ');
  if (shown.length > 0) return `The answer shows another tenant's ${shown.join(', ')}: ${story}`;
  if (odd.length > 0) return `The answer is ${odd.join(', ')}: ${story}`;
  return foreign.meaning === random.meaning ? undefined : `The answers differ: ${story}`;
}

function nameOf({ kind, path }: Place): string {
  return path.length > 0 ? `${kind} at ${path.join('.')}` : kind;
}

it(
  `${howMany} probes learn nothing of another tenant, nor change it`,
  async () => {
    const before = await digests();
    const failures: string[] = [];
    const seen = new Set<string>();
    const probes = draw();
    const attack = async (attacker: Attacker): Promise<void> => {
      for (const probe of probes) {
        const failure = await failureOf(probe, attacker);
        if (failure) failures.push(failure);
        if (failures.length >= mostShown) break;
        seen.add(probe.operation.name);
      }
    };
    await Promise.all(attackers.map(attack));
    console.info(
      `${sent} requests to ${seen.size} operations by ${callerKinds.length} kinds of callers, SEED=${seed}`,
    );
    expect(failures.join('\n\n'), `SEED=${seed}`).toBe('');
    expect(seen.size).toBe(operations.length);
    expect(await digests()).toEqual(before);
  },
  60 * 60_000,
);

async function digests(): Promise<object[]> {
  const { owner } = app.database;
  const siblings = attackers.map(({ sibling }) => digestOf(owner, sibling.real.tenant, 'workspace'));
  return Promise.all([digestOf(owner, stranger.real.tenant, 'organization'), ...siblings]);
}
