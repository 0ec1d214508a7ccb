import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { freePort } from '../../src/embedded/ports.ts';
import { eventually } from '../fixtures/eventually.ts';

export interface PrometheusOptions {
  executable: string;
  /** host:port of what is scraped at /metrics, and labels of its own, by job. */
  jobs: Record<string, string | { target: string; labels: Record<string, string> }>;
  scrapeEvery?: string;
  /** Rules that are evaluated as often as targets are scraped, and where their alerts go: host:port. */
  alerting?: { rules: string; alertmanager: string };
}

/** A real server with data of its own, which outlive a restart. */
export class PrometheusProcess {
  address = '';
  #options: PrometheusOptions;
  #folder = '';
  #child: ChildProcess | undefined;
  #output = '';

  constructor(options: PrometheusOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#folder ||= await mkdtemp(join(tmpdir(), 'belay-prometheus-'));
    this.address ||= `http://127.0.0.1:${await freePort()}`;
    const { executable, jobs, alerting, scrapeEvery = '200ms' } = this.#options;
    await this.scrape(jobs);
    const config = {
      global: {
        scrape_interval: scrapeEvery,
        scrape_timeout: scrapeEvery,
        evaluation_interval: scrapeEvery,
      },
      ...(alerting && {
        rule_files: [alerting.rules],
        alerting: {
          alertmanagers: [{ static_configs: [{ targets: [alerting.alertmanager] }] }],
        },
      }),
      scrape_configs: [
        { job_name: 'any', file_sd_configs: [{ files: [join(this.#folder, 'targets.json')] }] },
      ],
    };
    const file = join(this.#folder, 'prometheus.yml');
    await writeFile(file, JSON.stringify(config));
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.#folder, 'data')}`,
      `--web.listen-address=${new URL(this.address).host}`,
      '--rules.alert.resend-delay=1s',
    ];
    const child = spawn(executable, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended: ${this.#output}`);
      const { ok } = await fetch(`${this.address}/-/ready`);
      if (!ok) throw new Error(`Prometheus is not ready: ${this.#output}`);
    });
  }

  /** These from now on, and no others. */
  async scrape(jobs: PrometheusOptions['jobs']): Promise<void> {
    this.#options = { ...this.#options, jobs };
    const groups = Object.entries(jobs).map(([job, scraped]) =>
      typeof scraped === 'string'
        ? { targets: [scraped], labels: { job } }
        : { targets: [scraped.target], labels: { job, ...scraped.labels } },
    );
    await writeFileAtomic(join(this.#folder, 'targets.json'), JSON.stringify(groups));
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async clear(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
