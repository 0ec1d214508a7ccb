import { loadConfig } from '../../src/config/load-config.ts';
import { isServerBuilt, obstacles } from '../../scripts/temporal-on-postgres/programs.ts';

/** Why these tests are skipped; undefined where they are run. Building the server takes minutes. */
export async function reasonToSkip(): Promise<string | undefined> {
  const found = await obstacles();
  if (found.length > 0) return found.join('; ');
  const isAskedFor = process.env['BELAY_PROOFS'] !== undefined;
  if (isAskedFor || (await isServerBuilt(loadConfig().cache))) return undefined;
  return 'the server is not built yet; `scripts/test temporal` builds it';
}
