import { join } from 'node:path';
import { buildModule, type GoModule } from '../programs/build-module.ts';
import { goObstacle } from '../programs/go-obstacle.ts';

const toxiproxy = {
  name: 'tests/toxiproxy',
  folder: join(import.meta.dirname, 'module'),
  packages: { toxiproxy: 'github.com/Shopify/toxiproxy/v2/cmd/server' },
  linkFlags: '-s -w',
} satisfies GoModule;

/** The real Toxiproxy, built once from its pinned module; undefined where that cannot be. */
export async function provideToxiproxy(cache: string): Promise<string | undefined> {
  try {
    const obstacles = await goObstacle();
    if (obstacles.length > 0) throw new Error(obstacles.join('; '));
    return (await buildModule(toxiproxy, { cache, log })).toxiproxy;
  } catch (error) {
    log(`no Toxiproxy: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
