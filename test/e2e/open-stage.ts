import type { Browser } from 'playwright-core';
import { createAgency, type Agency, type ClientName } from '../support/agency.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { newEmail, Person } from '../support/person.js';
import { enter, openBrowser, openVisitor, type Visitor } from './browser.js';

/** A Coterie with an agency, whose own network is this machine, and a browser in front of it. */
export interface Stage {
  app: TestApp;
  agency: Agency;
  /** The address of a page of a workspace. */
  at(path: string, workspace?: ClientName): string;
  /** A window of the agency's owner, or of somebody else. */
  visit(person?: Person): Promise<Visitor>;
  /** A new member of the agency, with a role in its largest workspace. */
  member(role: string): Promise<Person>;
  /** Asks the API as the owner; `$w` is the largest workspace. */
  ask<Data>(query: string, variables?: object): Promise<Data>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const app = await startTestApp({ privateNetworks: ['127.0.0.0/8'] });
  const [browser, agency]: [Browser, Agency] = await Promise.all([openBrowser(), createAgency(app.url)]);
  const large = agency.workspaces['Northwind Analytics'];
  return {
    app,
    agency,
    at: (path, workspace = 'Northwind Analytics') => `/w/${agency.workspaces[workspace]}/${path}`,
    async visit(person = agency.owner) {
      const visitor = await openVisitor(browser, app.url);
      await enter(visitor, person.cookie);
      return visitor;
    },
    async member(role) {
      const { inviteMember } = await agency.owner.query<{ inviteMember: { token: string } }>(
        `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
           inviteMember(organizationId: $organizationId, input: $input) { token } }`,
        {
          organizationId: agency.organizationId,
          input: { email: newEmail(), workspaces: [{ workspaceId: large, role }] },
        },
      );
      const member = new Person(app.url);
      await member.query(
        'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }',
        { input: { token: inviteMember.token, name: 'Noor Haddad', password: 'correct horse battery' } },
      );
      return member;
    },
    ask: (query, variables = {}) => agency.owner.query(query, { w: large, ...variables }),
    async close() {
      await browser.close();
      await app.close();
    },
  };
}
