import { describePage } from './pages.js';
import { enqueue } from './queue.js';
import { sendSoon } from './sender.js';
import { anonymousId, becomeUser, newId, recall, remember, touchKey, userId, userKey } from './visitor.js';

/** What is known of a person or a company: texts, numbers, flags, dates, or lists of them; null takes a value away. */
export type Traits = Record<string, unknown>;

/** What is known of a deed: anything that JSON can say. */
export type Properties = Record<string, unknown>;

/** One call of Segment's protocol, before it is known who made it. */
export interface Call {
  type: 'identify' | 'track' | 'page' | 'group' | 'alias';
  userId?: string | undefined;
  previousId?: string | undefined;
  groupId?: string | undefined;
  event?: string;
  name?: string | undefined;
  traits?: Traits | undefined;
  properties?: Properties | undefined;
}

/** A call with when it was made and on which page. */
export interface DatedCall extends Call {
  timestamp: string;
  context: { page: Properties };
}

/** Adds when and where a call was made. A copy: what the page changes in it later is not what was told. */
export function dated(call: Call): DatedCall {
  const whole = { ...call, timestamp: new Date(), context: { page: describePage() } };
  return JSON.parse(JSON.stringify(whole)) as DatedCall;
}

/** Adds by whom a call was made and what brought them here, and sends it. Only with consent. */
export function record(call: DatedCall): void {
  if (call.type === 'alias') {
    call.previousId ??= userId() ?? anonymousId();
    remember(userKey, call.userId);
  } else if (call.userId) becomeUser(call.userId);
  const messageId = newId();
  const who = { messageId, anonymousId: anonymousId(), userId: userId() };
  const context = { ...call.context, campaign: recall(touchKey) };
  enqueue(JSON.stringify({ ...who, ...call, context }), messageId);
  sendSoon();
}
