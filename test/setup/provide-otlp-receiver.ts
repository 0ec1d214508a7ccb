import { join } from 'node:path';
import { buildModule, type GoModule } from '../../scripts/programs/build-module.ts';
import { goObstacle } from '../../scripts/programs/go-obstacle.ts';

const receiver = {
  name: 'tests/otlp-receiver',
  folder: join(import.meta.dirname, '../telemetry/otlp-receiver'),
  packages: { 'otlp-receiver': '.' },
  linkFlags: '-s -w',
} satisfies GoModule;

/** The OpenTelemetry Collector's own receiver of traces; undefined where it cannot be built. */
export async function provideOtlpReceiver(cache: string): Promise<string | undefined> {
  try {
    const obstacles = await goObstacle();
    if (obstacles.length > 0) throw new Error(obstacles.join('; '));
    return (await buildModule(receiver, { cache, log }))['otlp-receiver'];
  } catch (error) {
    log(`no receiver of traces: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
