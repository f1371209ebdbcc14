/**
 * How long the start command takes to load the whole demonstration into an empty database, in a process of its own and
 * over the public API; a minute is asked for.
 */
import prepareServers from '../../test/support/servers.js';
import { startDemonstration } from './support/demonstration.js';
import { judge, report } from './support/report.js';

/** In seconds. */
const asked = 60;

const stopServers = await prepareServers();
try {
  const demonstration = await startDemonstration(10 * asked);
  const { seconds, contacts, companies, events } = demonstration;
  await demonstration.stop();
  const none = { ratio: null, target: null };
  const figure = (metric: string, value: number, unit: string) => ({
    case: 'demonstration',
    metric,
    value,
    unit,
  });
  report(
    judge('demo', [
      { ...figure('from ready to loaded', seconds, 's'), ratio: asked / seconds, target: 1 },
      { ...figure('contacts', contacts, 'rows'), ...none },
      { ...figure('companies', companies, 'rows'), ...none },
      { ...figure('events', events, 'rows'), ...none },
    ]),
    process.argv.includes('--json'),
  );
} finally {
  await stopServers();
}
