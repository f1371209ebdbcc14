import { createSegment } from '../../../api/src/modules/segments/create-segment.js';
import type { WithWorkspace } from '../../../api/src/platform/database/with-workspace.js';
import type { TestDatabase } from '../../../test/support/database.js';

/** How many different values there are of each. */
const kinds = { cities: 100, stages: 5, events: 10 } as const;

/** Fills a workspace past the API: contacts with three attributes each, and two events. */
export async function fillWorkspace(
  { owner }: Pick<TestDatabase, 'owner'>,
  workspaceId: string,
  contacts: number,
): Promise<void> {
  const people = `from generate_series(0, ${contacts} - 1) as n`;
  await owner.query(
    `insert into contacts (workspace_id, id, ordinal) select $1, gen_random_uuid(), n ${people}`,
    [workspaceId],
  );
  await owner.query('insert into contact_ordinals (workspace_id, next_ordinal) values ($1, $2)', [
    workspaceId,
    contacts,
  ]);
  for (const [key, columns, values] of [
    ['city', 'text, folded', `'city ' || n * 7 % ${kinds.cities}, 'city ' || n * 7 % ${kinds.cities}`],
    ['lifecycle_stage', 'text, folded', `'stage ' || n % ${kinds.stages}, 'stage ' || n % ${kinds.stages}`],
    ['lead_score', 'number', 'n * 31 % 1000'],
  ])
    await owner.query(
      `insert into contact_attributes (workspace_id, ordinal, key, since, ${columns})
       select $1, n, $2, now(), ${values} ${people}`,
      [workspaceId, key],
    );
  await owner.query(
    `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
     select $1, now() - n % 80 * interval '1 day', gen_random_uuid(), n / 2, 'event ' || n % ${kinds.events},
       'event ' || n % ${kinds.events}, 'bench', 'm' || n, now()
     from generate_series(0, 2 * ${contacts} - 1) as n`,
    [workspaceId],
  );
  await owner.query('vacuum analyze contacts, contact_attributes, events');
}

/** Makes segments whose conditions are partly their own and partly those of others. */
export async function makeSegments(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  count: number,
): Promise<void> {
  const editor = { actor: 'system', now: new Date() };
  await withWorkspace(workspaceId, async (tx) => {
    for (let index = 0; index < count; index += 1) {
      const text = ruleOf(index);
      await createSegment(tx, { name: `Segment ${index}`, rule: { text } }, editor);
    }
  });
}

function ruleOf(index: number): string {
  const stage = `lifecycle_stage is "stage ${index % kinds.stages}"`;
  const event = `event "event ${index % kinds.events}" in last ${30 + (index % 3) * 30} days`;
  const city = `city is "city ${index % kinds.cities}"`;
  const rules = [
    `${city} and ${stage}`,
    `lead_score > ${(index * 5) % 1000} and ${event}`,
    `${stage} and not ${event}`,
    `(${city} or ${event}) and lead_score <= ${(index * 3) % 1000}`,
  ];
  return rules[index % rules.length]!;
}

/** Writes so many changes, spread over the contacts, a hundred in a transaction: a third are events. */
export async function write(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  { contacts, writes, round }: { contacts: number; writes: number; round: number },
): Promise<void> {
  const together = 100;
  for (let done = 0; done < writes; done += together) {
    const ordinals = Array.from(
      { length: Math.min(together, writes - done) },
      (_, place) => ((done + place) * 7919 + round * 104_729) % contacts,
    );
    const seed = done / together + round * 1000;
    await withWorkspace(workspaceId, async (tx) => {
      if (seed % 3 === 0) {
        const name = `event ${seed % kinds.events}`;
        await tx.query(
          `insert into events (workspace_id, occurred_at, id, ordinal, name, folded_name, source, message_id, received_at)
           select $1, now(), gen_random_uuid(), n, $3, $3, 'bench', $4 || ' ' || n, now()
           from unnest($2::int[]) as n`,
          [workspaceId, ordinals, name, `w${seed}`],
        );
        tx.changed(ordinals, `event:${name}`);
      } else {
        const [key, set] =
          seed % 3 === 1
            ? ['city', `text = 'city ${seed % kinds.cities}', folded = 'city ${seed % kinds.cities}'`]
            : ['lead_score', `number = ${seed % 1000}`];
        await tx.query(
          `update contact_attributes set ${set}, since = now() where key = $1 and ordinal = any($2::int[])`,
          [key, ordinals],
        );
        tx.changed(ordinals, `attribute:${key}`);
      }
    });
  }
}
