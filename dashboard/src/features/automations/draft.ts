import type {
  AutomationActionInput,
  AutomationGuardsInput,
  AutomationListChange,
  AutomationTrigger,
  FollowUpPriority,
} from '@coterie/client';

/** What an automation does, one after the other, as the form holds it. */
export type ActionDraft =
  | { kind: 'email'; destinationId: string; subject: string; html: string; text: string }
  | {
      kind: 'followUp';
      note: string;
      dueInDays: number;
      priority: FollowUpPriority;
      isCall: boolean;
      assigneeId: string | null;
    }
  | { kind: 'webhook'; destinationId: string; attributes: string[] }
  | { kind: 'list'; segmentId: string; change: AutomationListChange }
  | { kind: 'audience'; audienceId: string; change: AutomationListChange }
  | { kind: 'attribute'; key: string; value: string }
  | { kind: 'wait'; amount: number; unit: WaitUnit };
export type ActionKind = ActionDraft['kind'];
export type WaitUnit = 'minutes' | 'hours' | 'days';
export const minutesIn: Record<WaitUnit, number> = { minutes: 1, hours: 60, days: 1440 };

/** How often at most. */
interface CapDraft {
  on: boolean;
  most: number;
  days: number;
}

/** What keeps an automation from doing too much, as the form holds it. */
export interface GuardsDraft {
  once: boolean;
  mustRemain: boolean;
  byDefinition: boolean;
  cap: CapDraft;
  emailCap: CapDraft;
  quiet: { on: boolean; from: string; to: string };
  holdOut: number;
}

/** An automation that is being written. */
export interface AutomationDraft {
  name: string;
  segmentId: string | undefined;
  trigger: AutomationTrigger;
  /** With keys that stay while actions are moved. */
  actions: { key: number; action: ActionDraft }[];
  guards: GuardsDraft;
}

let nextKey = 0;
export const keyed = (action: ActionDraft) => ({ key: (nextKey += 1), action });

/** A new action of a kind, to be filled in. */
export const blankActions: { [Kind in ActionKind]: () => Extract<ActionDraft, { kind: Kind }> } = {
  email: () => ({ kind: 'email', destinationId: '', subject: '', html: '', text: '' }),
  followUp: () => ({
    kind: 'followUp',
    note: '',
    dueInDays: 1,
    priority: 'NORMAL',
    isCall: false,
    assigneeId: null,
  }),
  webhook: () => ({ kind: 'webhook', destinationId: '', attributes: [] }),
  list: () => ({ kind: 'list', segmentId: '', change: 'ADD' }),
  audience: () => ({ kind: 'audience', audienceId: '', change: 'ADD' }),
  attribute: () => ({ kind: 'attribute', key: '', value: '' }),
  wait: () => ({ kind: 'wait', amount: 1, unit: 'days' }),
};

/** An automation of which nothing is known yet. */
export function blankDraft(): AutomationDraft {
  return {
    name: '',
    segmentId: undefined,
    trigger: 'ENTER',
    actions: [],
    guards: toGuardsDraft({}),
  };
}

/** Actions as the API shows them: as they are stored. */
export type StoredAction = { kind: ActionKind } & Record<string, unknown>;

export const readActions = (json: string): StoredAction[] => JSON.parse(json) as StoredAction[];

/** A stored action as the form holds it. Enums are written small where they are stored. */
export function toActionDraft(stored: StoredAction): ActionDraft {
  const { kind, ...rest } = stored;
  if (kind === 'wait') return { kind, ...inLargestUnit(Number(rest['minutes'])) };
  if (kind === 'attribute')
    return { kind, key: String(rest['key']), value: rest['value'] == null ? '' : String(rest['value']) };
  const texts = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      if (name === 'change' || name === 'priority') return [name, String(value).toUpperCase()];
      return [name, name === 'assigneeId' ? value : (value ?? '')];
    }),
  );
  return { ...blankActions[kind](), ...texts } as ActionDraft;
}

/** 2880 minutes are 2 days. */
export function inLargestUnit(minutes: number): { amount: number; unit: WaitUnit } {
  const unit = (['days', 'hours', 'minutes'] as const).find((each) => minutes % minutesIn[each] === 0)!;
  return { amount: minutes / minutesIn[unit], unit };
}

/** Guards as the API shows them. */
export interface StoredGuards {
  once?: boolean;
  mustRemain?: boolean;
  byDefinition?: boolean;
  cap?: { runs: number; days: number } | null;
  emailCap?: { emails: number; days: number } | null;
  quietHours?: { from: string; to: string } | null;
  holdOut?: number;
}

export function toGuardsDraft(stored: StoredGuards): GuardsDraft {
  const { cap, emailCap, quietHours } = stored;
  return {
    once: stored.once ?? false,
    mustRemain: stored.mustRemain ?? true,
    byDefinition: stored.byDefinition ?? false,
    cap: { on: cap != null, most: cap?.runs ?? 1, days: cap?.days ?? 30 },
    emailCap: { on: emailCap != null, most: emailCap?.emails ?? 2, days: emailCap?.days ?? 7 },
    quiet: { on: quietHours != null, from: quietHours?.from ?? '20:00', to: quietHours?.to ?? '08:00' },
    holdOut: stored.holdOut ?? 0,
  };
}

/** An action as the API takes it. */
export function toActionInput(action: ActionDraft): AutomationActionInput {
  switch (action.kind) {
    case 'email': {
      const { destinationId, subject, html, text } = action;
      return { email: { destinationId, subject, html: html.trim() || null, text: text.trim() || null } };
    }
    case 'followUp': {
      const { kind: _kind, ...followUp } = action;
      return { followUp };
    }
    case 'webhook':
      return { webhook: { destinationId: action.destinationId, attributes: action.attributes } };
    case 'list':
      return { list: { segmentId: action.segmentId, change: action.change } };
    case 'audience':
      return { audience: { audienceId: action.audienceId, change: action.change } };
    case 'attribute':
      return { attribute: { key: action.key, value: action.value.trim() === '' ? null : action.value } };
    case 'wait':
      return { wait: { minutes: Math.round(action.amount * minutesIn[action.unit]) } };
  }
}

export function toGuardsInput({ cap, emailCap, quiet, ...rest }: GuardsDraft): AutomationGuardsInput {
  return {
    ...rest,
    cap: cap.on ? { most: cap.most, days: cap.days } : null,
    emailCap: emailCap.on ? { most: emailCap.most, days: emailCap.days } : null,
    quietHours: quiet.on ? { from: quiet.from, to: quiet.to } : null,
  };
}
