import 'reflect-metadata';
import { beforeAll, describe, expect, it } from 'vitest';
import { wire } from '../../api/src/app.js';
import { mostAttempts, lockMinutes } from '../../api/src/modules/access/sign-in.js';
import { sessionDays } from '../../api/src/modules/access/sessions.js';
import { callLimit } from '../../api/src/modules/email-engagement/webhook.routes.js';
import {
  mostComputedAttributes,
  mostCustomAttributes,
} from '../../api/src/modules/attributes/define-attributes.js';
import { postsPerMinute } from '../../api/src/modules/forms/form.routes.js';
import { postLimit } from '../../api/src/modules/forms/posted.js';
import { mailsPerDay } from '../../api/src/modules/forms/take-submission.js';
import { largestImport, mostColumns } from '../../api/src/modules/imports/upload-import.js';
import { eventLimits } from '../../api/src/modules/ingestion/check-event.js';
import { mostTraitAttributes } from '../../api/src/modules/ingestion/prepare-traits.js';
import { segmentLimits } from '../../api/src/modules/ingestion/segment-incoming.js';
import { largestSample } from '../../api/src/modules/segments/count-members.js';
import { overlapLimits } from '../../api/src/modules/segments/overlap-segments.js';
import { turnsAtATime } from '../../api/src/modules/segments/engine/engine.js';
import {
  sizeDays,
  transitionDays,
} from '../../api/src/modules/segments/membership/expire-segment-history.job.js';
import { mostInEvent } from '../../api/src/modules/segments/membership/follow-membership.js';
import { keptDays } from '../../api/src/modules/privacy/access-export.job.js';
import { answerDays } from '../../api/src/modules/privacy/privacy-request.js';
import {
  feedDays,
  messageDays,
  mostQuarantined,
} from '../../api/src/modules/retention/expire-records.job.js';
import { roles, scopes } from '../../api/src/platform/context.js';
import { failureCodes } from '../../api/src/platform/errors.js';
import { mostContacts } from '../../api/src/modules/contacts/contact.resolver.js';
import { mostEvents } from '../../api/src/modules/ingestion/event.types.js';
import { costs, limits } from '../../api/src/platform/graphql/limits.js';
import { largestPage } from '../../api/src/platform/graphql/pagination.js';
import { addGraphql } from '../../api/src/platform/graphql/server.js';
import { mostSubscriptions } from '../../api/src/platform/graphql/subscriptions.js';
import { addHealthRoutes } from '../../api/src/platform/http/health.js';
import { createHttpServer, statusOf } from '../../api/src/platform/http/server.js';
import { createLog } from '../../api/src/platform/log.js';
import { readSettings } from '../../api/src/settings.js';
import { codeIn, readMarkdown } from './markdown.js';

const reference = readMarkdown('api/README.md');

/** Everything wired together, with nothing opened. */
const log = createLog('silent');
const nowhere = 'postgres://127.0.0.1:1/nothing-is-opened';
const { services, modules, tenants } = wire(readSettings({}), { app: nowhere, system: nowhere }, { log });

/** A quantity as a document writes it: `1,000`, `512 MB`, `200 characters`. */
function numberIn(cell: string): number {
  const [, digits = '', unit = ''] = /^([\d,]+)(?: ([KM])B)?/u.exec(cell) ?? [];
  const factors: Record<string, number> = { K: 1024, M: 1024 ** 2 };
  return Number(digits.replaceAll(',', '')) * (factors[unit] ?? 1);
}

describe('api/README.md', () => {
  let server: ReturnType<typeof createHttpServer>;
  const routes: string[] = [];

  beforeAll(async () => {
    server = createHttpServer({ log, trustProxy: false });
    server.addHook('onRoute', ({ method, url }) => {
      routes.push(...[method].flat().map((name) => `${name} ${url}`));
    });
    addHealthRoutes(server, { databases: [tenants], cache: services.cache, isDraining: () => false });
    for (const module of modules) await module.routes?.(server);
    await addGraphql(server, services, modules);
    await server.ready();
    return () => server.close();
  });

  it('lists every error code with its status and its meaning', () => {
    const rows = reference.section('GraphQL').rows;
    expect(rows.map(([code, status, meaning]) => [codeIn(code), Number(status), meaning])).toEqual(
      Object.entries(failureCodes).map(([code, meaning]) => [
        code,
        statusOf[code as keyof typeof failureCodes],
        meaning,
      ]),
    );
  });

  it('lists every role and every scope', () => {
    const listed = reference.section('Who may do what').rows.map(([name]) => codeIn(name));
    expect(listed).toEqual([...roles.map((role) => role.toUpperCase()), ...scopes]);
  });

  it('names the limits as they are', () => {
    const listed = reference.section('Limits').rows.map(([what, most]) => [what, numberIn(most!)]);
    expect(Object.fromEntries(listed)).toEqual({
      'items on a page': largestPage,
      'items of a bulk mutation': mostContacts,
      'cost of a query: its fields, each as often as the pages around it can repeat it': limits.cost,
      'depth of a query': limits.depth,
      'aliases of a query': limits.aliases,
      'subscriptions of a connection': mostSubscriptions,
      'directives of a query': limits.directives,
      'tokens of a query': limits.tokens,
      'body of a GraphQL request': server.initialConfig.bodyLimit,
      'attributes that a workspace defines': mostCustomAttributes,
      'of them computed': mostComputedAttributes,
      'contacts in the sample of a preview': largestSample,
      'segments of an overlap': overlapLimits.most,
      'message of the tracking API': segmentLimits.event,
      'request of the tracking API, unpacked': segmentLimits.batch,
      'messages of a batch': segmentLimits.events,
      'name of an event': eventLimits.name,
      'target of an event, and any identifier': eventLimits.target,
      'properties of an event': eventLimits.propertiesBytes,
      'post of a form': postLimit,
      'posts of one address to one form in a minute': postsPerMinute,
      'mails that a form sends to one address in a day': mailsPerDay,
      'call of an e-mail webhook': callLimit,
      'CSV file': largestImport,
      'columns of a CSV file': mostColumns,
    });
    expect(reference.text).toContain(`${costs.preview} for \`previewSegment\` and for a readiness report`);
    expect(reference.text).toContain(`${costs.ruleChange.toLocaleString('en')} for \`previewRuleChange\``);
    expect(reference.text).toContain(`${costs.overlap} for each segment of a \`segmentOverlap\``);
    expect(reference.text).toContain(`${costs.explanation} for \`explainMembership\`, ${costs.count} for`);
    expect(reference.text).toContain(`takes ${turnsAtATime} counts at a time`);
    expect(costs.readiness).toBe(costs.preview);
    expect(mostEvents).toBe(mostContacts);
    expect(eventLimits.identifier).toBe(eventLimits.target);
  });

  it('names the durations of sessions and locks, and what traits may become, as they are', () => {
    expect(reference.text).toContain(`A session lasts ${sessionDays} days`);
    expect(reference.text).toContain(`locked for ${lockMinutes} minutes`);
    expect(mostAttempts).toBe(10);
    expect(reference.text).toContain(`until the workspace has ${mostTraitAttributes} attributes of its own`);
  });

  it('says for how long things are kept, and how many', () => {
    const kept = reference.section('How long things are kept').rows.map(([what, how]) => `${what}: ${how}`);
    const says = (what: string, how: string): void =>
      expect(
        kept.find((row) => row.includes(what)),
        what,
      ).toContain(how);
    says('ids of messages', `${messageDays} days`);
    says('events in quarantine', `90 days, and ${mostQuarantined.toLocaleString('en')} of a workspace`);
    says('the change feed', `${feedDays} days`);
    says('who entered a segment', `${transitionDays} days`);
    says(
      'sizes of segments',
      `after ${sizeDays.hours} days one an hour, after ${sizeDays.days} days one a day`,
    );
    expect(reference.text).toContain(`everything since, ${mostInEvent} at most in an event`);
    says('files of access requests', `${keptDays} days`);
    expect(reference.text).toContain(`due in ${answerDays} days`);
  });

  it('lists every route', () => {
    const listed = reference.section('Routes').rows.flatMap(([route]) => [...route!.matchAll(/`([^`]+)`/gu)]);
    const real = new Set(routes.filter((route) => !/^(HEAD|OPTIONS) /u.test(route)));
    expect(listed.map(([, route]) => route!).sort()).toEqual([...real].sort());
  });

  it('lists every job', () => {
    const listed = reference.section('Jobs').rows.map(([name]) => codeIn(name));
    const known = modules.flatMap(({ tasks, longTasks }) => Object.keys({ ...tasks, ...longTasks }));
    expect(listed.sort()).toEqual(known.sort());
  });
});
