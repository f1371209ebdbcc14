import { days, type Calendar } from './calendar.js';
import type { Client } from './clients.js';
import type { DemoPerson } from './people.js';
import type { Random } from './random.js';

/** What sends events: each has an API key of its own, as in life. */
export const sources = [
  'Website',
  'Web app',
  'Mobile app',
  'Desktop app',
  'E-mail platform',
  'Billing',
] as const;
export type Source = (typeof sources)[number];

/** Something that somebody did, as a message of the tracking API without the person and the id. */
export interface Deed {
  source: Source;
  /** Milliseconds since 1970. */
  at: number;
  message: {
    type: 'page' | 'track';
    event?: string;
    properties: Record<string, string | number | boolean>;
    context?: { campaign: Record<'source' | 'medium' | 'name', string> };
  };
}

/** One person's part in a client's history. */
interface Life {
  client: Client;
  calendar: Calendar;
  random: Random;
  person: DemoPerson;
}

/** All that a person did in the time that is shown, the oldest first. */
export function historyOf(client: Client, calendar: Calendar, random: Random, person: DemoPerson): Deed[] {
  const life: Life = { client, calendar, random, person };
  const deeds = [
    ...visits(life),
    ...mailings(life),
    ...(person.demo === undefined ? [] : demo(life, person.demo)),
    ...(person.isUser ? usage(life) : []),
    ...(person.isPayer ? payments(life) : []),
  ];
  return happened(deeds, calendar);
}

/** What has happened by now, the oldest first: somebody is in the middle of something when it ends. */
function happened(deeds: readonly Deed[], calendar: Calendar): Deed[] {
  const end = calendar.end.getTime();
  return deeds.filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at);
}

/** Visits of a person of each stage, on average. */
const visitsOf: Record<DemoPerson['lifecycle'], number> = {
  subscriber: 1.4,
  lead: 2.1,
  marketing_qualified_lead: 5,
  opportunity: 7,
  customer: 1.4,
  former_customer: 0.8,
};

function* visits({ client, calendar, random, person }: Life): Generator<Deed> {
  const count = random.times(visitsOf[person.lifecycle] * (0.5 + person.interest));
  for (let index = 0; index < count; index += 1) {
    // Interest leads to more interest: later visits come closer to a purchase.
    const day = calendar.day(random, Math.max(0, person.known), days - 1);
    yield* visit({ client, calendar, random, person }, day, (index + 1) / count);
  }
}

/** A visit: where it begins says what brought it here, how far it goes depends on how close the person is. */
function* visit({ client, calendar, random, person }: Life, day: number, closeness: number): Generator<Deed> {
  let at = calendar.instant(random, day);
  const isClose = ['marketing_qualified_lead', 'opportunity'].includes(person.lifecycle);
  const paths = [random.pick(client.pages.read)];
  for (let more = random.times(1.3); more > 0; more -= 1) {
    paths.push(
      random.chance(isClose ? 0.65 : 0.35)
        ? random.pick(client.pages.product)
        : random.pick(client.pages.read),
    );
  }
  if (random.chance((isClose ? 0.5 : 0.08) * closeness)) paths.push(client.pages.pricing);
  for (const [index, path] of paths.entries()) {
    yield view(path, at, index === 0 ? arrival(person, random) : undefined);
    at += random.between(15, 180) * 1000;
  }
  if (random.chance(isClose ? 0.16 : 0.09)) {
    yield submit(random.pick(client.forms.read), paths.at(-1)!, at);
  }
}

function view(path: string, at: number, campaign?: Deed['message']['context']): Deed {
  const title = path === '/' ? 'Home' : path.split('/').at(-1)!.replaceAll('-', ' ');
  const message: Deed['message'] = { type: 'page', properties: { path, title } };
  if (campaign) message.context = campaign;
  return { source: 'Website', at, message };
}

/** Only what is paid for says in the address where it comes from. */
function arrival({ leadSource }: DemoPerson, random: Random): Deed['message']['context'] {
  if (leadSource !== 'paid_search' && leadSource !== 'linkedin') return undefined;
  if (random.chance(0.6)) return undefined;
  const source = leadSource === 'linkedin' ? 'linkedin' : 'google';
  return { campaign: { source, medium: 'cpc', name: random.pick(['brand', 'competitors', 'solutions']) } };
}

function submit(form: string, path: string, at: number): Deed {
  return track('Website', at, 'form_submitted', { form, path });
}

function track(source: Source, at: number, event: string, properties: Deed['message']['properties']): Deed {
  return { source, at, message: { type: 'track', event, properties } };
}

/** Days from one mailing to the next. */
const mailingEvery = 8;

/** Who is interested opens a mailing, and some follow its link. */
function* mailings({ client, calendar, random, person }: Life): Generator<Deed> {
  if (person.emailConsent !== 'yes') return;
  for (let planned = 5, index = 0; planned < days; planned += mailingEvery, index += 1) {
    const day = calendar.workday(planned);
    if (day < person.known || !random.chance(0.1 + 0.55 * person.interest)) continue;
    const campaign = `${client.mailings[index % client.mailings.length]!} ${Math.floor(index / client.mailings.length) + 1}`;
    const last = Math.min(days - 1, day + (random.chance(0.7) ? 0 : random.whole(1, 3)));
    const at = calendar.instant(random, last);
    yield track('E-mail platform', at, 'email_open', { campaign });
    if (!random.chance(0.12 + 0.2 * person.interest)) continue;
    yield track('E-mail platform', at + 40_000, 'email_click', { campaign });
    yield view(random.pick(client.pages.read), at + 42_000);
  }
}

/** Nobody asks for a demo without having looked at the prices. */
function* demo({ client, calendar, random }: Life, day: number): Generator<Deed> {
  const { pages, forms } = client;
  const at = calendar.instant(random, day);
  yield view(random.pick(pages.product), at - 400_000);
  yield view(pages.pricing, at - 200_000);
  yield view(pages.demo, at - 60_000);
  yield submit(forms.demo, pages.demo, at);
  yield track('Website', at + 1000, 'demo_requested', { path: pages.demo });
}

const apps: readonly (readonly [Source, number])[] = [
  ['Web app', 50],
  ['Mobile app', 30],
  ['Desktop app', 20],
];

/** Weeks before a cancellation in which less and less is done. */
const fading = 6;

function* usage({ client, calendar, random, person }: Life): Generator<Deed> {
  const { since, until } = person.company!;
  const { event, features, sessionsAWeek } = client.product;
  const eager = 0.4 + random.next() * 1.2;
  const source = random.weighted(apps);
  for (let day = Math.max(0, since); day < Math.min(days, until); day += 1) {
    const left = until >= days ? 1 : Math.min(1, (until - day) / (fading * 7));
    const sessions = random.times((sessionsAWeek / 5) * eager * calendar.activity(day) * left);
    for (let session = 0; session < sessions; session += 1) {
      let at = calendar.instant(random, day);
      for (let deeds = 1 + random.times(1.2); deeds > 0; deeds -= 1) {
        yield track(source, at, event, { feature: random.weighted(features), minutes: random.whole(1, 25) });
        at += random.between(60, 900) * 1000;
      }
    }
  }
}

/** A bill a month, now and then something beside it, and for those who left the cancellation. */
function* payments({ client, calendar, random, person }: Life): Generator<Deed> {
  const { since, until, plan, price } = person.company!;
  if (since >= 0) {
    yield track('Billing', calendar.instant(random, since), 'subscription_started', { plan, mrr: price });
  }
  for (let day = since + Math.ceil(Math.max(0, -since) / 30) * 30; day < Math.min(days, until); day += 30) {
    yield track('Billing', calendar.instant(random, day), 'invoice_paid', { plan, amount: price });
  }
  for (let orders = random.times(0.8); orders > 0; orders -= 1) {
    const [product, unit] = random.pick(client.goods);
    const quantity = random.whole(1, 4);
    const day = calendar.day(random, Math.max(0, since), Math.min(days, until) - 1);
    const properties = { product, quantity, revenue: unit * quantity, currency: 'EUR' };
    yield track('Billing', calendar.instant(random, day), 'order_completed', properties);
  }
}

/** What a browser saw that never said whose it is. */
export function visitorHistory(client: Client, calendar: Calendar, random: Random): Deed[] {
  return happened([...browsing(client, calendar, random)], calendar);
}

function* browsing(client: Client, calendar: Calendar, random: Random): Generator<Deed> {
  let at = calendar.instant(random, calendar.day(random));
  for (let views = 1 + random.times(1.2); views > 0; views -= 1) {
    const pages = random.chance(0.7) ? client.pages.read : [...client.pages.product, client.pages.pricing];
    yield view(random.pick(pages), at);
    at += random.between(15, 180) * 1000;
  }
}
