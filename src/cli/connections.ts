import type { Client } from '@temporalio/client';
import { createFileLedger } from '../adapters/ledger/file-ledger.ts';
import {
  createLocalPlatform,
  type LocalPlatform,
} from '../adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../adapters/local-platform/locate.ts';
import { createClusters } from '../adapters/kubernetes-api/clusters.ts';
import { createKubernetesPlatform } from '../adapters/kubernetes/kubernetes-platform.ts';
import { connectClient } from '../adapters/temporal/connection.ts';
import type { Config } from '../config/config.ts';
import { homeLayout } from '../config/home.ts';
import { loadConfig } from '../config/load-config.ts';
import { packageVersion } from '../config/package-version.ts';
import type { Ledger } from '../contracts/kernel/ledger.ts';
import type { Platforms } from '../contracts/rollouts/platform.ts';
import { remark } from './output.ts';

/** What a command talks to; Temporal and clusters only once they are asked for. */
export interface Connections {
  config: Config;
  ledger: Ledger;
  platforms: Platforms & { local: LocalPlatform };
  temporal: () => Promise<Client>;
}

export async function withConnections<T>(act: (to: Connections) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env);
  const clusters = createClusters(config.kubernetes, packageVersion());
  let connecting: Promise<Client> | undefined;
  const to: Connections = {
    config,
    ledger: createFileLedger({
      folder: homeLayout(config.home).ledger,
      onDamaged: ({ file, problem }) => {
        remark(`Left out a damaged entry of the ledger: ${file} (${problem})`);
      },
    }),
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
    const client = await connecting?.catch(() => undefined);
    await client?.connection.close();
  }
}
