import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api } from '@kubernetes/client-node';
import { connectClient, type ConnectedClient } from '../../src/adapters/temporal/connection.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { startDevServer, type DevServer } from '../../src/embedded/dev-server.ts';
import { locateTemporal } from '../../src/embedded/locate.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { loadKubeconfig, type TrialCluster } from './deployed-shop.ts';
import { KillableWorker } from './killable-worker.ts';

/** A worker, its task queue, and the namespace that only it uses. */
export interface Lane {
  namespace: string;
  taskQueue: string;
  worker: KillableWorker;
}

/** Short enough that a kill costs seconds. */
const settings = {
  BELAY_BLIND_TIME: '5s',
  BELAY_LOG_LEVEL: 'warn',
  BELAY_DRAIN: '1s',
};

/** A Temporal server and Belay's workers, for an existing cluster. */
export class Ground {
  readonly cluster: TrialCluster;
  readonly client: ConnectedClient;
  readonly lanes: Lane[] = [];
  private readonly home: string;
  private readonly server: DevServer;

  private constructor(
    cluster: TrialCluster,
    parts: { home: string; server: DevServer; client: ConnectedClient },
  ) {
    this.cluster = cluster;
    this.home = parts.home;
    this.server = parts.server;
    this.client = parts.client;
  }

  static async open(cluster: TrialCluster, lanes: number): Promise<Ground> {
    const home = await mkdtemp(join(tmpdir(), 'belay-lost-'));
    const { path } = await locateTemporal({ cache: loadConfig().cache });
    const ports = { port: await freePort(), uiPort: await freePort() };
    const server = await startDevServer({ executable: path, home, ...ports });
    const client = await connectClient({ home }, { TEMPORAL_ADDRESS: server.address });
    const ground = new Ground(cluster, { home, server, client });
    try {
      await Promise.all(Array.from({ length: lanes }, (_, index) => ground.addLane(index + 1)));
      return ground;
    } catch (error) {
      await ground.close();
      throw error;
    }
  }

  /** Leaves only what the namespaces need to end by themselves. */
  async close(): Promise<void> {
    await Promise.all(this.lanes.map(({ worker }) => worker.stop()));
    await this.server.stop();
    const core = loadKubeconfig(this.cluster).makeApiClient(CoreV1Api);
    for (const { namespace } of this.lanes) await core.deleteNamespace({ name: namespace });
    await rm(this.home, { recursive: true, force: true });
    await this.client.connection.close();
  }

  private async addLane(nth: number): Promise<void> {
    const namespace = `lost-${randomBytes(4).toString('hex')}`;
    const core = loadKubeconfig(this.cluster).makeApiClient(CoreV1Api);
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    const taskQueue = `lost-${nth}`;
    const env = {
      ...this.environment(),
      BELAY_TASK_QUEUE: taskQueue,
      BELAY_KUBERNETES_NAMESPACES: namespace,
    };
    const worker = new KillableWorker(this.home, `worker-${nth}`, env);
    this.lanes.push({ namespace, taskQueue, worker });
    await worker.start();
  }

  /** A worker gets none of the caller's settings except the cache. */
  private environment(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(
      ([name]) => name === 'BELAY_CACHE' || !/^(TEMPORAL|BELAY)_/.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      ...settings,
      BELAY_HOME: this.home,
      BELAY_KUBECONFIG: this.cluster.kubeconfig,
      TEMPORAL_ADDRESS: this.server.address,
    };
  }
}
