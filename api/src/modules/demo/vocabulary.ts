const words = (text: string): readonly string[] => text.split(' ');

/** Given names of many places. */
export const givenNames = words(
  'Aaliyah Aiko Alan Alba Amara Amelie Amir Ana Anders Andrea Anika Anna Anton Arjun Astrid Ayla Beatriz Ben Bianca ' +
    'Bruno Camila Carl Chiara Chloe Clara Daan Daria David Dina Diego Elena Elias Elif Ella Emeka Emil Emma Erik Esra ' +
    'Eva Fatima Felix Fiona Frida Gabriel Grace Greta Hana Hanna Hassan Helen Hugo Ida Ines Ingrid Irina Isabel Ivan ' +
    'Jakob James Jana Jin Joana Jonas Jorge Julia Kai Karim Katrin Kofi Lara Lars Laura Lea Leo Lena Liam Lina Linh Lucas ' +
    'Luisa Maja Marco Maria Marta Mateo Maya Mei Mia Milan Mina Nadia Nia Nils Nina Noah Nora Olga Oliver Omar Oskar ' +
    'Paula Pedro Petra Priya Rafael Rania Rosa Ruth Sam Sanne Sara Sofia Stefan Tariq Teresa Theo Tomas Vera Victor Yara ' +
    'Yuki Zoe',
);

/** Family names of many places. */
export const familyNames = words(
  'Abadi Adeyemi Almeida Andersen Bakker Baumann Becker Berg Bianchi Brandt Brooks Bruun Cardoso Carter Castro Chen ' +
    'Costa Dahl Danso Diaz Dubois Duarte Ekberg Eriksen Evans Farah Ferrari Fischer Fontaine Foster Fuchs Garcia Gomez ' +
    'Graf Greco Gupta Haas Hansen Hassan Hayashi Hoffmann Holm Horvat Huang Hughes Ibrahim Ito Jansen Jensen Johansson ' +
    'Kaya Keller Khan Kim Koch Kovac Kowalski Kumar Lang Larsen Laurent Lehmann Lewis Lim Lopez Lund Marino Marsh Martin ' +
    'Mbeki Meier Mendes Meyer Moreau Morgan Moretti Mueller Nagy Nakamura Navarro Nguyen Nielsen Nowak Okafor Olsen ' +
    'Osei Otieno Palmer Park Patel Pereira Petrov Pham Popescu Price Ramos Reid Ricci Richter Rivera Romano Rossi Roux ' +
    'Ryan Saito Santos Sato Schmidt Schneider Shah Silva Singh Sousa Stein Suzuki Tanaka Torres Tran Turner Vargas ' +
    'Vogel Wagner Walsh Wang Weber Weiss Wilson Wolf Wong Wright Yamada Yilmaz Young Zhang Ziegler',
);

/** First words of companies' names. */
export const companyWords = words(
  'Alder Amber Anchor Arbor Ashford Atlas Aurora Banyan Basalt Beacon Birch Bluefin Boreal Bramble Bridge Calder Canyon ' +
    'Cedar Cinder Clover Cobalt Compass Copper Coral Crescent Delta Drift Dune Eastgate Elm Ember Falcon Fern Fjord Flint ' +
    'Foundry Garnet Glacier Granite Grove Harbour Hazel Helix Heron Horizon Indigo Iris Ironwood Jasper Juniper Keystone ' +
    'Lagoon Lantern Larch Laurel Lighthouse Linden Lumen Maple Marble Meadow Meridian Mistral Monarch Mosaic Nimbus Nordic ' +
    'Northgate Oakridge Obsidian Onyx Opal Orchard Osprey Pacific Palisade Pebble Pine Pioneer Quarry Quartz Raven Redwood ' +
    'Ridge River Rowan Saffron Sage Sequoia Sierra Silverline Slate Solstice Spruce Sterling Summit Tamarind Tern Thistle ' +
    'Timber Topaz Tundra Vantage Verdant Vertex Walnut Westbrook Willow Zephyr',
);

/** What a company does, and how such companies are called. */
export interface Industry {
  name: string;
  suffixes: readonly string[];
  technologies: readonly string[];
}

/** Lines of business. */
export const industries: Readonly<
  Record<'software' | 'logistics' | 'retail' | 'health' | 'manufacturing' | 'finance' | 'energy', Industry>
> = {
  software: {
    name: 'Software',
    suffixes: words('Software Labs Systems Cloud'),
    technologies: words('Kubernetes PostgreSQL Segment Stripe'),
  },
  logistics: {
    name: 'Logistics',
    suffixes: words('Logistics Freight Shipping Cargo'),
    technologies: words('SAP Oracle Shopware Zendesk'),
  },
  retail: {
    name: 'Retail',
    suffixes: words('Outfitters Market Goods Foods'),
    technologies: words('Shopify Klaviyo Stripe Zendesk'),
  },
  health: {
    name: 'Health care',
    suffixes: words('Health Medical Care Diagnostics'),
    technologies: words('Oracle Workday Zendesk Tableau'),
  },
  manufacturing: {
    name: 'Manufacturing',
    suffixes: words('Works Industries Tools Components'),
    technologies: words('SAP Siemens Tableau Workday'),
  },
  finance: {
    name: 'Financial services',
    suffixes: words('Capital Partners Insurance Advisors'),
    technologies: words('Salesforce Workday Tableau PostgreSQL'),
  },
  energy: {
    name: 'Energy',
    suffixes: words('Energy Power Solar Grid'),
    technologies: words('SAP Siemens Salesforce Oracle'),
  },
};

/** Where people and companies are; `phone` makes a number that is set aside for fiction, or none where there are none. */
export const places = [
  { country: 'US', city: 'Chicago', language: 'en', phone: '+1312555' },
  { country: 'US', city: 'Boston', language: 'en', phone: '+1617555' },
  { country: 'US', city: 'Denver', language: 'en', phone: '+1303555' },
  { country: 'US', city: 'Seattle', language: 'en', phone: '+1206555' },
  { country: 'GB', city: 'London', language: 'en', phone: '+44207946' },
  { country: 'GB', city: 'Manchester', language: 'en', phone: '+44161496' },
  { country: 'DE', city: 'Berlin', language: 'de', phone: undefined },
  { country: 'DE', city: 'Hamburg', language: 'de', phone: undefined },
  { country: 'AT', city: 'Vienna', language: 'de', phone: undefined },
  { country: 'NL', city: 'Utrecht', language: 'nl', phone: undefined },
  { country: 'FR', city: 'Lyon', language: 'fr', phone: undefined },
  { country: 'SE', city: 'Malmö', language: 'sv', phone: undefined },
] as const;

export type Place = (typeof places)[number];
