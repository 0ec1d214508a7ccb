import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programPlatform, type Program } from '../../src/embedded/programs.ts';

const run = promisify(execFile);

/** Nobody listens on so low a port. */
const refusingPort = 2;

/** A small program of our own, published in the two ways in which Temporal's are. */
export class PublishedProgram {
  readonly folder: string;
  /** Requests for the archive so far. */
  downloads = 0;
  #server: Server | undefined;
  #sha256 = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async publish(folder: string): Promise<PublishedProgram> {
    const published = new PublishedProgram(folder);
    await writeScript(join(folder, 'archived', 'gadget'), 'archive');
    await run('tar', ['-czf', join(folder, 'gadget.tar.gz'), '-C', join(folder, 'archived'), '.']);
    published.#sha256 = await buildWheel(folder);
    return published;
  }

  /** `online`: the vendor answers; `silent`: it accepts connections and says nothing. */
  async vendor(state: 'online' | 'silent'): Promise<void> {
    const archive = await readFile(join(this.folder, 'gadget.tar.gz'));
    this.#server = createServer((_, response) => {
      this.downloads += 1;
      if (state === 'online') response.end(archive);
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  program(wheelSha256 = this.#sha256): Program {
    const port = (this.#server?.address() as AddressInfo | null)?.port ?? refusingPort;
    const platform = programPlatform();
    return {
      name: 'gadget',
      version: '1.0.0',
      probe: { args: ['--version'], output: /^gadget version (\S+)/ },
      archiveUrl: () => `http://127.0.0.1:${port}/gadget.tar.gz`,
      wheel: {
        project: 'belay-gadget-bin',
        version: '1.0.0',
        sha256: platform ? { [platform]: wheelSha256 } : {},
      },
    };
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) =>
      this.#server ? this.#server.close(resolve) : resolve(undefined),
    );
    this.#server = undefined;
  }
}

export async function writeScript(path: string, version: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho "gadget version ${version}"\n`);
  await chmod(path, 0o755);
}

async function buildWheel(folder: string): Promise<string> {
  const source = join(folder, 'wheel-source');
  const info = join(source, 'belay_gadget_bin-1.0.0.dist-info');
  await writeScript(join(source, 'belay_gadget_bin-1.0.0.data', 'scripts', 'gadget'), 'wheel');
  await mkdir(info, { recursive: true });
  const metadata = 'Metadata-Version: 2.1\nName: belay-gadget-bin\nVersion: 1.0.0\n';
  await writeFile(join(info, 'METADATA'), metadata);
  await writeFile(
    join(info, 'WHEEL'),
    'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  );
  await writeFile(join(info, 'RECORD'), '');
  const wheel = join(folder, 'links', 'belay_gadget_bin-1.0.0-py3-none-any.whl');
  await mkdir(join(wheel, '..'), { recursive: true });
  const entries = ['belay_gadget_bin-1.0.0.data', 'belay_gadget_bin-1.0.0.dist-info'];
  await run('python3', [
    '-m',
    'zipfile',
    '-c',
    wheel,
    ...entries.map((name) => join(source, name)),
  ]);
  return createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
}
