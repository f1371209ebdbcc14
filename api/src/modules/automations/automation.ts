import type { Channel } from '@coterie/rules';

/** What sets an automation off. */
export type Trigger = 'enter' | 'exit';
export type AutomationStatus = 'draft' | 'active' | 'paused' | 'archived';
export type Priority = 'low' | 'normal' | 'high';

/** One thing that happens, as it is stored. */
export type Action =
  | { kind: 'email'; destinationId: string; subject: string; html: string | null; text: string | null }
  | {
      kind: 'followUp';
      /** A member; null for whoever takes it. */
      assigneeId: string | null;
      dueInDays: number;
      priority: Priority;
      note: string;
      /** Whether it is a call, for which the contact must have consented to be telephoned. */
      isCall: boolean;
    }
  | { kind: 'webhook'; destinationId: string; attributes: readonly string[] }
  | { kind: 'list'; segmentId: string; change: 'add' | 'remove' }
  | { kind: 'audience'; audienceId: string; change: 'add' | 'remove' }
  | { kind: 'attribute'; key: string; value: string | number | boolean | readonly string[] | null }
  | { kind: 'wait'; minutes: number };
export type ActionKind = Action['kind'];

/** What keeps an automation from doing too much. */
export interface Guards {
  /** Also when the rule of the segment was changed, rather than the contact. */
  byDefinition: boolean;
  /** Each contact once, however often it comes. */
  once: boolean;
  /** A run of a contact is skipped when it is not where the trigger put it any more. */
  mustRemain: boolean;
  /** Runs of one contact in this automation at most. */
  cap: { runs: number; days: number } | null;
  /** Messages to one contact at most, of all automations together. */
  emailCap: { emails: number; days: number } | null;
  /** In the workspace's time zone, `HH:MM`; what falls in them waits until they end. */
  quietHours: { from: string; to: string } | null;
  /** Per cent of contacts with whom nothing is done, for comparison: always the same ones. */
  holdOut: number;
}

/** An automation as it is stored. */
export interface Automation {
  id: string;
  name: string;
  segmentId: string;
  trigger: Trigger;
  actions: readonly Action[];
  guards: Guards;
  status: AutomationStatus;
  version: number;
  /** The transition of the segment that was looked at last; null before it was ever active. */
  place: number | null;
  trouble: string | null;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  activatedAt: Date | null;
}

/** Why a run, or one action of it, came to nothing; null where it did not. */
export const reasons = {
  HELD_OUT: 'Is one of those with whom nothing is done, for comparison.',
  ALREADY: 'Went through this automation before, and each goes once.',
  CAPPED: 'Has had as much as the cap allows.',
  LEFT: 'Is not where the trigger put it any more.',
  CONTACT_GONE: 'The contact was deleted.',
  NO_CONSENT: 'Has not consented to be reached on the channel.',
  SUPPRESSED: 'Is suppressed on the channel.',
  NO_ADDRESS: 'Has no address for it.',
  BOUNCED: 'The mail server does not know the address.',
  REFUSED: 'What was to be done was refused.',
  IN_DOUBT:
    'The process ended while the message was handed over: it may have been sent, and is not sent again.',
  ARCHIVED: 'The automation was archived.',
} as const;
export type Reason = keyof typeof reasons;

/** The channel that an action uses, for which consent must be given. */
export function channelOf(action: Action): Channel | null {
  if (action.kind === 'email') return 'email';
  return action.kind === 'followUp' && action.isCall ? 'phone' : null;
}
