/** `pnpm start [all|http|worker]`: builds what changed and runs Coterie in this process. `--dev` runs from source. */
import { join } from 'node:path';
import { checkMachine, root, run } from './tools.mjs';

checkMachine();
if (process.argv.includes('--dev')) {
  run('turbo', ['run', 'build', '--filter=@coterie/api^...', '--output-logs=errors-only']);
  run('node', ['--watch', '--import', '@oxc-node/core/register', 'src/main.ts'], { cwd: join(root, 'api') });
} else {
  const parts = ['--filter=@coterie/api', '--filter=@coterie/dashboard'];
  run('turbo', ['run', 'build', ...parts, '--output-logs=errors-only', '--log-order=grouped']);
  process.chdir(root);
  await import('../../api/dist/main.js');
}
