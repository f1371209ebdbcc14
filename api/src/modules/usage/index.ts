import type { CreateModule, Services } from '../../platform/module.js';
import { repeat } from '../../platform/repeat.js';
import type { Quotas } from '../../platform/usage.js';
import { QuotaBook } from './quota-book.js';
import { OrganizationUsageResolver, WorkspaceUsageResolver } from './usage.resolver.js';
import { usageEvery, writeUsage } from './write-usage.js';

export { listQuotas } from './usage.repository.js';
export { UsageQuotaType } from './usage.types.js';

type Core = Pick<Services, 'withWorkspace' | 'directory' | 'meter' | 'clock' | 'log'>;

/** What is used, and how much of it may be: the quotas that operations ask for, and the module that tells of them. */
export function createUsage(core: Core): { quotas: Quotas; createModule: CreateModule } {
  const book = new QuotaBook(core);
  const services = { ...core, book };
  const write = (): Promise<void> =>
    writeUsage(core.meter, core.withWorkspace, (workspaceId) => book.forget(workspaceId));
  const createModule: CreateModule = () => ({
    resolvers: [new WorkspaceUsageResolver(services), new OrganizationUsageResolver(services)],
    start() {
      const complain = (error: unknown): void =>
        core.log.warn({ err: error }, 'what was used could not be written; it is kept');
      return repeat(usageEvery, () => write(), complain).stop;
    },
  });
  return { quotas: book, createModule };
}
