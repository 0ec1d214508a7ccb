import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../src/embedded/ports.ts';
import { eventually } from '../fixtures/eventually.ts';

export const shippedConfig = resolve('deploy/alertmanager/alertmanager.yml');

interface Config {
  route: { routes: Record<string, unknown>[] };
  receivers: {
    webhook_configs?: {
      url: string;
      http_config: { authorization: { credentials_file: string } };
    }[];
  }[];
}

/** A real Alertmanager with the configuration that is shipped, but for where Belay is and how often it repeats itself. */
export class AlertmanagerProcess {
  /** host:port */
  address = '';
  #folder = '';
  #child: ChildProcess | undefined;
  #output = '';

  /** `repeat`: how often it sends an alert that goes on; default: as the configuration says. */
  async start(
    executable: string,
    webhook: { url: string; token: string },
    { repeat }: { repeat?: string } = {},
  ): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'belay-alertmanager-'));
    this.address = `127.0.0.1:${await freePort()}`;
    const tokenFile = join(this.#folder, 'token');
    await writeFile(tokenFile, webhook.token);
    const config = parse(await readFile(shippedConfig, 'utf8')) as Config;
    for (const one of config.receivers.flatMap(({ webhook_configs = [] }) => webhook_configs)) {
      one.url = webhook.url;
      one.http_config.authorization.credentials_file = tokenFile;
    }
    if (repeat !== undefined) {
      for (const one of config.route.routes) {
        Object.assign(one, { group_interval: repeat, repeat_interval: repeat });
      }
    }
    const file = join(this.#folder, 'alertmanager.yml');
    await writeFile(file, JSON.stringify(config));
    const child = spawn(
      executable,
      [
        `--config.file=${file}`,
        `--storage.path=${join(this.#folder, 'data')}`,
        `--web.listen-address=${this.address}`,
        '--cluster.listen-address=',
      ],
      { cwd: dirname(executable), stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child.stderr.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#child = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`Alertmanager ended: ${this.#output}`);
      const { ok } = await fetch(`http://${this.address}/-/ready`);
      if (!ok) throw new Error(`Alertmanager is not ready: ${this.#output}`);
    });
  }

  /** As Prometheus sends it: again and again while it fires. */
  async send(alert: object): Promise<void> {
    const answer = await fetch(`http://${this.address}/api/v2/alerts`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify([alert]),
    });
    if (!answer.ok) throw new Error(`Alertmanager refuses the alert: ${await answer.text()}`);
  }

  /** How many webhooks were answered with a success. */
  async delivered(): Promise<number> {
    const metrics = await (await fetch(`http://${this.address}/metrics`)).text();
    const count = (name: string) =>
      Number(new RegExp(`^${name}{integration="webhook".*} (.*)$`, 'm').exec(metrics)?.[1]);
    const failed = count('alertmanager_notification_requests_failed_total');
    return count('alertmanager_notification_requests_total') - failed;
  }

  async clear(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true });
  }
}
