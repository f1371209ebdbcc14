import { toCsv } from '@coterie/ad-formats';
import type { Calendar } from './calendar.js';
import type { DemoPerson } from './people.js';

type Column = [header: string, target: string, read: (person: DemoPerson, calendar: Calendar) => unknown];

/** The columns of the CRM's export, what each is to Coterie, and what stands in it. */
const columns: readonly Column[] = [
  ['Record ID', 'external_id', ({ externalId }) => externalId],
  ['First Name', 'first_name', ({ firstName }) => firstName],
  ['Last Name', 'last_name', ({ lastName }) => lastName],
  ['Email', 'email', ({ email }) => email],
  ['Phone Number', 'phone', ({ phone }) => phone],
  ['Job Title', 'job_title', ({ position }) => position.title],
  ['Seniority', 'seniority', ({ position }) => position.seniority],
  ['Department', 'department', ({ position }) => position.department],
  ['City', 'city', ({ place }) => place.city],
  ['Country', 'country', ({ place }) => place.country],
  ['Preferred language', 'language', ({ place }) => place.language],
  ['Lifecycle Stage', 'lifecycle_stage', ({ lifecycle }) => lifecycle],
  ['Original Source', 'lead_source', ({ leadSource }) => leadSource],
  ['Lead Score', 'lead_score', ({ score }) => score],
  ['Plan', 'plan', (person) => (isCustomer(person) ? person.company?.plan : undefined)],
  ['MRR', 'mrr', (person) => (isCustomer(person) && person.isPayer ? person.company?.price : undefined)],
  ['Lifetime Value', 'lifetime_value', valueOf],
  ['Create Date', 'signed_up_at', ({ known }, calendar) => new Date(calendar.startOf(known)).toISOString()],
  ['Company Domain Name', 'company.domain', ({ company }) => company?.domain],
  ['Marketing emails', 'consent.email', ({ emailConsent }) => emailConsent],
  ['Ad audiences', 'consent.ads', ({ adsConsent }) => adsConsent],
];

function isCustomer({ lifecycle }: DemoPerson): boolean {
  return lifecycle === 'customer';
}

/** What was paid so far; a customer of many years counts for three. */
function valueOf({ isPayer, company }: DemoPerson, calendar: Calendar): number | undefined {
  if (!isPayer || !company) return undefined;
  const last = Math.min(company.until, calendar.today);
  return company.price * Math.min(36, Math.max(1, Math.floor((last - company.since) / 30)));
}

/** How the columns are imported: header → target. */
export const crmMapping = Object.fromEntries(columns.map(([header, target]) => [header, target]));

/** The export of the CRM that holds these people. */
export function crmFile(people: readonly DemoPerson[], calendar: Calendar): string {
  const rows = people.map((person) => columns.map(([, , read]) => String(read(person, calendar) ?? '')));
  return toCsv([columns.map(([header]) => header), ...rows]);
}
