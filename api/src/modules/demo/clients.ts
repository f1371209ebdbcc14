import type { industries } from './vocabulary.js';

/** A position, how many hold it, and how much it matters to whether a company buys, from 0 to 1. */
export interface Position {
  title: string;
  seniority: 'c_level' | 'vp' | 'director' | 'manager' | 'individual';
  department: string;
  weight: number;
  fit: number;
  /** The share of them who work with the product once their company is a customer. */
  uses: number;
}

/** A client of the agency: what it sells, to whom, and how much of it goes on. */
export interface Client {
  name: string;
  timeZone: string;
  defaultCountry: string;
  companies: number;
  /** Contacts in its CRM. */
  people: number;
  /** Browsers that never said whose they are. */
  visitors: number;
  /** Lines of business of its market, and how well each fits. */
  market: readonly (readonly [keyof typeof industries, weight: number, fit: number])[];
  positions: readonly Position[];
  /** Paths of the website, by how close they are to buying. */
  pages: { read: readonly string[]; product: readonly string[]; pricing: string; demo: string };
  /** Forms: the target of the events that they make. */
  forms: { read: readonly string[]; demo: string };
  /** What its mailings are about; they take turns. */
  mailings: readonly string[];
  /** What people do in the product: how often each time, and how much it is used. */
  product: { event: string; features: readonly (readonly [string, number])[]; sessionsAWeek: number };
  /** Plans, with the largest company that takes each and the monthly price for each ten employees. */
  plans: readonly { name: string; upTo: number; price: number }[];
  /** What is bought beside the subscription, with its price. */
  goods: readonly (readonly [name: string, price: number])[];
  /** What third parties see companies read up on. */
  topics: readonly string[];
}

const brightledger: Client = {
  name: 'Brightledger',
  timeZone: 'America/Chicago',
  defaultCountry: 'US',
  companies: 1500,
  people: 18_600,
  visitors: 1400,
  market: [
    ['software', 30, 0.9],
    ['logistics', 16, 0.7],
    ['retail', 20, 0.5],
    ['health', 12, 0.4],
    ['manufacturing', 12, 0.6],
    ['finance', 10, 0.8],
  ],
  positions: [
    {
      title: 'Chief Financial Officer',
      seniority: 'c_level',
      department: 'finance',
      weight: 5,
      fit: 1,
      uses: 0.3,
    },
    { title: 'VP Finance', seniority: 'vp', department: 'finance', weight: 5, fit: 0.95, uses: 0.5 },
    {
      title: 'Financial Controller',
      seniority: 'manager',
      department: 'finance',
      weight: 12,
      fit: 0.85,
      uses: 0.8,
    },
    {
      title: 'Head of Accounting',
      seniority: 'director',
      department: 'finance',
      weight: 8,
      fit: 0.9,
      uses: 0.8,
    },
    { title: 'Accountant', seniority: 'individual', department: 'finance', weight: 26, fit: 0.5, uses: 0.75 },
    {
      title: 'Accounts Payable Specialist',
      seniority: 'individual',
      department: 'finance',
      weight: 14,
      fit: 0.4,
      uses: 0.7,
    },
    {
      title: 'Operations Manager',
      seniority: 'manager',
      department: 'operations',
      weight: 12,
      fit: 0.35,
      uses: 0.2,
    },
    { title: 'IT Manager', seniority: 'manager', department: 'it', weight: 8, fit: 0.3, uses: 0.15 },
    {
      title: 'Marketing Manager',
      seniority: 'manager',
      department: 'marketing',
      weight: 6,
      fit: 0.1,
      uses: 0.02,
    },
    { title: 'Student', seniority: 'individual', department: 'other', weight: 4, fit: 0, uses: 0 },
  ],
  pages: {
    read: [
      '/',
      '/blog/close-the-books-faster',
      '/blog/vat-in-europe',
      '/blog/audit-checklist',
      '/guides/month-end',
    ],
    product: [
      '/product/reconciliation',
      '/product/invoicing',
      '/product/reporting',
      '/integrations',
      '/customers',
    ],
    pricing: '/pricing',
    demo: '/demo',
  },
  forms: { read: ['Newsletter', 'Month-end guide', 'Audit webinar'], demo: 'Demo request' },
  mailings: ['Ledger Notes', 'Product news', 'Audit webinar', 'Month-end guide'],
  product: {
    event: 'feature_used',
    features: [
      ['reconciliation', 30],
      ['invoicing', 26],
      ['reporting', 18],
      ['approvals', 12],
      ['bank_feeds', 8],
      ['api', 3],
      ['forecasting', 3],
    ],
    sessionsAWeek: 1.35,
  },
  plans: [
    { name: 'starter', upTo: 50, price: 38 },
    { name: 'growth', upTo: 400, price: 29 },
    { name: 'enterprise', upTo: Number.POSITIVE_INFINITY, price: 21 },
  ],
  goods: [
    ['Onboarding package', 1900],
    ['Audit add-on', 640],
    ['Training day', 890],
  ],
  topics: ['accounting software', 'invoice automation', 'month-end close', 'spend management'],
};

const kestrel: Client = {
  name: 'Kestrel Pumps',
  timeZone: 'Europe/Berlin',
  defaultCountry: 'DE',
  companies: 320,
  people: 2200,
  visitors: 300,
  market: [
    ['manufacturing', 45, 0.9],
    ['energy', 35, 0.7],
    ['health', 10, 0.3],
    ['logistics', 10, 0.3],
  ],
  positions: [
    {
      title: 'Plant Manager',
      seniority: 'director',
      department: 'operations',
      weight: 14,
      fit: 1,
      uses: 0.3,
    },
    {
      title: 'Maintenance Engineer',
      seniority: 'individual',
      department: 'engineering',
      weight: 34,
      fit: 0.6,
      uses: 0.5,
    },
    {
      title: 'Process Engineer',
      seniority: 'individual',
      department: 'engineering',
      weight: 24,
      fit: 0.7,
      uses: 0.4,
    },
    {
      title: 'Purchasing Manager',
      seniority: 'manager',
      department: 'purchasing',
      weight: 18,
      fit: 0.9,
      uses: 0.6,
    },
    {
      title: 'Chief Operating Officer',
      seniority: 'c_level',
      department: 'operations',
      weight: 4,
      fit: 0.9,
      uses: 0.1,
    },
    { title: 'Student', seniority: 'individual', department: 'other', weight: 6, fit: 0, uses: 0 },
  ],
  pages: {
    read: ['/', '/knowledge/cavitation', '/knowledge/pump-curves', '/knowledge/seals'],
    product: ['/pumps/centrifugal', '/pumps/dosing', '/pumps/vacuum', '/spare-parts', '/references'],
    pricing: '/quote',
    demo: '/visit-us',
  },
  forms: { read: ['Newsletter', 'Pump handbook'], demo: 'Quote request' },
  mailings: ['Pump letter', 'Maintenance tips', 'Trade fair'],
  product: {
    event: 'portal_used',
    features: [
      ['spare_parts', 50],
      ['manuals', 30],
      ['service_tickets', 20],
    ],
    sessionsAWeek: 0.5,
  },
  plans: [{ name: 'service', upTo: Number.POSITIVE_INFINITY, price: 12 }],
  goods: [
    ['Centrifugal pump', 4200],
    ['Dosing pump', 1850],
    ['Seal kit', 145],
    ['Impeller', 390],
  ],
  topics: ['industrial pumps', 'predictive maintenance', 'energy efficiency'],
};

const fernway: Client = {
  name: 'Fernway Learning',
  timeZone: 'Europe/London',
  defaultCountry: 'GB',
  companies: 180,
  people: 1300,
  visitors: 250,
  market: [
    ['software', 30, 0.8],
    ['finance', 25, 0.8],
    ['health', 25, 0.6],
    ['retail', 20, 0.4],
  ],
  positions: [
    { title: 'Head of People', seniority: 'director', department: 'hr', weight: 12, fit: 1, uses: 0.4 },
    { title: 'Learning Manager', seniority: 'manager', department: 'hr', weight: 22, fit: 0.95, uses: 0.7 },
    {
      title: 'HR Business Partner',
      seniority: 'individual',
      department: 'hr',
      weight: 26,
      fit: 0.6,
      uses: 0.5,
    },
    { title: 'Team Lead', seniority: 'manager', department: 'operations', weight: 30, fit: 0.4, uses: 0.5 },
    { title: 'Chief People Officer', seniority: 'c_level', department: 'hr', weight: 4, fit: 0.9, uses: 0.2 },
    { title: 'Student', seniority: 'individual', department: 'other', weight: 6, fit: 0, uses: 0 },
  ],
  pages: {
    read: ['/', '/magazine/feedback', '/magazine/onboarding', '/magazine/remote-teams'],
    product: ['/courses/leadership', '/courses/safety', '/courses/languages', '/platform'],
    pricing: '/pricing',
    demo: '/try',
  },
  forms: { read: ['Newsletter', 'Skills report'], demo: 'Demo request' },
  mailings: ['Fernway Monthly', 'New courses', 'Skills report'],
  product: {
    event: 'course_started',
    features: [
      ['leadership', 30],
      ['safety', 30],
      ['languages', 25],
      ['data_literacy', 15],
    ],
    sessionsAWeek: 0.7,
  },
  plans: [
    { name: 'team', upTo: 100, price: 45 },
    { name: 'company', upTo: Number.POSITIVE_INFINITY, price: 30 },
  ],
  goods: [
    ['Workshop', 1200],
    ['Course design', 3400],
  ],
  topics: ['learning platforms', 'leadership training', 'skills management'],
};

/** The agency's clients, the largest first. */
export const clients: readonly Client[] = [brightledger, kestrel, fernway];
