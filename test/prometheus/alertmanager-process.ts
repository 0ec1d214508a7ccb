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
  receivers: {
    webhook_configs?: {
      url: string;
      http_config: { authorization: { credentials_file: string } };
    }[];
  }[];
}

/** A real Alertmanager with the configuration that is shipped, but for where Belay is. */
export class AlertmanagerProcess {
  /** host:port */
  address = '';
  #folder = '';
  #child: ChildProcess | undefined;
  #output = '';

  async start(executable: string, webhook: { url: string; token: string }): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'belay-alertmanager-'));
    this.address = `127.0.0.1:${await freePort()}`;
    const tokenFile = join(this.#folder, 'token');
    await writeFile(tokenFile, webhook.token);
    const config = parse(await readFile(shippedConfig, 'utf8')) as Config;
    for (const one of config.receivers.flatMap(({ webhook_configs = [] }) => webhook_configs)) {
      one.url = webhook.url;
      one.http_config.authorization.credentials_file = tokenFile;
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
