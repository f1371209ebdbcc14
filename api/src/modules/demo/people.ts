import { days, type Calendar } from './calendar.js';
import type { Client, Position } from './clients.js';
import type { DemoCompany } from './companies.js';
import type { Random } from './random.js';
import { familyNames, givenNames, places, type Place } from './vocabulary.js';

/** How far a person has come, as CRMs call it. */
export type Lifecycle =
  | 'subscriber'
  | 'lead'
  | 'marketing_qualified_lead'
  | 'opportunity'
  | 'customer'
  | 'former_customer';

/** A person of the demonstration. Days count as in the calendar; those before it are negative. */
export interface DemoPerson {
  externalId: string;
  firstName: string;
  lastName: string;
  email: string;
  phone: string | undefined;
  position: Position;
  company: DemoCompany | undefined;
  place: Place;
  leadSource: string;
  lifecycle: Lifecycle;
  /** How much of what they are sent and shown they look at, from 0 to 1. */
  interest: number;
  /** When they were first heard of. */
  known: number;
  /** When they asked for a demo, if they did. */
  demo: number | undefined;
  /** Whether they work with the product. */
  isUser: boolean;
  isPayer: boolean;
  emailConsent: 'yes' | 'no' | '';
  adsConsent: 'yes' | 'no' | '';
  score: number;
}

const leadSources = [
  ['organic_search', 30],
  ['paid_search', 18],
  ['linkedin', 16],
  ['webinar', 12],
  ['referral', 10],
  ['trade_fair', 8],
  ['outbound', 6],
] as const;

/** How often a line of the CRM belongs to no company: private addresses. */
const alone = 0.08;

/** Makes the people in a client's CRM. */
export function makePeople(
  client: Client,
  companies: readonly DemoCompany[],
  calendar: Calendar,
  random: Random,
): DemoPerson[] {
  const make = new PeopleMaker(client, calendar, random);
  // Larger companies have more people in a CRM, but not in proportion; customers have more than prospects.
  const sizes = companies.map(
    (company) => [company, company.employees ** 0.45 * (company.stage === 'customer' ? 2.2 : 1)] as const,
  );
  return Array.from({ length: client.people }, (_, index) => {
    // The first are one for each company, so that none is empty.
    const company = companies[index] ?? (random.chance(alone) ? undefined : random.weighted(sizes));
    return make.person(index, company);
  });
}

class PeopleMaker {
  readonly #addresses = new Set<string>();
  readonly #phones = new Set<string>();
  readonly #payers = new Set<DemoCompany>();

  constructor(
    readonly client: Client,
    readonly calendar: Calendar,
    readonly random: Random,
  ) {}

  person(index: number, company: DemoCompany | undefined): DemoPerson {
    const { random, calendar } = this;
    const firstName = random.pick(givenNames);
    const lastName = random.pick(familyNames);
    const position = random.weighted(this.client.positions.map((each) => [each, each.weight] as const));
    const place = company && random.chance(0.85) ? company.place : random.pick(places);
    const interest = random.next() ** 2 * 0.6 + 0.4 * position.fit * (company?.fit ?? 0.1);
    const lifecycle = lifecycleOf(company, position, interest, random);
    const known =
      lifecycle === 'subscriber' || random.chance(0.45) ? calendar.day(random) : random.whole(-700, -1);
    const isPayer = lifecycle === 'customer' && this.#isFirst(company);
    return {
      externalId: `crm-${String(index + 1).padStart(6, '0')}`,
      firstName,
      lastName,
      email: this.#address(firstName, lastName, company),
      phone: random.chance(0.35) ? this.#phone(place) : undefined,
      position,
      company,
      place,
      leadSource: random.weighted(leadSources),
      lifecycle,
      interest,
      known: demoOf(company) === undefined ? known : Math.min(known, demoOf(company)!),
      demo: asksForDemo(lifecycle, position) ? demoOf(company) : undefined,
      isUser:
        (company?.stage === 'customer' || company?.stage === 'former_customer') &&
        random.chance(position.uses),
      isPayer,
      emailConsent: random.weighted([
        ['yes', 62],
        ['no', 8],
        ['', 30],
      ] as const),
      adsConsent: random.weighted([
        ['yes', 48],
        ['no', 12],
        ['', 40],
      ] as const),
      score: Math.min(100, Math.round(100 * interest * random.between(0.7, 1.1))),
    };
  }

  #isFirst(company: DemoCompany | undefined): boolean {
    if (!company || this.#payers.has(company)) return false;
    this.#payers.add(company);
    return true;
  }

  #address(firstName: string, lastName: string, company: DemoCompany | undefined): string {
    const domain = company?.domain ?? this.random.pick(['mail.example', 'post.example']);
    const name = `${firstName}.${lastName}`.toLowerCase();
    for (let number = 1; ; number += 1) {
      const address = `${name}${number === 1 ? '' : number}@${domain}`;
      if (this.#addresses.has(address)) continue;
      this.#addresses.add(address);
      return address;
    }
  }

  /** Numbers that nobody has: of those set aside for fiction there are a hundred for each American city. */
  #phone({ phone, country }: Place): string | undefined {
    if (!phone) return undefined;
    const digits = country === 'US' ? `01${this.#digits(2)}` : `0${this.#digits(3)}`;
    const number = `${phone}${digits}`;
    if (this.#phones.has(number)) return undefined;
    this.#phones.add(number);
    return number;
  }

  #digits(count: number): string {
    return String(this.random.whole(0, 10 ** count - 1)).padStart(count, '0');
  }
}

function lifecycleOf(
  company: DemoCompany | undefined,
  { fit }: Position,
  interest: number,
  random: Random,
): Lifecycle {
  const stage = company?.stage ?? 'prospect';
  if (stage === 'customer' || stage === 'former_customer') return stage;
  if (stage === 'opportunity' && fit > 0.6) return 'opportunity';
  if (interest > 0.35 && random.chance(0.7)) return 'marketing_qualified_lead';
  return random.chance(0.3) ? 'subscriber' : 'lead';
}

/** When the people of a company asked for a demo; undefined when nobody did in the time that is shown. */
function demoOf(company: DemoCompany | undefined): number | undefined {
  if (!company) return undefined;
  const day = company.stage === 'opportunity' ? company.since : company.since - 38;
  const asked = company.stage === 'opportunity' || company.stage === 'customer';
  return asked && day >= 0 && day < days ? day : undefined;
}

function asksForDemo(lifecycle: Lifecycle, { fit }: Position): boolean {
  return (lifecycle === 'opportunity' || lifecycle === 'customer') && fit > 0.6;
}
