import { loadConfig } from '../../src/config/load-config.ts';
import { locateTemporal, locateTestServer } from '../../src/embedded/locate.ts';

/** Fetches the Temporal programs once, so that test files do not fetch them side by side. */
export async function setup(): Promise<void> {
  const { cache } = loadConfig();
  await locateTemporal({ cache });
  await locateTestServer({ cache });
}
