/** What is left of the hosts of the benchmark of kills. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DoomedHost } from '../../bench/chaos/kills/doomed-host.ts';
import { eventually } from '../fixtures/eventually.ts';

const freeze = { written: { type: 'freeze' }, target: { process: 'web' } } as const;

function aSystem(startAgent: (folder: string) => Promise<number>) {
  const closing: (() => Promise<void>)[] = [];
  let [folder, pid] = ['', 0];
  return {
    startAgent: async (_: string, settings: string) => {
      folder = dirname(settings);
      pid = Number(readFileSync(join(folder, 'web.pid'), 'utf8'));
      return startAgent(folder);
    },
    whenRemoved: (close: () => Promise<void>) => void closing.push(close),
    remove: () => Promise.all(closing.map((close) => close())),
    target: () => pid,
    isThere: () => existsSync(folder) || existsSync(`/proc/${pid}/stat`),
  };
}

/** Its agent is a process that does not exist. */
const noAgent = async () => 2 ** 30;

describe('a host of the benchmark of kills', () => {
  it('leaves neither its process nor its files where it could not be opened', async () => {
    const system = aSystem(() => Promise.reject(new Error('the agent does not start')));
    await expect(DoomedHost.open(system, freeze, 'freeze-agent-0')).rejects.toThrow('the agent');
    expect(system.target()).toBeGreaterThan(1);
    await eventually(async () => expect(system.isThere()).toBe(false));
  });

  it('ends with the system, also where the measurement does not close it', async () => {
    const system = aSystem(noAgent);
    const host = await DoomedHost.open(system, freeze, 'freeze-agent-0');
    expect(system.isThere()).toBe(true);
    process.kill(system.target(), 'SIGSTOP');
    await system.remove();
    await eventually(async () => expect(system.isThere()).toBe(false));
    await host.close();
  });
});
