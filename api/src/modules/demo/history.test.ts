import { describe, expect, it } from 'vitest';
import { Calendar, days } from './calendar.js';
import { clients, type Client } from './clients.js';
import { makeCompanies } from './companies.js';
import { historyOf, type Deed } from './history.js';
import { messagesOf } from './messages.js';
import { makePeople, type DemoPerson } from './people.js';
import { Random } from './random.js';

const until = new Date('2026-11-20T15:00:00Z');
const calendar = new Calendar(until);

/** A tenth of the largest client: enough to see how its numbers lie. */
const client: Client = { ...clients[0]!, companies: 300, people: 2500, visitors: 100 };

interface Lived {
  person: DemoPerson;
  deeds: Deed[];
}

function live(): Lived[] {
  const random = new Random('test');
  const companies = makeCompanies(client, calendar, random);
  const people = makePeople(client, companies, calendar, random);
  return people.map((person) => ({ person, deeds: historyOf(client, calendar, random, person) }));
}

const lives = live();
const eventOf = ({ message }: Deed): string => message.event ?? 'page_viewed';
const dayOf = ({ at }: Deed): number => Math.floor((at - calendar.startOf(0)) / 86_400_000);
const deedsOf = (wanted: (person: DemoPerson) => boolean): Deed[] =>
  lives.filter(({ person }) => wanted(person)).flatMap(({ deeds }) => deeds);
const share = (part: number, whole: number): number => part / Math.max(1, whole);

describe('the demonstration', () => {
  it('is the same each time', () => {
    const all = (): unknown => {
      const random = new Random('again');
      const companies = makeCompanies(client, calendar, random);
      const people = makePeople(client, companies, calendar, random);
      return [companies, people, [...messagesOf(client, calendar, random, people)]];
    };
    expect(all()).toEqual(all());
  });

  it('shows nothing that is yet to come, and nothing from before its days', () => {
    const times = lives.flatMap(({ deeds }) => deeds.map(({ at }) => at));
    // Who asks for a demo on the first morning has looked at the prices minutes before.
    expect(Math.min(...times)).toBeGreaterThan(calendar.startOf(0) - 600_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(until.getTime());
  });

  it('has weekends', () => {
    const perWeekday = Array.from({ length: 7 }, () => 0);
    for (const deed of deedsOf(() => true)) perWeekday[new Date(deed.at).getUTCDay()]! += 1;
    const [sunday, , tuesday, , , , saturday] = perWeekday;
    expect(sunday!).toBeLessThan(tuesday! / 2);
    expect(saturday!).toBeLessThan(tuesday! / 2);
  });

  it('has a funnel: more visits than looks at prices, more looks than requests', () => {
    const all = deedsOf(() => true);
    const views = all.filter((deed) => eventOf(deed) === 'page_viewed');
    const prices = views.filter(({ message }) => message.properties['path'] === client.pages.pricing);
    const requests = all.filter((deed) => eventOf(deed) === 'demo_requested');
    expect(share(prices.length, views.length)).toBeLessThan(0.2);
    expect(requests.length).toBeGreaterThan(10);
    expect(requests.length).toBeLessThan(prices.length);
  });

  it('lets nobody ask for a demo who has not looked at the prices', () => {
    for (const { deeds } of lives) {
      const request = deeds.findIndex((deed) => eventOf(deed) === 'demo_requested');
      if (request === -1) continue;
      const before = deeds.slice(0, request).map(({ message }) => message.properties['path']);
      expect(before).toContain(client.pages.pricing);
    }
  });

  it('lets people who are interested open more of what they are sent', () => {
    const opened = (wanted: (person: DemoPerson) => boolean): number => {
      const people = lives.filter(({ person }) => person.emailConsent === 'yes' && wanted(person));
      const opens = people.flatMap(({ deeds }) => deeds.filter((deed) => eventOf(deed) === 'email_open'));
      return share(opens.length, people.length);
    };
    expect(opened(({ interest }) => interest > 0.5)).toBeGreaterThan(
      2 * opened(({ interest }) => interest < 0.2),
    );
  });

  it('sends nothing to those who did not agree', () => {
    const opens = deedsOf(({ emailConsent }) => emailConsent !== 'yes').filter(
      (deed) => eventOf(deed) === 'email_open',
    );
    expect(opens).toEqual([]);
  });

  it('lets customers fade before they leave, and do nothing afterwards', () => {
    const left = lives.filter(({ person }) => person.lifecycle === 'former_customer' && person.isUser);
    const before = { early: 0, late: 0 };
    for (const { person, deeds } of left) {
      const last = person.company!.until;
      for (const deed of deeds.filter((each) => eventOf(each) === client.product.event)) {
        expect(dayOf(deed)).toBeLessThanOrEqual(last);
        if (dayOf(deed) >= last - 14) before.late += 1;
        else if (dayOf(deed) >= last - 70 && dayOf(deed) < last - 56) before.early += 1;
      }
    }
    expect(before.late).toBeLessThan(before.early / 2);
  });

  it('makes customers of companies that fit', () => {
    const fitOf = (lifecycle: string): number => {
      const fits = lives.flatMap(({ person }) =>
        person.company && person.lifecycle === lifecycle ? [person.company.fit] : [],
      );
      return share(
        fits.reduce((sum, fit) => sum + fit, 0),
        fits.length,
      );
    };
    expect(fitOf('customer')).toBeGreaterThan(fitOf('lead') + 0.1);
  });

  it('has more going on at the end than at the beginning', () => {
    const all = deedsOf(() => true).map(dayOf);
    expect(all.filter((day) => day >= days - 42).length).toBeGreaterThan(
      all.filter((day) => day < 42).length,
    );
  });
});
