import type { Client } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import type { Config } from '../src/config/config.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import { openIndicatorReaders } from './indicator-readers.ts';
import { openMetricSources } from './metric-sources.ts';
import { openPlatforms } from './platforms.ts';
import { openPlaybookParts } from './playbook-parts.ts';
import { openPodFaults } from './pod-faults.ts';
import { openCloudNativePg } from './postgres-clusters.ts';
import { openTrackFaults } from './track-faults.ts';
import { openWorkerLedger } from './worker-ledger.ts';

interface Reached {
  config: Config;
  client: Client;
  /** Tells this Belay from others that act on the same clusters. */
  installation: string;
  guardOf: GuardOf;
}

export type ControlParts = ReturnType<typeof openControlParts>;

/** What a worker works with. None of it is asked for anything yet. */
export function openControlParts({ config, client, installation, guardOf }: Reached) {
  const onPlatforms = openPlatforms(config, installation, guardOf);
  const ledger = openWorkerLedger(config, Runtime.instance().logger);
  const podFaults = openPodFaults(config, installation, guardOf);
  const trackFaults = openTrackFaults(config, installation, guardOf);
  const cloudNativePg = openCloudNativePg(config, guardOf);
  const playbooks = openPlaybookParts({ config, client, ledger, guardOf });
  return {
    ...{ config, client, installation, guardOf, temporal: guardOf('temporal') },
    ...{ onPlatforms, ledger, podFaults, trackFaults, cloudNativePg, playbooks },
    sources: openMetricSources(config, onPlatforms.platforms, guardOf),
    indicators: openIndicatorReaders(config, onPlatforms.local, guardOf),
    close: async () => {
      onPlatforms.close();
      playbooks.close();
      podFaults.close();
      trackFaults.close();
      cloudNativePg.close();
      await ledger.close();
    },
  };
}
