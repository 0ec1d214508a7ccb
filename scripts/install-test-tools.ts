/** What tests of backups run: PostgreSQL, pgBackRest and restic, as the system's packages have them. */
import { installHostTools } from '../src/embedded/host-tools/install-host-tools.ts';

if (process.platform === 'linux') {
  const found = await installHostTools({ log: (line) => process.stderr.write(`${line}\n`) });
  const missing = found.filter(({ problem }) => problem !== undefined);
  for (const { tool, problem } of missing) {
    process.stderr.write(`tests that need ${tool.name} are skipped: ${problem ?? ''}\n`);
  }
}
