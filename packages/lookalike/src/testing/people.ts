import { FeatureBuilder } from '../feature-builder.js';
import type { Features } from '../features.js';
import { randomOf, type Random } from '../random.js';

/** People that tests make up: who belongs together depends on their city, age and interests, and on chance. */
export interface People {
  features: Features;
  /** Everybody who is of the kind that is sought. */
  kind: Uint32Array;
  others: Uint32Array;
}

/** How much each trait draws people to the kind. */
export interface Draws {
  city?: number;
  age?: number;
  sport?: number;
  /** Living in town and being young together. */
  together?: number;
}

/** @param draws all 0: then the kind is a random share of people. */
export function makePeople(size: number, seed: number, draws: Draws): People {
  const random = randomOf(seed);
  const people = Array.from({ length: size }, () => personOf(random));
  const kind: number[] = [];
  const others: number[] = [];
  for (const [row, { city, age, sport }] of people.entries()) {
    const inTown = city === 'Berlin';
    const young = age < 40;
    const margin =
      -3 +
      (inTown ? (draws.city ?? 0) : 0) +
      (young ? (draws.age ?? 0) : 0) +
      (sport ? (draws.sport ?? 0) : 0) +
      (inTown === young ? (draws.together ?? 0) : 0);
    (random.share() < 1 / (1 + Math.exp(-margin)) ? kind : others).push(row);
  }
  return { features: featuresOf(people), kind: Uint32Array.from(kind), others: Uint32Array.from(others) };
}

interface Person {
  city: string;
  age: number;
  sport: boolean;
  interests: string[];
  visited: number | undefined;
}

function personOf(random: Random): Person {
  return {
    city: ['Berlin', 'Paris', 'Rome', 'Oslo', 'Bern'][random.below(5)]!,
    age: 18 + random.below(60),
    sport: random.share() < 0.3,
    interests: ['music', 'food', 'travel', 'cars'].filter(() => random.share() < 0.4),
    visited: random.share() < 0.5 ? random.share() * 100 : undefined,
  };
}

function featuresOf(people: readonly Person[]): Features {
  const builder = new FeatureBuilder({ rows: people.length });
  const city = builder.category('city');
  for (const [row, person] of people.entries()) city.add(row, person.city);
  const age = builder.number('age');
  for (const [row, person] of people.entries()) if (row % 10 !== 0) age.add(row, person.age);
  const sport = builder.boolean('sport');
  for (const [row, person] of people.entries()) sport.add(row, person.sport);
  const interests = builder.list('interests');
  for (const [row, person] of people.entries()) for (const item of person.interests) interests.add(row, item);
  const visited = builder.event('visited', { windows: [30] });
  for (const [row, person] of people.entries())
    if (person.visited !== undefined) visited.add(row, person.visited, [person.visited < 30 ? 1 : 0]);
  return builder.build();
}
