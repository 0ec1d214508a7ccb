import type { Client } from '@temporalio/client';
import { openLedger } from '../adapters/ledger/open-ledger.ts';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../adapters/local-platform/locate.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { packageVersion } from '../config/package-version.ts';
import type { Catalogue } from '../contracts/backups/catalogue.ts';
import type { Ledger } from '../contracts/kernel/ledger.ts';
import type { ObjectiveStore } from '../contracts/objectives/objective-store.ts';
import { createAlertLedger } from '../contracts/rollouts/alert-ledger.ts';
import type { AlertLedger } from '../contracts/rollouts/alerts.ts';
import type { Platform } from '../contracts/rollouts/platform.ts';
import { remark } from './output.ts';

/** What a command talks to; what Temporal and clusters need is only loaded once they are asked for. */
export interface Connections {
  config: Config;
  ledger: Ledger;
  catalogue: Catalogue;
  objectives: ObjectiveStore;
  alerts: AlertLedger;
  local: LocalPlatform;
  kubernetes: () => Promise<Platform>;
  temporal: () => Promise<Client>;
}

export async function withConnections<T>(act: (to: Connections) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const ledger = openLedger(config, {
    onDamaged: ({ entry, problem }) => {
      remark(`Left out what cannot be read in the ledger: ${entry} (${problem})`);
    },
  });
  let connecting: Promise<Client> | undefined;
  let opening: Promise<OpenClusters> | undefined;
  const to: Connections = {
    config,
    ledger,
    catalogue: ledger.catalogue,
    objectives: ledger.objectives,
    alerts: createAlertLedger(ledger),
    local: createLocalPlatform({ locate: locateLocalPlatform(config) }),
    kubernetes: async () => (await (opening ??= openClusters(config))).platform,
    temporal: () => (connecting ??= connect(config)),
  };
  try {
    return await act(to);
  } finally {
    const clusters = await opening?.catch(() => undefined);
    clusters?.close();
    await ledger.close();
    const client = await connecting?.catch(() => undefined);
    await client?.connection.close();
  }
}

async function connect(config: Config): Promise<Client> {
  const { connectClient } = await import('../adapters/temporal/connection.ts');
  return connectClient(config);
}

interface OpenClusters {
  platform: Platform;
  close: () => void;
}

async function openClusters(config: Config): Promise<OpenClusters> {
  const [{ createClusters }, { createKubernetesPlatform }] = await Promise.all([
    import('../adapters/kubernetes-api/clusters.ts'),
    import('../adapters/kubernetes/kubernetes-platform.ts'),
  ]);
  const clusters = createClusters(config.kubernetes, packageVersion());
  return { platform: createKubernetesPlatform({ clusters }), close: () => clusters.close() };
}
