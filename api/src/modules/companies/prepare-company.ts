import { fold } from '@coterie/rules';
import type { Problem } from '../../platform/errors.js';
import { parseAttributes, textColumns } from '../attributes/index.js';
import type { CompanyInput, CompanySettings, PreparedCompany } from './company.js';

/** Checks a company. Gives the problems, with paths below `path`, when it cannot be taken. */
export function prepareCompany(
  input: CompanyInput,
  settings: CompanySettings,
  path: string,
): { ok: true; company: PreparedCompany } | { ok: false; problems: Problem[] } {
  const problems: Problem[] = [];
  const text = (field: 'externalId' | 'domain' | 'name'): string | null => {
    const value = input[field]?.trim();
    if (!value) return null;
    const columns = textColumns(value);
    if (typeof columns !== 'string') return value;
    problems.push({ code: 'INVALID_INPUT', path: `${path}.${field}`, message: `"${field}" ${columns}` });
    return null;
  };
  const externalId = text('externalId');
  const rawDomain = text('domain');
  const name = text('name');
  const domain = rawDomain === null ? null : normaliseDomain(rawDomain);
  if (domain === undefined) {
    problems.push({ code: 'INVALID_INPUT', path: `${path}.domain`, message: 'This is not a domain.' });
  }
  const attributes = parseAttributes(settings.catalog, 'company', input.attributes ?? {}, {
    zone: settings.timeZone,
    path: `${path}.attributes`,
  });
  if (problems.length === 0 && !externalId && !domain && !name) {
    problems.push({
      code: 'INVALID_INPUT',
      path,
      message: 'A company needs an external id, a domain or a name.',
    });
  }
  if (!settings.lenient) problems.push(...attributes.problems);
  if (problems.length > 0) return { ok: false, problems };
  const warnings = settings.lenient ? attributes.problems : [];
  return {
    ok: true,
    company: { externalId, domain: domain ?? null, name, values: attributes.values, warnings, path },
  };
}

const hostPattern = /^[^\s/@.:?#]+(\.[^\s/@.:?#]+)+$/;

/**
 * The domain of a company in the form in which it is stored: folded, without protocol, path, port and `www.`.
 * Undefined when there is no domain in the text.
 */
export function normaliseDomain(text: string): string | undefined {
  const host = fold(text.trim())
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#].*$/s, '')
    .replace(/:\d+$/, '')
    .replace(/^www\./, '')
    .replace(/\.$/, '');
  return host.length <= 253 && hostPattern.test(host) ? host : undefined;
}
