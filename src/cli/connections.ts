import type { Client } from '@temporalio/client';
import { openLedger } from '../adapters/ledger/open-ledger.ts';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../adapters/local-platform/locate.ts';
import { createClusters } from '../adapters/kubernetes-api/clusters.ts';
import { createKubernetesPlatform } from '../adapters/kubernetes/kubernetes-platform.ts';
import { connectClient } from '../adapters/temporal/connection.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load-config.ts';
import { packageVersion } from '../config/package-version.ts';
import type { Ledger } from '../contracts/kernel/ledger.ts';
import { createAlertLedger } from '../contracts/rollouts/alert-ledger.ts';
import type { AlertLedger } from '../contracts/rollouts/alerts.ts';
import type { Platforms } from '../contracts/rollouts/platform.ts';
import { remark } from './output.ts';

/** What a command talks to; Temporal and clusters only once they are asked for. */
export interface Connections {
  config: Config;
  ledger: Ledger;
  alerts: AlertLedger;
  platforms: Platforms & { local: LocalPlatform };
  temporal: () => Promise<Client>;
}

export async function withConnections<T>(act: (to: Connections) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const ledger = openLedger(config, {
    onDamaged: ({ file, problem }) => {
      remark(`Left out a damaged file of the earlier ledger: ${file} (${problem})`);
    },
  });
  const clusters = createClusters(config.kubernetes, packageVersion());
  let connecting: Promise<Client> | undefined;
  const to: Connections = {
    config,
    ledger,
    alerts: createAlertLedger(ledger),
    platforms: {
      local: createLocalPlatform({ locate: locateLocalPlatform(config) }),
      kubernetes: createKubernetesPlatform({ clusters }),
    },
    temporal: () => (connecting ??= connectClient(config)),
  };
  try {
    return await act(to);
  } finally {
    clusters.close();
    await ledger.close();
    const client = await connecting?.catch(() => undefined);
    await client?.connection.close();
  }
}
