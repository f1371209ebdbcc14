/** Runs turbo as it is, but for its telemetry. */
import { checkMachine, run } from './tools.mjs';

checkMachine();
run('turbo', process.argv.slice(2));
