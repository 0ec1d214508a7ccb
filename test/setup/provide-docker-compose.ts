import { join } from 'node:path';
import { buildModule, type GoModule } from '../../scripts/programs/build-module.ts';
import { goObstacle } from '../../scripts/programs/go-obstacle.ts';

const dockerCompose = {
  name: 'docker-compose/docker-compose',
  folder: join(import.meta.dirname, 'docker-compose'),
  packages: { 'docker-compose': 'github.com/docker/compose/v5/cmd' },
  linkFlags: '-s -w',
} satisfies GoModule;

/** The real docker-compose, built once from its pinned module; undefined where that cannot be. */
export async function provideDockerCompose(cache: string): Promise<string | undefined> {
  try {
    const obstacles = await goObstacle();
    if (obstacles.length > 0) throw new Error(obstacles.join('; '));
    return (await buildModule(dockerCompose, { cache, log }))['docker-compose'];
  } catch (error) {
    log(`no docker-compose: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
