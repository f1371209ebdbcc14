import type { CreateModule } from '../../platform/module.js';
import {
  CompanySignalsResolver,
  ContactSignalsResolver,
  signalLoaders,
  SignalResolver,
} from './signal.resolver.js';

export { recordSignals, type SignalOutcome, type SignalResult } from './record-signals.js';
export type { SignalInput } from './signal.js';

/** What third parties say of contacts and companies: intent and firmographic facts, with their source and age. */
export const createSignalsModule: CreateModule = ({ withWorkspace }) => {
  const loaders = signalLoaders(withWorkspace);
  return {
    resolvers: [
      new SignalResolver(withWorkspace),
      new ContactSignalsResolver(loaders),
      new CompanySignalsResolver(loaders),
    ],
  };
};
