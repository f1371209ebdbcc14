import type { Role, Scope } from '../../api/src/platform/context.js';
import type { HttpRequest } from './answers.js';
import type { Tenant } from './tenants.js';

/** A call of a route outside GraphQL. */
export interface RouteCall {
  /** Replaces `:id` and the like in the path. */
  parameters?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as JSON unless it is a text. */
  body?: unknown;
  contentType?: string;
}

/** How a route works for whoever may use it. */
export interface RouteControl {
  /** The role that it needs, null where only a key will do, and the scope. */
  role: Role | null;
  scope: Scope;
  /** Scopes that it needs as well. */
  beside?: readonly Scope[];
  call: (tenant: Tenant, fresh: string) => RouteCall;
}

const track: RouteControl['call'] = (t, fresh) => ({
  body: {
    userId: t.externalId,
    event: 'demo_requested',
    name: 'Pricing',
    groupId: t.companyExternalId,
    previousId: t.externalId,
    traits: { email: t.email },
    messageId: fresh,
  },
});
const tracking: RouteControl = { role: null, scope: 'events:write', call: track };
const batch: RouteControl = {
  ...tracking,
  call: (t, fresh) => ({ body: { batch: [{ type: 'track', ...(track(t, fresh).body as object) }] } }),
};

/** Routes for everybody: they take no id, or one that is published, and give away nothing of a tenant's. */
export const withoutIds = new Set([
  'GET /v1/projects/:writeKey/settings',
  'POST /v1/forms/:formId',
  'GET /v1/forms/:formId/token',
  'GET /v1/forms/:formId/confirm',
  'POST /v1/forms/:formId/confirm',
  'POST /v1/email/:sourceId',
]);

const contacts: RouteControl = {
  role: 'editor',
  scope: 'contacts:read',
  call: (t) => ({ query: { workspaceId: t.workspaceId } }),
};
const members: RouteControl = {
  role: 'editor',
  scope: 'segments:read',
  beside: ['contacts:read'],
  call: (t) => ({ parameters: { id: t.segmentId }, query: { workspaceId: t.workspaceId } }),
};

/** One line for each route below `/v1`; the suite fails when there is one without. */
export const routeControls: Record<string, RouteControl> = {
  'POST /v1/imports': {
    role: 'editor',
    scope: 'contacts:write',
    call: (t) => ({
      query: { workspaceId: t.workspaceId },
      body: `Email\n${t.email}\n`,
      contentType: 'text/csv',
    }),
  },
  'GET /v1/imports/:id/rejected.csv': {
    role: 'editor',
    scope: 'contacts:write',
    call: (t) => ({ parameters: { id: t.importId }, query: { workspaceId: t.workspaceId } }),
  },
  'GET /v1/contacts.csv': contacts,
  'GET /v1/contacts.ndjson': contacts,
  'GET /v1/segments/:id/members.csv': members,
  'GET /v1/segments/:id/members.ndjson': members,
  'GET /v1/audiences/:id/file.csv': {
    role: 'editor',
    scope: 'audiences:write',
    call: (t) => ({ parameters: { id: t.audienceId }, query: { workspaceId: t.workspaceId } }),
  },
  'GET /v1/seed-lists/:id/file.csv': {
    role: 'editor',
    scope: 'audiences:write',
    call: (t) => ({ parameters: { id: t.seedListId }, query: { workspaceId: t.workspaceId } }),
  },
  'GET /v1/privacy-requests/:id/file.ndjson': {
    role: 'admin',
    scope: 'contacts:read',
    call: (t) => ({ parameters: { id: t.accessRequestId }, query: { workspaceId: t.workspaceId } }),
  },
  'POST /v1/identify': tracking,
  'POST /v1/i': tracking,
  'POST /v1/track': tracking,
  'POST /v1/t': tracking,
  'POST /v1/page': tracking,
  'POST /v1/p': tracking,
  'POST /v1/screen': tracking,
  'POST /v1/s': tracking,
  'POST /v1/group': tracking,
  'POST /v1/g': tracking,
  'POST /v1/alias': tracking,
  'POST /v1/a': tracking,
  'POST /v1/batch': batch,
  'POST /v1/b': batch,
};

/** Writes the call of a route down. */
export function requestFor(route: string, call: RouteCall): HttpRequest {
  const { parameters = {}, query = {}, body, contentType = 'application/json' } = call;
  const [method = '', pattern = ''] = route.split(' ');
  const path = pattern.replace(/:(\w+)/g, (_all, name: string) => encodeURIComponent(parameters[name] ?? ''));
  const search = new URLSearchParams(query).toString();
  return {
    method,
    path: search ? `${path}?${search}` : path,
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': contentType },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  };
}
