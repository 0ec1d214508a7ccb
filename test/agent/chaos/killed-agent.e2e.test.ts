import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { findFaultProcesses } from '../../../src/agent/chaos/fault-processes.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import { builtProgram } from '../../fixtures/built.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { DoomedJob } from './doomed-injector.ts';
import { FaultyHost } from './faulty-host.ts';

const leaseMs = 5_000;
/** What may be there after the lease. */
const lateMs = 5_000;

const worlds: FaultyHost[] = [];

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.dispose()));
});

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const injector = fileURLToPath(new URL('doomed-injector.ts', import.meta.url));

/** An agent of its own process, which has begun to inject. */
async function startInjecting(world: FaultyHost, fault: HostFault): Promise<ChildProcess> {
  const job: DoomedJob = {
    ...{ agent: world.agent, settings: world.settings(), fault, forMs: leaseMs },
    stateFolder: join(world.folder, 'state-of-the-doomed'),
    watchdog: await builtProgram('src/agent/watchdog/main'),
    program: await builtProgram('src/agent/chaos/main'),
  };
  const child = spawn(process.execPath, ['--import', loader, injector, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** By the kernel alone. */
function isThere(world: FaultyHost): boolean {
  return (
    world.state() === 'T' || findFaultProcesses().some(({ mark }) => mark.startsWith(world.agent))
  );
}

describe.each<HostFault>([{ type: 'freeze' }, { type: 'cpu', load: 0.2, workers: 2 }])(
  'a fault of the type $type whose agent is killed with SIGKILL',
  (fault) => {
    it('is gone soon after its lease, at whatever moment that was', async () => {
      const moments = [0, 50, 200, 500, 1_500];
      const ends = await Promise.all(
        moments.map(async (afterMs) => {
          const world = await FaultyHost.open();
          worlds.push(world);
          const agent = await startInjecting(world, fault);
          await delay(afterMs);
          agent.kill('SIGKILL');
          await once(agent, 'exit');
          // A watchdog that was just being started may still begin: its lease counts from there.
          await delay(leaseMs + lateMs);
          return { afterMs, isThere: isThere(world) };
        }),
      );
      expect(ends).toEqual(moments.map((afterMs) => ({ afterMs, isThere: false })));
    });
  },
);

describe('a fault whose agent was killed once it was there', () => {
  it('is there until then: its agent is not what keeps it', async () => {
    const world = await FaultyHost.open();
    worlds.push(world);
    const agent = await startInjecting(world, { type: 'freeze' });
    await eventually(async () => expect(isThere(world)).toBe(true));
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    expect(isThere(world)).toBe(true);
    await eventually(async () => expect(isThere(world)).toBe(false), leaseMs + lateMs);
  });
});
