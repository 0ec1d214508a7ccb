import { ScratchDisk } from '../../../scripts/faulty-host/scratch-disk.ts';
import { faultsOf } from '../../../src/specs/chaos/fault.ts';
import { inParallel } from '../../measures/in-parallel.ts';
import { progress } from '../../report/tell.ts';
import { programOf, type BelayOrigin } from '../../system/belay-command.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { startExperiment } from '../experiments.ts';
import { withFaultyAgent } from './faulty-agent.ts';

/** What one experiment ended as. */
export interface Verdict {
  what: string;
  outcome: string;
  reason: string;
  /** Why the recovery was not seen. */
  notRecovered?: string;
}

/** Says that it has injected, and has done nothing. */
const idle = ['-e', 'process.exit(0)', '--'];

const ofProcess = { process: 'web' };
const ofHost = { host: true };
const ofNetwork = { network: 'shop' };

/** Of each fault that this machine can have, with its target. */
const planted: readonly { fault: { type: string; [key: string]: unknown }; target: object }[] = [
  { fault: { type: 'freeze' }, target: ofProcess },
  { fault: { type: 'crash' }, target: ofProcess },
  { fault: { type: 'cpu', intensity: 0.5 }, target: ofHost },
  { fault: { type: 'memory', size: '64MiB' }, target: ofHost },
  { fault: { type: 'disk' }, target: { disk: 'data' } },
  { fault: { type: 'loss', intensity: 0.5 }, target: ofNetwork },
  { fault: { type: 'partition' }, target: ofNetwork },
  { fault: { type: 'error', intensity: 1 }, target: ofNetwork },
  { fault: { type: 'dns' }, target: ofNetwork },
  { fault: { type: 'bandwidth', rate: '100kbit' }, target: ofNetwork },
];

const atOnce = 5;

/** Injectors that report success and have done nothing. */
export async function measurePlanted(
  system: MeasuredSystem,
  origin: BelayOrigin,
): Promise<Verdict[]> {
  const programs = { watchdog: programOf(origin, 'src/agent/watchdog/main'), injector: idle };
  const disk = await ScratchDisk.open();
  const settings = {
    networks: [shop],
    disks: [{ name: 'data', folder: disk.folder, leave: 0.05, faults: faultsOf('disk') }],
  };
  try {
    return await inParallel(planted, atOnce, ({ fault, target }) =>
      withFaultyAgent(system, { programs, settings }, async ({ agent }) => {
        const name = `planted-${fault.type}`;
        const experiment = await startExperiment(system, {
          ...{ experiment: name, services: [name], target: { agents: [agent], ...target }, fault },
          ...{ mostOfTarget: '100%', duration: '20s', steadyState: '2s', every: '200ms' },
          hypothesis: { answers: { errorsOf: { agent, probe: 'web' }, atMost: '50%' } },
        });
        const { outcome, reason } = await experiment.report();
        progress(`planted ${fault.type}: ${outcome}: ${reason}`);
        return { what: fault.type, outcome, reason };
      }),
    );
  } finally {
    await disk.close();
  }
}

/** Of which nothing is ever lost here. */
const shop = {
  ...{ name: 'shop', interface: 'lo', peers: ['127.0.0.9'], ports: [9], ownPorts: [] },
  faults: faultsOf('network'),
};
