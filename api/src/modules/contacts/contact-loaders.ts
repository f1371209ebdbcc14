import DataLoader from 'dataloader';
import type { WithWorkspace, WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { perRequest } from '../../platform/graphql/loaders.js';
import { attributeCatalog, loadValues, showValues, type HeldAttributeType } from '../attributes/index.js';
import { identitiesOf, type OwnedIdentity } from './contact.repository.js';
import { toContactType, type ContactType } from './contact.types.js';
import { listMerges, type ContactMerge, type MergeCursor } from './merging/contact-merge.repository.js';
import { contactsByOrdinals, listContactsOfCompanies, type ContactRow } from './list-contacts.repository.js';

/** A page of a company's contacts. */
export interface CompanyPage {
  companyId: string;
  after: [createdAt: string, id: string] | undefined;
  limit: number;
}

/** A page of a contact's merges. */
export interface MergesPage {
  ordinal: number;
  after: MergeCursor | undefined;
  limit: number;
}

/** Reads what belongs to contacts by their ordinals, many contacts in one statement. */
export interface ContactLoaders {
  contact: DataLoader<number, ContactType | null>;
  identities: DataLoader<number, OwnedIdentity[]>;
  attributes: DataLoader<number, HeldAttributeType[]>;
  /** Pages of the merges that many contacts were part of: one statement for all pages that begin and end alike. */
  merges: DataLoader<MergesPage, ContactMerge[], string>;
  /** Pages of many companies' contacts: one statement for all pages that begin and end alike. */
  ofCompany: DataLoader<CompanyPage, ContactRow[], string>;
}

/** Makes the loaders of a request. */
export function contactLoaders(withWorkspace: WithWorkspace): ReturnType<typeof perRequest<ContactLoaders>> {
  return perRequest((workspaceId) => ({
    contact: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const rows = await contactsByOrdinals(tx, ordinals);
        const byOrdinal = new Map(rows.map((row) => [row.ordinal, toContactType(workspaceId, row)]));
        return ordinals.map((ordinal) => byOrdinal.get(ordinal) ?? null);
      }),
    ),
    identities: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const groups = Map.groupBy(await identitiesOf(tx, ordinals), (identity) => identity.ordinal);
        return ordinals.map((ordinal) => groups.get(ordinal) ?? []);
      }),
    ),
    attributes: new DataLoader((ordinals) =>
      withWorkspace(workspaceId, async (tx) => {
        const { contact: definitions } = await attributeCatalog(tx);
        const values = await loadValues(tx, 'contact', ordinals);
        return ordinals.map((ordinal) => showValues(definitions, values.get(ordinal) ?? new Map()));
      }),
    ),
    merges: new DataLoader((pages) => loadMerges(withWorkspace, workspaceId, pages), {
      cacheKeyFn: JSON.stringify,
    }),
    ofCompany: new DataLoader((pages) => loadContacts(withWorkspace, workspaceId, pages), {
      cacheKeyFn: JSON.stringify,
    }),
  }));
}

async function loadMerges(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly MergesPage[],
): Promise<ContactMerge[][]> {
  return loadPages(withWorkspace, workspaceId, pages, async (tx, group) => {
    const { after, limit } = group[0]!;
    const rows = await listMerges(
      tx,
      group.map((page) => page.ordinal),
      after,
      limit,
    );
    return group.map((page) => rows.get(page.ordinal) ?? []);
  });
}

async function loadContacts(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly CompanyPage[],
): Promise<ContactRow[][]> {
  return loadPages(withWorkspace, workspaceId, pages, async (tx, group) => {
    const { after, limit } = group[0]!;
    const companyIds = group.map((page) => page.companyId);
    const rows = await listContactsOfCompanies(tx, companyIds, after, limit);
    return group.map((page) => rows.get(page.companyId) ?? []);
  });
}

/** Loads pages, those that begin and end alike together. */
async function loadPages<Page extends { after: unknown; limit: number }, Row>(
  withWorkspace: WithWorkspace,
  workspaceId: string,
  pages: readonly Page[],
  load: (tx: WorkspaceTransaction, group: readonly Page[]) => Promise<Row[][]>,
): Promise<Row[][]> {
  const alike = ({ after, limit }: Page): string => JSON.stringify([after, limit]);
  return withWorkspace(workspaceId, async (tx) => {
    const rowsByPage = new Map<string, Row[]>();
    for (const group of Map.groupBy(pages, alike).values()) {
      const rows = await load(tx, group);
      group.forEach((page, index) => rowsByPage.set(JSON.stringify(page), rows[index]!));
    }
    return pages.map((page) => rowsByPage.get(JSON.stringify(page))!);
  });
}
