import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { ActRecord } from '../../../src/agent/acts/act-files.ts';
import { openChaos } from '../../../src/agent/chaos/open-chaos.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../../src/specs/chaos/agent-settings.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

/** An agent whose acts are in memory. */
function openAgent(settings: ChaosSettings) {
  const open: ActRecord[] = [];
  const applied: string[] = [];
  const chaos = openChaos({
    ...{ agent: 'web-1', settings, program: [], stateFolder: '/nowhere' },
    servers: async () => [],
    host: {
      openActs: async () => [...open],
      readAct: async ({ runRef }) => open.find(({ act }) => act.runRef === runRef),
      admitRecord: async (record) => {
        open.push(record);
        return record;
      },
      applyRecord: async ({ act }) => {
        applied.push(act.runRef);
        return { applied: true, apply: {} as never, expiresAtMs: 0 };
      },
      runProbe: async () => ({ ok: true, detail: '', latencyMs: 0 }),
    },
  });
  return { applied, chaos };
}

const settings: ChaosSettings = {
  ...{
    longestMs: 60_000,
    hostFaults: ['cpu'],
    processes: [],
    networks: [],
    disks: [],
    proxies: [],
    copies: [],
  },
};

const cpu = (runRef: string) => ({
  ...{ contract: agentContract, agent: 'web-1', target: {}, act: { runRef, step: 1 } },
  ...{ fault: { type: 'cpu', load: 1, workers: 1 } as const, durationMs: 1_000, forMs: 5_000 },
});

it('injects only one of two faults that were examined at the same moment', async () => {
  const { applied, chaos } = openAgent(settings);
  const runs = ['run-of-staging', 'run-of-prod'];
  const results = await Promise.allSettled(
    runs.map((runRef) => chaos.injectFault(cpu(runRef), attempt)),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(String((results[1] as PromiseRejectedResult).reason)).toContain(
    'chaos cpu host is not over',
  );
  expect(applied).toEqual(['run-of-staging']);
});

it('finds the process of a fault whose act is not on record, and does not call it gone', async () => {
  const { chaos } = openAgent(settings);
  const lease = { runRef: `run-${process.pid}`, step: 1 };
  const disk = { type: 'disk', leave: 0.5 } as const;
  const asked = { ...cpu(lease.runRef), lease, fault: disk, target: { disk: 'data' } };
  const holder = spawn('sleep', ['60'], {
    env: { ...process.env, BELAY_CHAOS_FAULT: `web-1/${lease.runRef}/1` },
  });
  await once(holder, 'spawn');
  try {
    expect(await chaos.observeFault(asked, attempt)).toMatchObject({
      isThere: true,
      detail: `its act is not on record here, and process ${holder.pid} of it is still there; end it with: kill ${holder.pid}`,
    });
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  expect(await chaos.observeFault(asked, attempt)).toMatchObject({ isThere: false });
});

it('does not say of a network that it has no fault where it can look nowhere for it', async () => {
  const { chaos } = openAgent(settings);
  const loss = { type: 'loss', share: 1, direction: 'both' } as const;
  const asked = { ...cpu('run'), lease: { runRef: 'run', step: 1 }, fault: loss };
  await expect(
    chaos.observeFault({ ...asked, target: { network: 'shop' } }, attempt),
  ).rejects.toThrow('its act is not on record, and the settings have no shop');
});
