import type {
  AutomationReason,
  AutomationRunStatus,
  AutomationStatus,
  AutomationStepOutcome,
  AutomationTrigger,
} from '@coterie/client';
import { formatQuantity, formatShare } from '../../ui/format.js';
import { inLargestUnit, type ActionKind, type StoredAction, type StoredGuards } from './draft.js';

type Color = 'success' | 'info' | 'warning' | 'error' | 'neutral';

export const automationStates: Record<AutomationStatus, { label: string; color: Color }> = {
  DRAFT: { label: 'Draft', color: 'neutral' },
  ACTIVE: { label: 'Active', color: 'success' },
  PAUSED: { label: 'Paused', color: 'warning' },
  ARCHIVED: { label: 'Archived', color: 'neutral' },
};

export const runStates: Record<AutomationRunStatus, { label: string; color: Color }> = {
  DONE: { label: 'Done', color: 'success' },
  DUE: { label: 'Under way', color: 'info' },
  FAILED: { label: 'Failed', color: 'error' },
  SKIPPED: { label: 'Skipped', color: 'neutral' },
};

export const outcomeNames: Record<AutomationStepOutcome, string> = {
  DONE: 'done',
  SENDING: 'being handed over',
  SKIPPED: 'skipped',
  FAILED: 'failed',
  IN_DOUBT: 'may have been sent',
};

/** Why a run, or a step of it, came to nothing. */
export const reasonNames: Record<AutomationReason, string> = {
  ALREADY: 'Went through it before',
  ARCHIVED: 'The automation was archived',
  BOUNCED: 'The mail server does not know the address',
  CAPPED: 'Has had as much as the cap allows',
  CONTACT_GONE: 'The contact was deleted',
  HELD_OUT: 'Held out for comparison',
  IN_DOUBT: 'May have been sent, and is not sent again',
  LEFT: 'Is not where the trigger put it any more',
  NO_ADDRESS: 'Has no e-mail address',
  NO_CONSENT: 'Did not agree to it',
  REFUSED: 'It was refused',
  SUPPRESSED: 'Is suppressed',
};

export const triggerNames: Record<AutomationTrigger, string> = {
  ENTER: 'enters',
  EXIT: 'leaves',
};

export const actionKinds: Record<ActionKind, { label: string; icon: string }> = {
  email: { label: 'Send an e-mail', icon: 'i-lucide-mail' },
  followUp: { label: 'Ask sales to follow up', icon: 'i-lucide-list-checks' },
  webhook: { label: 'Tell a webhook', icon: 'i-lucide-webhook' },
  list: { label: 'Change a list', icon: 'i-lucide-list-plus' },
  audience: { label: 'Change an audience', icon: 'i-lucide-megaphone' },
  attribute: { label: 'Set an attribute', icon: 'i-lucide-tag' },
  wait: { label: 'Wait', icon: 'i-lucide-hourglass' },
};

/** How long, for people: 2 days. */
export function waitOf(minutes: number): string {
  const { amount, unit } = inLargestUnit(minutes);
  return formatQuantity(amount, unit.slice(0, -1));
}

/** Names of what actions refer to. */
export type NameOf = (id: unknown) => string;

/** What a stored action does, in a sentence without its end. */
export function describeAction(action: StoredAction, nameOf: NameOf): string {
  const isRemoval = action['change'] === 'remove';
  switch (action.kind) {
    case 'email':
      return `Send “${String(action['subject'])}” by ${nameOf(action['destinationId'])}`;
    case 'followUp':
      return `${action['isCall'] ? 'Ask sales to call' : 'Ask sales to follow up'} within ${formatQuantity(Number(action['dueInDays']), 'day')}: ${String(action['note'])}`;
    case 'webhook':
      return `Tell ${nameOf(action['destinationId'])}`;
    case 'list':
      return `${isRemoval ? 'Take off' : 'Put on'} ${nameOf(action['segmentId'])}`;
    case 'audience':
      return `${isRemoval ? 'Take out of' : 'Put into'} ${nameOf(action['audienceId'])}`;
    case 'attribute':
      return action['value'] == null
        ? `Clear ${nameOf(action['key'])}`
        : `Set ${nameOf(action['key'])} to ${String(action['value'])}`;
    case 'wait':
      return `Wait ${waitOf(Number(action['minutes']))}`;
  }
}

/** Whom `mustRemain` passes over. */
export const passedOver: Record<AutomationTrigger, string> = {
  ENTER: 'Skip whoever has left the segment again',
  EXIT: 'Skip whoever has come back to the segment',
};

/** What keeps an automation from doing too much, a sentence each. */
export function describeGuards(
  guards: StoredGuards,
  { trigger, timeZone }: { trigger: AutomationTrigger; timeZone: string },
): string[] {
  const { cap, emailCap, quietHours, holdOut = 0 } = guards;
  return [
    ...(guards.once ? ['Each contact once, however often it comes'] : []),
    ...(guards.mustRemain ? [passedOver[trigger]] : []),
    ...(guards.byDefinition ? ['Also when the rule of the segment is changed'] : []),
    ...(cap
      ? [`At most ${formatQuantity(cap.runs, 'time')} a contact in ${formatQuantity(cap.days, 'day')}`]
      : []),
    ...(emailCap
      ? [
          `At most ${formatQuantity(emailCap.emails, 'e-mail')} a contact in ${formatQuantity(emailCap.days, 'day')}, of all automations together`,
        ]
      : []),
    ...(quietHours ? [`Nothing between ${quietHours.from} and ${quietHours.to}, in ${timeZone}`] : []),
    ...(holdOut > 0 ? [`${formatShare(holdOut / 100)} held out for comparison`] : []),
  ];
}
