import { days, type Calendar } from './calendar.js';
import type { Client } from './clients.js';
import type { Random } from './random.js';
import { companyWords, industries, places, type Place } from './vocabulary.js';

/** How far a company has come, as CRMs call it. */
export type CompanyStage = 'prospect' | 'opportunity' | 'customer' | 'former_customer';

/** A company of the demonstration. Days count as in {@link Calendar}; those before it are negative. */
export interface DemoCompany {
  externalId: string;
  name: string;
  domain: string;
  industry: string;
  employees: number;
  revenue: number;
  foundedYear: number;
  technologies: readonly string[];
  place: Place;
  stage: CompanyStage;
  /** How likely it is to buy, from 0 to 1. */
  fit: number;
  plan: string;
  /** Of the subscription, in a month. */
  price: number;
  /** When it became a customer. */
  since: number;
  /** When it cancelled; past the end for those who have not. */
  until: number;
  /** How strongly third parties see it read up on each topic, from 0 to 100. */
  intent: readonly { topic: string; score: number; day: number }[];
}

/** Makes the companies of a client's market. */
export function makeCompanies(client: Client, calendar: Calendar, random: Random): DemoCompany[] {
  const taken = new Set<string>();
  return Array.from({ length: client.companies }, (_, index) => {
    const [kind, , industryFit] = random.weighted(client.market.map((each) => [each, each[1]] as const));
    const industry = industries[kind];
    const name = freshName(industry.suffixes, taken, random);
    const employees = Math.max(4, Math.round(90 * random.spread(1.3)));
    // Whoever is too small does not need it, whoever is very large has built their own.
    const sizeFit = employees < 20 ? 0.3 : employees > 2500 ? 0.4 : 1;
    const fit = industryFit * sizeFit * random.between(0.5, 1);
    const stage = stageOf(fit, random);
    const plan = client.plans.find(({ upTo }) => employees <= upTo)!;
    const since = sinceWhen(stage, calendar, random);
    return {
      externalId: `account-${String(index + 1).padStart(5, '0')}`,
      name,
      domain: `${name.toLowerCase().replaceAll(' ', '')}.example`,
      industry: industry.name,
      employees,
      revenue: Math.round(employees * 140 * random.spread(0.4)) * 1000,
      foundedYear: random.whole(1955, 2022),
      technologies: industry.technologies.filter(() => random.chance(0.5)),
      place: random.pick(places),
      stage,
      fit,
      plan: plan.name,
      price: Math.max(90, Math.round((employees / 10) * plan.price * random.between(0.8, 1.2))),
      since,
      until: stage === 'former_customer' ? random.whole(Math.max(40, since + 30), days - 8) : days,
      intent: intentOf(client, stage, fit, random),
    };
  });
}

function freshName(suffixes: readonly string[], taken: Set<string>, random: Random): string {
  for (let extra = ''; ; extra = random.pick([' North', ' Group', ' International'])) {
    const name = `${random.pick(companyWords)} ${random.pick(suffixes)}${extra}`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}

function stageOf(fit: number, random: Random): CompanyStage {
  if (random.chance(0.06 + 0.3 * fit)) return random.chance(0.2 - 0.1 * fit) ? 'former_customer' : 'customer';
  return random.chance(0.05 + 0.15 * fit) ? 'opportunity' : 'prospect';
}

/** Most customers are older than the time that is shown. Of opportunities it is when they first asked. */
function sinceWhen(stage: CompanyStage, calendar: Calendar, random: Random): number {
  if (stage === 'opportunity') return calendar.day(random, days - 60, days - 4);
  if (stage === 'former_customer') return random.whole(-500, 30);
  return random.chance(0.75) ? random.whole(-900, -1) : calendar.day(random, 45, days - 3);
}

function intentOf(
  { topics }: Client,
  stage: CompanyStage,
  fit: number,
  random: Random,
): DemoCompany['intent'] {
  const base = stage === 'opportunity' ? 0.75 : stage === 'prospect' ? 0.2 + 0.25 * fit : 0.12;
  return topics
    .filter(() => random.chance(base))
    .map((topic) => ({
      topic,
      score: Math.min(100, Math.round(25 + 60 * base + 25 * random.next())),
      day: random.whole(days - 45, days - 1),
    }));
}
