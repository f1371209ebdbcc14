import type { AttributeType } from '@coterie/rules';
import type { AttributeDefinition, AttributeSubject } from './attribute-definition.js';

type Line = [key: string, type: AttributeType, label: string, description: string];

/** Set from the contact's identities: rules can ask for them, but they are not set as attributes. */
const contactMirrors: Line[] = [
  ['external_id', 'text', 'External id', "The contact's id in the customer's own systems."],
  ['email', 'text', 'Email', 'The primary e-mail address, in lower case.'],
  ['phone', 'text', 'Phone', 'The primary phone number, in E.164 form.'],
];

const contactAttributes: Line[] = [
  ['first_name', 'text', 'First name', 'The given name.'],
  ['last_name', 'text', 'Last name', 'The family name.'],
  ['title', 'text', 'Salutation', 'How the contact is addressed, such as Dr.'],
  ['gender', 'text', 'Gender', 'As the contact states it; ad platforms take f and m.'],
  ['birthday', 'date', 'Birthday', 'The day of birth.'],
  ['language', 'text', 'Language', 'The preferred language, such as en or de-AT.'],
  ['time_zone', 'text', 'Time zone', "The contact's own time zone, as an IANA name."],
  ['job_title', 'text', 'Job title', 'The position at the company.'],
  ['seniority', 'text', 'Seniority', 'The level of the position, such as manager or c_level.'],
  ['department', 'text', 'Department', 'The part of the company, such as marketing.'],
  ['street', 'text', 'Street', 'Street and house number.'],
  ['city', 'text', 'City', 'The city of residence.'],
  ['state', 'text', 'State', 'The state, province or region.'],
  ['postal_code', 'text', 'Postal code', 'The postal code, as written locally.'],
  ['country', 'text', 'Country', 'The country, best as its two-letter code.'],
  ['website', 'text', 'Website', "The contact's website."],
  ['linkedin_url', 'text', 'LinkedIn', 'The address of the LinkedIn profile.'],
  ['mobile_ad_ids', 'text_list', 'Mobile ad ids', 'Advertising ids of phones: IDFA or AAID.'],
  ['owner', 'text', 'Owner', 'Who looks after the contact.'],
  ['lifecycle_stage', 'text', 'Lifecycle stage', 'How far the contact has come, such as lead or customer.'],
  ['lead_status', 'text', 'Lead status', 'Where sales stands with the contact.'],
  ['lead_source', 'text', 'Lead source', 'Where the contact came from.'],
  ['lead_score', 'number', 'Lead score', 'How promising the contact is.'],
  ['utm_source', 'text', 'UTM source', 'The source of the visit that made the contact known.'],
  ['utm_medium', 'text', 'UTM medium', 'The medium of that visit.'],
  ['utm_campaign', 'text', 'UTM campaign', 'The campaign of that visit.'],
  ['tags', 'text_list', 'Tags', 'Free labels.'],
  ['interests', 'text_list', 'Interests', 'What the contact is interested in.'],
  ['plan', 'text', 'Plan', 'The subscription plan.'],
  ['mrr', 'number', 'Monthly revenue', 'Monthly recurring revenue.'],
  ['signed_up_at', 'date', 'Signed up', 'When the contact signed up.'],
  ['subscribed_at', 'date', 'Subscribed', 'When the contact subscribed.'],
  ['trial_ends_at', 'date', 'Trial ends', 'When the trial ends.'],
  ['last_seen_at', 'date', 'Last seen', 'When the contact was last active.'],
  ['last_contacted_at', 'date', 'Last contacted', 'When somebody last got in touch.'],
  ['first_purchase_at', 'date', 'First purchase', 'When the contact bought for the first time.'],
  ['last_purchase_at', 'date', 'Last purchase', 'When the contact last bought.'],
  ['order_count', 'number', 'Orders', 'How many orders there were.'],
  ['total_spent', 'number', 'Total spent', 'What all orders came to, in the currency of the workspace.'],
  ['average_order_value', 'number', 'Average order value', 'What an order came to on average.'],
  ['lifetime_value', 'number', 'Lifetime value', 'What the contact is worth over time.'],
];

/** Set from the company's own columns. */
const companyMirrors: Line[] = [
  ['external_id', 'text', 'External id', "The company's id in the customer's own systems."],
  ['domain', 'text', 'Domain', "The company's web domain, in lower case and without www."],
  ['name', 'text', 'Name', "The company's name."],
];

const companyAttributes: Line[] = [
  ['industry', 'text', 'Industry', 'The line of business.'],
  ['type', 'text', 'Type', 'What the company is to the workspace, such as prospect or partner.'],
  ['description', 'text', 'Description', 'What the company does.'],
  ['employee_count', 'number', 'Employees', 'How many people work there.'],
  ['annual_revenue', 'number', 'Annual revenue', 'Revenue of a year.'],
  ['founded_year', 'number', 'Founded', 'The year of foundation.'],
  ['lifecycle_stage', 'text', 'Lifecycle stage', 'How far the company has come, such as customer.'],
  ['account_tier', 'text', 'Account tier', 'How important the account is.'],
  ['owner', 'text', 'Owner', 'Who looks after the company.'],
  ['phone', 'text', 'Phone', "The switchboard's number."],
  ['website', 'text', 'Website', 'The address of the website.'],
  [
    'email_domain',
    'text',
    'E-mail domain',
    'The domain of its e-mail addresses, where it is not that of the website.',
  ],
  ['linkedin_url', 'text', 'LinkedIn', 'The address of the LinkedIn page.'],
  ['stock_symbol', 'text', 'Stock symbol', 'Under which the company is traded.'],
  ['street', 'text', 'Street', 'Street and house number.'],
  ['city', 'text', 'City', 'Where the company sits.'],
  ['state', 'text', 'State', 'The state, province or region.'],
  ['postal_code', 'text', 'Postal code', 'The postal code, as written locally.'],
  ['country', 'text', 'Country', 'The country, best as its two-letter code.'],
  ['time_zone', 'text', 'Time zone', 'Where the company sits, as an IANA name.'],
  ['technologies', 'text_list', 'Technologies', 'What the company works with.'],
  ['tags', 'text_list', 'Tags', 'Free labels.'],
  ['renewal_at', 'date', 'Renewal', 'When the contract is renewed.'],
  ['customer_since', 'date', 'Customer since', 'When the company became a customer.'],
];

/** The attributes of contacts and companies that every workspace has. */
export const standardAttributes: readonly AttributeDefinition[] = [
  ...define('contact', contactMirrors, true),
  ...define('contact', contactAttributes, false),
  ...define('company', companyMirrors, true),
  ...define('company', companyAttributes, false),
];

function define(subject: AttributeSubject, lines: Line[], mirrored: boolean): AttributeDefinition[] {
  return lines.map(([key, type, label, description]) => ({
    subject,
    key,
    label,
    description,
    type,
    standard: true,
    mirrored,
    archivedAt: null,
  }));
}
