import { z } from 'zod';
import {
  archiveAutomation,
  automationDefinition,
  changeAutomation,
  createAutomation,
  findAutomation,
  findAutomationNamed,
  type AutomationDefinition,
} from '../../automations/index.js';
import { readFilled } from './read-filled.js';
import type { PartType } from './part.js';

const filled = z
  .object({ ...automationDefinition.shape, segment: z.string() })
  .omit({ segmentId: true })
  .transform(({ segment, ...rest }): AutomationDefinition => ({ ...rest, segmentId: segment }));

/** Automations of a blueprint. One is made as a draft: whoever applies it decides whether it begins. */
export const automationPart: PartType<AutomationDefinition> = {
  define: (body, path) => readFilled(filled, body, path),
  async read(tx, id) {
    const automation = await findAutomation(tx, id);
    if (!automation) return undefined;
    const { name, segmentId, trigger, actions, guards, status } = automation;
    return {
      definition: { name, segmentId, trigger, actions, guards },
      isArchived: status === 'archived',
    };
  },
  find: (tx, name) => findAutomationNamed(tx, name),
  async create({ tx, editor }, definition) {
    return (await createAutomation(tx, definition, editor)).id;
  },
  async change({ tx, editor }, id, change) {
    const { version } = (await findAutomation(tx, id))!;
    await changeAutomation(tx, { id, version, change }, editor);
  },
  async archive({ tx, editor }, id) {
    await archiveAutomation(tx, id, editor);
  },
};
