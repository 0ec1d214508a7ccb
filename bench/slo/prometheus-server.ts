import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/ports.ts';
import { until } from '../measures/until.ts';

interface Scraping {
  executable: string;
  /** host:port of what is scraped at /metrics. */
  target: string;
  every: string;
}

/** A Prometheus whose data outlive a restart. */
export class PrometheusServer {
  readonly url: string;
  readonly #folder: string;
  readonly #executable: string;
  #child: ChildProcess | undefined;

  private constructor(url: string, folder: string, executable: string) {
    this.url = url;
    this.#folder = folder;
    this.#executable = executable;
  }

  static async start({ executable, target, every }: Scraping): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-bench-prometheus-'));
    const server = new PrometheusServer(`http://127.0.0.1:${await freePort()}`, folder, executable);
    const config = {
      global: { scrape_interval: every, scrape_timeout: every },
      scrape_configs: [{ job_name: 'bench', static_configs: [{ targets: [target] }] }],
    };
    await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
    await server.resume();
    return server;
  }

  async resume(): Promise<void> {
    const child = spawn(
      this.#executable,
      [
        `--config.file=${join(this.#folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(this.#folder, 'data')}`,
        `--web.listen-address=${new URL(this.url).host}`,
      ],
      { stdio: 'ignore' },
    );
    child.on('error', () => undefined);
    this.#child = child;
    await until('Prometheus is ready', async () => {
      if (child.exitCode !== null || child.pid === undefined) {
        throw new Error(`${this.#executable} does not run; name a Prometheus with --prometheus`);
      }
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      return answer?.ok;
    });
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
