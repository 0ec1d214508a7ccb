import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../../src/embedded/ports.ts';
import { NetworkNamespace } from '../../network-namespace/network-namespace.ts';

const startsAgainAfterMs = 500;

/** One replica of the sample shop, the supervisor that starts it again, and what its host allows. */
export class Replica {
  readonly name: string;
  readonly #folder: string;
  readonly #port: number;
  readonly #namespace: NetworkNamespace | undefined;
  readonly #before: string;
  #child: ChildProcess | undefined;
  #isClosed = false;
  starts = 0;

  private constructor(name: string, place: { folder: string; port: number }, isolated: boolean) {
    this.name = name;
    this.#folder = place.folder;
    this.#port = place.port;
    this.#namespace = isolated ? NetworkNamespace.open() : undefined;
    this.#before = this.#rules();
  }

  /** `isolated`: in a network namespace of its own. */
  static async start(name: string, folder: string, isolated: boolean): Promise<Replica> {
    const port = isolated ? 8080 : await freePort();
    const replica = new Replica(name, { folder, port }, isolated);
    await replica.#start();
    return replica;
  }

  get url(): string {
    return `http://${this.#address}:${this.#port}/`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Of the agent of its host. */
  agentSettings(): string {
    const processes = { shop: { pidFile: this.#pidFile, faults: ['freeze', 'crash'] } };
    const namespace = this.#namespace;
    return stringify({
      ...{ name: this.name, stateFolder: this.stateFolder },
      chaos: {
        processes,
        ...(namespace !== undefined && {
          networks: {
            clients: {
              ...{ interface: namespace.inside, namespace: namespace.path },
              ...{ peers: [namespace.peer], ownPorts: [this.#port], faults: ['loss'] },
            },
          },
        }),
      },
    });
  }

  get stateFolder(): string {
    return join(this.#folder, `${this.name}-state`);
  }

  /** Faults that are there now, by the kernel alone, whatever any agent says. */
  faults(): string[] {
    const stopped = isStopped(this.pid) ? [`process ${this.pid} is stopped`] : [];
    const rules = this.#rules();
    return rules === this.#before ? stopped : [...stopped, firstNew(rules, this.#before)];
  }

  close(): void {
    this.#isClosed = true;
    this.#child?.kill('SIGKILL');
    this.#namespace?.close();
  }

  get #address(): string {
    return this.#namespace?.address ?? '127.0.0.1';
  }

  get #pidFile(): string {
    return join(this.#folder, `${this.name}.pid`);
  }

  #rules(): string {
    return this.#namespace?.state() ?? '';
  }

  async #start(): Promise<void> {
    const argv = [process.execPath, 'examples/shop/server.js'];
    const within = this.#namespace ? ['ip', 'netns', 'exec', this.#namespace.name] : [];
    const [program = '', ...args] = [...within, ...argv];
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        ...process.env,
        ...{ PORT: String(this.#port), ADDRESS: this.#address, VERSION: this.name },
      },
    });
    this.#child = child;
    this.starts += 1;
    child.once('exit', () => {
      setTimeout(() => {
        if (!this.#isClosed) void this.#start();
      }, startsAgainAfterMs);
    });
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
    await writeFile(this.#pidFile, `${this.pid}\n`);
  }
}

/** One that has just died is not. */
function isStopped(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  } catch {
    return false;
  }
}

function firstNew(rules: string, before: string): string {
  const known = new Set(before.split('\n'));
  const added = rules.split('\n').filter((line) => !known.has(line));
  return added.find((line) => line.includes('DROP')) ?? added[0] ?? 'its rules are not as before';
}
