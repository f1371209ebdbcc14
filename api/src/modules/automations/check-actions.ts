import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import { compileTemplate, TemplateFault } from '../../platform/templates/template.js';
import { attributeCatalog, definitionFor, type AttributeCatalog } from '../attributes/index.js';
import { requireAudience } from '../audiences/index.js';
import { requireDestination, type DestinationKind } from '../destinations/index.js';
import { requireSegment } from '../segments/index.js';
import type { Action, ActionKind } from './automation.js';
import { contactKeyOf } from './contact-keys.js';
import type { AutomationDefinition } from './edit-automations.js';

/** Actions of one automation at most. */
export const mostActions = 20;

interface Checking<Kind extends ActionKind> {
  tx: WorkspaceTransaction;
  definition: AutomationDefinition;
  catalog: AttributeCatalog;
  action: Extract<Action, { kind: Kind }>;
  path: string;
}

/** What has to be true of each kind of action. */
const checks: { [Kind in ActionKind]: (checking: Checking<Kind>) => Promise<void> } = {
  async email({ tx, catalog, action, path }) {
    await requireKind(tx, action.destinationId, 'smtp', path);
    if (!action.html?.trim() && !action.text?.trim())
      throw invalid(`${path}.text`, 'The message says nothing: give it a text, or HTML.');
    try {
      for (const name of compileTemplate(action).variables) {
        const key = contactKeyOf(name);
        if (key !== undefined) requireAttribute(catalog, key, path);
        else if (!['workspace.name', 'unsubscribe_url'].includes(name))
          throw invalid(path, `The message asks for ${name}, which there is not.`);
      }
    } catch (error) {
      if (error instanceof TemplateFault) throw invalid(`${path}.${error.part}`, error.message);
      throw error;
    }
  },
  async followUp({ action, path }) {
    if (action.note.trim() === '') throw invalid(`${path}.note`, 'Say what is to be done.');
  },
  async webhook({ tx, catalog, action, path }) {
    await requireKind(tx, action.destinationId, 'webhook', path);
    for (const [index, key] of action.attributes.entries())
      requireAttribute(catalog, key, `${path}.attributes[${index}]`);
  },
  async list({ tx, definition, action, path }) {
    const { kind } = await requireSegment(tx, action.segmentId, `${path}.segmentId`);
    if (kind !== 'static')
      throw invalid(`${path}.segmentId`, 'Only a static segment is put together by hand.');
    if (action.segmentId === definition.segmentId)
      throw invalid(`${path}.segmentId`, 'It would set itself off: choose another list.');
  },
  async audience({ tx, action, path }) {
    const { segmentId, name } = await requireAudience(tx, action.audienceId, `${path}.audienceId`);
    const { kind } = await requireSegment(tx, segmentId, `${path}.audienceId`);
    if (kind !== 'static')
      throw invalid(
        `${path}.audienceId`,
        `${name} is made from a rule: change that, or choose one made from a list.`,
      );
  },
  async attribute({ catalog, action, path }) {
    const definition = requireAttribute(catalog, action.key, `${path}.key`);
    if (definition.computed) throw invalid(`${path}.key`, `${action.key} is computed.`);
  },
  async wait({ action, path }) {
    if (action.minutes < 1 || action.minutes > 60 * 24 * 365)
      throw invalid(`${path}.minutes`, 'It waits for a minute at least, and for a year at most.');
  },
};

/** Looks whether actions can be done. Throws INVALID_INPUT, or NOT_FOUND for what they name, with the place. */
export async function checkActions(
  tx: WorkspaceTransaction,
  definition: AutomationDefinition,
): Promise<void> {
  const { actions } = definition;
  if (actions.length === 0) throw invalid('input.actions', 'Say what is to be done.');
  if (actions.length > mostActions)
    throw new Failure('TOO_LARGE', `An automation does at most ${mostActions} things.`, {
      path: 'input.actions',
    });
  const catalog = await attributeCatalog(tx);
  for (const [index, action] of actions.entries()) {
    const check = checks[action.kind] as (checking: Checking<ActionKind>) => Promise<void>;
    await check({ tx, definition, catalog, action, path: `input.actions[${index}].${action.kind}` });
  }
}

async function requireKind(
  tx: WorkspaceTransaction,
  id: string,
  kind: DestinationKind,
  path: string,
): Promise<void> {
  const destination = await requireDestination(tx, id, `${path}.destinationId`);
  if (destination.kind !== kind)
    throw invalid(`${path}.destinationId`, `${destination.name} is a destination of another kind.`);
}

function requireAttribute(catalog: AttributeCatalog, key: string, path: string) {
  const definition = definitionFor(catalog, 'contact', key);
  if (!definition) throw invalid(path, `There is no attribute ${key}.`);
  return definition;
}

function invalid(path: string, message: string): Failure {
  return new Failure('INVALID_INPUT', message, { path });
}
