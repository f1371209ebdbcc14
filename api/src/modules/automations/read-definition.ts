import { z } from 'zod';
import type { Action, Guards } from './automation.js';
import { mostActions } from './check-actions.js';

// The same limits as those of the inputs in automation.types.ts, for definitions that come as documents.
const id = z.string();
const text = (most: number) => z.string().max(most);
const change = z.enum(['add', 'remove']);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time is written as 08:30.');
const nothing = null;

const action = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    destinationId: id,
    subject: text(1_000),
    html: text(100_000).nullable().default(nothing),
    text: text(100_000).nullable().default(nothing),
  }),
  z.strictObject({
    kind: z.literal('followUp'),
    assigneeId: z.uuid().nullable().default(nothing),
    dueInDays: z.int().min(0).max(365).default(1),
    priority: z.enum(['low', 'normal', 'high']).default('normal'),
    note: text(2_000),
    isCall: z.boolean().default(false),
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    destinationId: id,
    attributes: z.array(text(100)).max(50).default([]),
  }),
  z.strictObject({ kind: z.literal('list'), segmentId: id, change }),
  z.strictObject({ kind: z.literal('audience'), audienceId: id, change }),
  z.strictObject({
    kind: z.literal('attribute'),
    key: text(100),
    value: z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]),
  }),
  z.strictObject({ kind: z.literal('wait'), minutes: z.int() }),
]) satisfies z.ZodType<Action>;

const days = z.int().min(1).max(365);
const most = z.int().min(1).max(1_000);

const guards = z.strictObject({
  byDefinition: z.boolean().default(false),
  once: z.boolean().default(false),
  mustRemain: z.boolean().default(true),
  cap: z.strictObject({ runs: most, days }).nullable().default(nothing),
  emailCap: z.strictObject({ emails: most, days }).nullable().default(nothing),
  quietHours: z.strictObject({ from: timeOfDay, to: timeOfDay }).nullable().default(nothing),
  holdOut: z.number().min(0).max(50).default(0),
}) satisfies z.ZodType<Guards>;

/** The form of an automation's definition in a document: as it is stored, with the usual for what is left out. */
export const automationDefinition = z.object({
  name: z.string(),
  segmentId: id,
  trigger: z.enum(['enter', 'exit']),
  actions: z.array(action).min(1).max(mostActions),
  guards,
});
