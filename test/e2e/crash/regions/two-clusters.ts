import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { StandInCluster } from './stand-in-cluster.ts';

/** The clusters of two regions, by the names of their regions, which are their contexts, too. */
export class TwoClusters {
  readonly west: StandInCluster;
  readonly east: StandInCluster;

  private constructor(west: StandInCluster, east: StandInCluster) {
    this.west = west;
    this.east = east;
  }

  static async start(): Promise<TwoClusters> {
    return new TwoClusters(await StandInCluster.start(), await StandInCluster.start());
  }

  /** For a worker, by a file that is written here. */
  async settings(kubeconfig: string): Promise<Record<string, string>> {
    const each = Object.entries({ west: this.west, east: this.east });
    await writeFile(
      kubeconfig,
      stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'west' },
        clusters: each.map(([name, { url }]) => ({
          name,
          cluster: { server: url, 'insecure-skip-tls-verify': true },
        })),
        users: [{ name: 'belay', user: { token: 'of-a-test' } }],
        contexts: each.map(([name]) => ({ name, context: { cluster: name, user: 'belay' } })),
      }),
    );
    return { BELAY_KUBECONFIG: kubeconfig, BELAY_KUBERNETES_CONTEXTS: 'west,east' };
  }

  read(): object {
    const { west, east } = this;
    return {
      west: { replicas: west.replicas, writes: west.writes },
      east: { replicas: east.replicas, writes: east.writes },
    };
  }

  close(): void {
    this.west.close();
    this.east.close();
  }
}
