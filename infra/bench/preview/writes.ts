import { createHash, randomUUID } from 'node:crypto';
import type { BenchServer } from './server.js';

/** What a round writes: 400 events, attributes of 400 contacts, and 200 consents. */
const events = 400;
const people = 400;
const consents = 200;
const perBatch = 100;

const recordConsents = `mutation ($consents: [ContactConsentInput!]!) {
  recordConsents(input: { consents: $consents }) { error { code } }
}`;

/** Writes a thousand things about made-up contacts through the API, as an everyday mixture of them would come in. */
export async function writeThousand(server: BenchServer, contacts: number): Promise<void> {
  // Other contacts and other values each time, so that there is something new in all of them.
  const start = Date.now();
  const someone = (index: number): number => (start + index * 7919) % contacts;
  const messages = [
    ...Array.from({ length: events }, (_, index) => eventOf(someone(index), index)),
    ...Array.from({ length: people }, (_, index) => traitsOf(someone(events + index), start + index)),
  ];
  for (let from = 0; from < messages.length; from += perBatch)
    await server.batch(messages.slice(from, from + perBatch));
  const said = Array.from({ length: consents }, (_, index) => ({
    contactId: idOf(someone(events + people + index)),
    channel: index % 2 === 0 ? 'ads' : 'email',
    state: (start + index) % 3 === 0 ? 'withdrawn' : 'granted',
  }));
  const { recordConsents: results } = await server.query<{ recordConsents: { error: unknown }[] }>(
    recordConsents,
    { consents: said },
  );
  const failed = results.find(({ error }) => error);
  if (failed) throw new Error(`A consent was refused: ${JSON.stringify(failed.error)}`);
}

function eventOf(contact: number, index: number): object {
  const names = ['email_opened', 'added_to_cart', 'logged_in', 'email_clicked', 'demo_requested'];
  const message = {
    messageId: randomUUID(),
    userId: `user-${contact}`,
    timestamp: new Date().toISOString(),
  };
  if (index % 2 === 0) {
    const path = index % 20 === 0 ? '/pricing' : '/features';
    return { ...message, type: 'page', properties: { path, plan: 'pro' } };
  }
  const properties = { plan: 'pro', amount: (index % 500) + 0.5 };
  return { ...message, type: 'track', event: names[index % names.length], properties };
}

function traitsOf(contact: number, turn: number): object {
  const traits = {
    lead_score: turn % 100,
    lifecycle_stage: ['lead', 'opportunity', 'customer'][turn % 3],
    last_seen_at: new Date().toISOString(),
  };
  return { messageId: randomUUID(), type: 'identify', userId: `user-${contact}`, traits };
}

/** As the statements that made the contacts up do it. */
function idOf(contact: number): string {
  const hex = createHash('md5').update(`contact ${contact}`).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
}
