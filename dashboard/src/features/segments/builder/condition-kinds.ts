import type { Condition, ConditionKind } from '@coterie/rules';
import type { Vocabulary } from '../useVocabulary.js';
import { humanize } from '../../../ui/format.js';
import { askOf } from './operators.js';
import { newGroup, newRow, type TreeNode } from './tree.js';

/** Everything that can be asked, in people's words, for the menu that adds a condition. */

export interface Offer {
  label: string;
  hint?: string;
  icon: string;
  /** More that it is found by. */
  words?: string;
  make(): TreeNode;
}

/** What can be asked of one kind of thing. */
export interface Shelf {
  id: string;
  label: string;
  icon: string;
  /** Shown before anything is searched for; the others are found by their names alone. */
  offers: Offer[];
}

/** What a condition is about, for whoever hears it rather than sees it. */
export const kindNames: Record<ConditionKind, string> = {
  attribute: 'Attribute',
  event: 'Something they did',
  sequence: 'Sequence',
  signal: 'Signal',
  segment: 'Segment',
  list: 'List',
  lookalike: 'Lookalike',
  consent: 'Consent',
  identified: 'Identity',
  sample: 'Random share',
};

export const kindIcons: Record<ConditionKind, string> = {
  attribute: 'i-lucide-user-round',
  event: 'i-lucide-mouse-pointer-click',
  sequence: 'i-lucide-list-ordered',
  signal: 'i-lucide-radio',
  segment: 'i-lucide-group',
  list: 'i-lucide-list',
  lookalike: 'i-lucide-users-round',
  consent: 'i-lucide-shield-check',
  identified: 'i-lucide-at-sign',
  sample: 'i-lucide-dices',
};

export const companyIcon = 'i-lucide-building-2';

const row = (condition: Condition) => (): TreeNode => newRow(condition);

/** The shelves of the menu, from what marketers ask for most. */
export function shelvesOf(vocabulary: Vocabulary, ownSegment: string | undefined): Shelf[] {
  return [
    {
      id: 'did',
      label: 'Something they did',
      icon: kindIcons.event,
      offers: vocabulary.events.value.map(({ name, count }) => ({
        label: humanize(name),
        hint: `${count.toLocaleString('en')} recorded`,
        icon: kindIcons.event,
        words: name,
        make: row({ event: { name, window: { last: '30d' } } }),
      })),
    },
    attributeShelf(vocabulary, 'contact'),
    attributeShelf(vocabulary, 'company'),
    {
      id: 'member',
      label: 'In a segment or list',
      icon: kindIcons.segment,
      offers: vocabulary.segments.value
        .filter(({ id }) => id !== ownSegment)
        .map(({ id, name, kind }) => ({
          label: name,
          hint: kind === 'RULE' ? 'Segment' : 'List',
          icon: kind === 'RULE' ? kindIcons.segment : kindIcons.list,
          make: row(kind === 'RULE' ? { segment: id } : { list: id }),
        })),
    },
    { id: 'more', label: 'More to ask for', icon: 'i-lucide-shapes', offers: others(vocabulary) },
  ];
}

function attributeShelf(vocabulary: Vocabulary, subject: 'contact' | 'company'): Shelf {
  const isContact = subject === 'contact';
  const icon = isContact ? kindIcons.attribute : companyIcon;
  return {
    id: subject,
    label: isContact ? 'About the contact' : 'About its company',
    icon,
    offers: vocabulary.attributes.value
      .filter((attribute) => attribute.subject === subject && !attribute.archived)
      .map(({ key, label, type, description }) => ({
        label: isContact ? label : `Company: ${label}`,
        hint: type === 'text_list' ? 'list' : type,
        icon,
        words: `${key} ${description}`,
        make: row({ attribute: askOf(key, type) }),
      })),
  };
}

function others({ events, signals }: Vocabulary): Offer[] {
  const first = events.value[0]?.name ?? '';
  const second = events.value[1]?.name ?? '';
  return [
    {
      label: 'One thing after another',
      hint: 'sequence',
      icon: kindIcons.sequence,
      words: 'sequence then order journey',
      make: row({ sequence: { steps: [{ name: first }, { name: second }], within: '7d' } }),
    },
    {
      label: 'Consent',
      hint: 'e-mail, ads, phone, profiling',
      icon: kindIcons.consent,
      words: 'consent opt-in opted permission email ads withdrawn unsubscribed',
      make: row({ consent: { channel: 'email', state: 'granted' } }),
    },
    {
      label: 'Has an e-mail address or phone number',
      hint: 'identity',
      icon: kindIcons.identified,
      words: 'has email e-mail phone identified known',
      make: row({ identified: 'email' }),
    },
    {
      label: 'People of the company',
      hint: 'colleagues',
      icon: companyIcon,
      words: 'people colleagues coworkers account buying committee',
      make: () => newGroup('all', [newRow()], { match: 'any', negated: false }),
    },
    {
      label: 'Random share',
      hint: 'hold-out, test group',
      icon: kindIcons.sample,
      words: 'random sample share hold-out holdout control test group percent',
      make: row({ sample: { percent: 10, salt: 'hold-out' } }),
    },
    ...(signals.value.length > 0
      ? [
          {
            label: 'Signal of a third party',
            hint: 'intent, firmographics',
            icon: kindIcons.signal,
            words: 'signal intent third party',
            make: row({ signal: { name: '' } }),
          },
        ]
      : []),
    {
      label: 'Group of conditions',
      hint: 'any of several',
      icon: 'i-lucide-brackets',
      words: 'group or any none nested',
      make: () => newGroup('any', [newRow()]),
    },
  ];
}
