import type { Config } from '../../config/config.ts';
import { startMachine, workerStopGraceMs, type Machine } from '../../embedded/machine.ts';
import { findOrphans, stopOrphans } from '../../embedded/orphans.ts';
import { OwnUpRecord } from '../../embedded/up-record.ts';
import { remark } from '../output.ts';
import { aborted, onStopSignals } from './stop-signals.ts';
import { showUp } from './screen.ts';

export interface UpOptions {
  temporalPort?: number;
  uiPort?: number;
  gatewayPort?: number;
  json?: boolean;
}

/** Starts everything and stays until it is told to stop. */
export async function runInForeground(config: Config, options: UpOptions): Promise<void> {
  const { home } = config;
  const record = await OwnUpRecord.claim(home);
  const signal = onStopSignals({ force: () => killAll(home) });
  try {
    const orphans = await findOrphans(home);
    await stopOrphans(orphans, { graceMs: workerStopGraceMs(config), home, log: remark });
    const machine = await startMachine({
      config,
      ...options,
      signal,
      log: remark,
      onSpawn: (name, identity) => record.update({ children: { [name]: identity } }),
    }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (machine) await stayUntilStopped(machine, { config, options, record, signal });
  } finally {
    await record.remove();
  }
  remark('Stopped. Rollouts and services are kept; `belay up` goes on with them.');
}

interface Stay {
  config: Config;
  options: UpOptions;
  record: OwnUpRecord;
  signal: AbortSignal;
}

async function stayUntilStopped(machine: Machine, { config, options, record, signal }: Stay) {
  const { temporal, platformUrl, gateway } = machine;
  const up = { temporal, platformUrl, gateway };
  await record.update({ ready: true, ...up });
  showUp(up, { config, options, stopWith: 'Ctrl-C, or from elsewhere: belay down' });
  await aborted(signal);
  remark(
    'Stopping: the gateway and the agent, then the worker with what it holds, then the rest. Ctrl-C again forces it.',
  );
  await machine.stop();
}

/** No order, no grace. What the platform's replicas leave, the next `belay up` takes up again. */
async function killAll(home: string): Promise<void> {
  const parts = await findOrphans(home);
  await stopOrphans(parts, { graceMs: 0, home, log: () => undefined });
}
