import type { CompanyIdentifier, Identifier, Platform } from '@coterie/ad-formats';
import { Failure } from '../../platform/errors.js';

/** What may be said of a person or a company. */
export type AdIdentifier = Identifier | CompanyIdentifier;

/** Who the rows of a file are: people, the companies that they work for, or the people a lookalike grows from. */
export type FileKind = 'contacts' | 'companies' | 'seed';

/** What is sent of a company; by the last alone none is found, since exchanges share symbols. */
const companyIdentifiers: readonly CompanyIdentifier[] = [
  'name',
  'domain',
  'email_domain',
  'linkedin_url',
  'stock_symbol',
];

/** What a platform's file of this kind can say, in the order of its columns. */
export function identifiersOf(platform: Platform, kind: FileKind): readonly AdIdentifier[] {
  return kind === 'companies' ? companyIdentifiers : platform.identifiers;
}

/** The sets of identifiers of which one suffices to find somebody. */
export function matchingOf(platform: Platform, kind: FileKind): readonly (readonly AdIdentifier[])[] {
  if (kind !== 'companies') return platform.matching;
  return companyIdentifiers.filter((identifier) => identifier !== 'stock_symbol').map((each) => [each]);
}

/**
 * What is sent unless somebody chooses. Of people, what the platform can find them by: names, birthdays and the like
 * only help, so they leave when they are asked for and not before. Of companies, everything: it is no personal data.
 */
export function defaultIdentifiers(platform: Platform, kind: FileKind): readonly AdIdentifier[] {
  if (kind === 'companies') return companyIdentifiers;
  const matching = platform.matching.flat();
  return platform.identifiers.filter((identifier) => matching.includes(identifier));
}

/**
 * The chosen identifiers in the platform's order, each once; the default for null.
 * Throws INVALID_INPUT for what the platform cannot use, and for a choice by which it would find nobody.
 */
export function chooseIdentifiers(
  platform: Platform,
  kind: FileKind,
  wanted: readonly AdIdentifier[] | null | undefined,
  path: string,
): readonly AdIdentifier[] {
  if (!wanted) return defaultIdentifiers(platform, kind);
  const possible = identifiersOf(platform, kind);
  const useless = wanted.findIndex((identifier) => !possible.includes(identifier));
  if (useless >= 0) {
    const message = `${platform.label} cannot use ${words(wanted.slice(useless, useless + 1))} here; it can use ${words(possible)}.`;
    throw new Failure('INVALID_INPUT', message, { path: `${path}[${useless}]` });
  }
  const chosen = possible.filter((identifier) => wanted.includes(identifier));
  refuseWeakChoice(platform, kind, chosen, path);
  return chosen;
}

function refuseWeakChoice(
  platform: Platform,
  kind: FileKind,
  chosen: readonly AdIdentifier[],
  path: string,
): void {
  const matching = matchingOf(platform, kind);
  const isWhole = (set: readonly AdIdentifier[]): boolean => set.every((each) => chosen.includes(each));
  if (!matching.some(isWhole)) {
    const sets = matching.map((set) => words(set, ' with ')).join(', ');
    throw new Failure('INVALID_INPUT', `${platform.label} finds nobody by these: choose one of ${sets}.`, {
      path,
    });
  }
  // What is of use only together with others is left out of the file when they are missing, which would surprise.
  const broken = matching.find((set) => set.some((each) => chosen.includes(each)) && !isWhole(set));
  if (broken) {
    const message = `${platform.label} uses ${words(broken, ' and ')} only together.`;
    throw new Failure('INVALID_INPUT', message, { path });
  }
}

/** Spelled as the API takes them. */
function words(identifiers: readonly AdIdentifier[], joint = ', '): string {
  return identifiers.map((identifier) => identifier.toUpperCase()).join(joint);
}
