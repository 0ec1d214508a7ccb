import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findNoNamespaces } from '../../network-namespace/network-namespace.ts';
import { Balancer } from './balancer.ts';
import { Replica } from './replica.ts';

/** Two replicas of the sample shop behind a balancer, each as if on a host of its own. */
export class SampleShop {
  readonly replicas: readonly Replica[];
  readonly balancer: Balancer;
  /** Why the replicas have no networks of their own; undefined: they have. */
  readonly noNetworks: string | undefined;
  readonly #folder: string;

  private constructor(parts: {
    replicas: readonly Replica[];
    balancer: Balancer;
    noNetworks: string | undefined;
    folder: string;
  }) {
    this.replicas = parts.replicas;
    this.balancer = parts.balancer;
    this.noNetworks = parts.noNetworks;
    this.#folder = parts.folder;
  }

  static async start(): Promise<SampleShop> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-demo-shop-'));
    const noNetworks = findNoNamespaces();
    const replicas: Replica[] = [];
    try {
      for (const name of ['web-1', 'web-2']) {
        replicas.push(await Replica.start(name, folder, noNetworks === undefined));
      }
      const balancer = await Balancer.start(replicas.map(({ url }) => url));
      return new SampleShop({ replicas, balancer, noNetworks, folder });
    } catch (error) {
      for (const replica of replicas) replica.close();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Of the agent that watches the shop from outside, as its clients see it. */
  observerSettings(stateFolder: string): string {
    return stringify({
      ...{ name: 'local', stateFolder },
      probes: { shop: { http: { url: this.balancer.url }, timeout: '2s' } },
    });
  }

  async write({ experiment, ...spec }: { experiment: string }): Promise<string> {
    const file = join(this.#folder, `${experiment.toLowerCase().replaceAll(/[^a-z-]/g, '')}.yaml`);
    await writeFile(file, stringify({ experiment, ...spec }));
    return file;
  }

  /** Settings of the agents of the hosts, each in a file. */
  async writeAgentSettings(): Promise<{ name: string; file: string }[]> {
    return Promise.all(
      this.replicas.map(async (replica) => {
        const file = join(this.#folder, `${replica.name}.yaml`);
        await writeFile(file, replica.agentSettings(), { mode: 0o600 });
        return { name: replica.name, file };
      }),
    );
  }

  async close(): Promise<void> {
    for (const replica of this.replicas) replica.close();
    await this.balancer.close();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
