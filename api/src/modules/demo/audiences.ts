import type { Client } from './clients.js';

/** A segment of the demonstration, with the audiences that are made from it. */
export interface DemoSegment {
  name: string;
  description: string;
  /** In the text form of the rule language. */
  rule: string;
  audiences?: readonly { name: string; platform: string; kind?: string }[];
  /** The seed list that is made from it. */
  seedList?: string;
}

/** What the agency has set up for a client. */
export function segmentsOf(client: Client): DemoSegment[] {
  const { pages, product, forms } = client;
  return [
    {
      name: 'Looked at prices, asked for nothing',
      description: 'Warm, and nobody talks to them yet.',
      rule: `event "page_viewed" on "${pages.pricing}" in last 30 days and not event "demo_requested"`,
      audiences: [
        { name: 'Pricing visitors', platform: 'META' },
        { name: 'Pricing visitors', platform: 'GOOGLE' },
      ],
    },
    {
      name: 'Decision makers who are no customers',
      description: 'Whom campaigns should reach.',
      rule: 'seniority in ("c_level", "vp", "director") and not lifecycle_stage is "customer"',
      audiences: [{ name: 'Decision makers', platform: 'LINKEDIN' }],
    },
    {
      name: 'Companies that look at prices',
      description: 'Everybody at a company of which somebody looked at the prices twice in a month.',
      rule: `any of company people (event "page_viewed" on "${pages.pricing}" at least 2 times in last 30 days) and not lifecycle_stage is "customer"`,
      audiences: [{ name: 'Companies that look at prices', platform: 'LINKEDIN', kind: 'COMPANIES' }],
    },
    {
      name: 'In the market',
      description: 'Everybody at a company that a third party sees reading up on what we sell.',
      rule: `signal "${client.topics[0]!}" >= 70 in last 30 days and not lifecycle_stage is "customer"`,
    },
    {
      name: 'Customers who went quiet',
      description: 'They worked with the product and have stopped: call them before they cancel.',
      rule: `lifecycle_stage is "customer" and event "${product.event}" at least 5 times and not event "${product.event}" in last 21 days`,
    },
    {
      name: 'Everyday users',
      description: 'The product is part of their week.',
      rule: `event "${product.event}" at least 12 times in last 30 days`,
    },
    {
      name: 'Best customers',
      description: 'Those who pay, and what they have paid so far.',
      rule: 'lifetime_value >= 5000 and lifecycle_stage is "customer"',
      seedList: 'Best customers, by value',
    },
    {
      name: 'Read what we send',
      description: 'Opened three mailings or more in two months, and want them.',
      rule: 'event "email_open" at least 3 times in last 60 days and consent email granted',
    },
    {
      name: 'Read, then asked',
      description: 'A guide or newsletter first, a demo within two months.',
      rule: `sequence (event "form_submitted" on "${forms.read.at(-1)!}", event "demo_requested") within 60 days`,
    },
    {
      name: 'May be shown ads',
      description: 'Agreed to it and can be matched.',
      rule: 'consent ads granted and (identified by email or identified by phone)',
    },
    {
      name: 'Former customers',
      description: 'Worth another try.',
      rule: 'lifecycle_stage is "former_customer"',
    },
  ];
}
