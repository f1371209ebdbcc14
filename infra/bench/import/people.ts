/** How many companies and event names the made-up people share: many, but far fewer than people. */
const companies = 2000;

const header = [
  'Record ID',
  'First Name',
  'Last Name',
  'Email',
  'Phone Number',
  'Associated Company',
  'Job Title',
  'Lifecycle Stage',
  'Lead Status',
  'Contact owner',
  'Create Date',
  'City',
  'State/Region',
  'Postal Code',
  'Country/Region',
  'Industry',
  'Email consent',
  'Ads consent',
];

const stages = ['subscriber', 'lead', 'marketingqualifiedlead', 'opportunity', 'customer'];
const cities = ['Berlin', 'Hamburg', 'Lyon', 'Porto', 'Austin', 'Leeds', 'Graz'];
const pages = ['/', '/pricing', '/features', '/blog/how-to', '/docs', '/contact', '/customers', '/login'];

const pick = <Item>(items: readonly Item[], index: number): Item => items[index % items.length]!;

/** A CRM export of so many people. */
export function csvOfPeople(count: number): string {
  const lines = [header.join(',')];
  for (let index = 0; index < count; index += 1) lines.push(personLine(index));
  return `${lines.join('\n')}\n`;
}

function personLine(index: number): string {
  const day = String(1 + (index % 28)).padStart(2, '0');
  return [
    100_000 + index,
    `First${index % 900}`,
    `Last${index % 7000}`,
    `person.${index}@example.com`,
    `+1 415-${220 + (Math.floor(index / 10_000) % 80)}-${String(index % 10_000).padStart(4, '0')}`,
    `Company ${index % companies}`,
    pick(['Manager', 'Engineer', 'Director of Sales'], index),
    pick(stages, index),
    pick(['New', 'Open', 'In progress'], index),
    pick(['Kim Lee', 'Sam Roe'], index),
    `2025-0${1 + (index % 9)}-${day} 09:30`,
    pick(cities, index),
    pick(['CA', 'TX', 'NY'], index),
    String(10_000 + (index % 80_000)),
    'United States',
    pick(['Software', 'Retail', 'Banking'], index % companies),
    pick(['yes', 'no', ''], index),
    pick(['yes', 'yes', 'no'], index),
  ].join(',');
}

/** Bodies of `POST /v1/batch` with so many events in all, each visitor's ten, over the last 30 days. */
export function batchesOfEvents(count: number, perBatch: number, now: number): string[] {
  const visitors = Math.ceil(count / 10);
  const bodies: string[] = [];
  for (let from = 0; from < count; from += perBatch) {
    const length = Math.min(perBatch, count - from);
    const batch = Array.from({ length }, (_, offset) => pageView(from + offset, visitors, now));
    bodies.push(JSON.stringify({ batch, sentAt: new Date(now).toISOString() }));
  }
  return bodies;
}

/** Bodies of `POST /v1/page` with one such event each. */
export function singleEvents(count: number, now: number): string[] {
  const visitors = Math.ceil(count / 10);
  return Array.from({ length: count }, (_, index) => JSON.stringify(pageView(index, visitors, now)));
}

function pageView(index: number, visitors: number, now: number): object {
  const path = pick(pages, index * 7 + (index % 11));
  return {
    type: 'page',
    messageId: `bench-message-${index}`,
    userId: `visitor-${(index * 7919) % visitors}`,
    timestamp: new Date(now - ((index * 104_729) % (30 * 86_400)) * 1000).toISOString(),
    properties: {
      path,
      url: `https://www.example.com${path}`,
      title: `Page ${path}`,
      referrer: 'https://www.example.org/',
    },
    context: { library: { name: 'analytics-node', version: '3.1.0' } },
  };
}
