import { spawnSync } from 'node:child_process';

/** Why there can be no network namespaces here; undefined: there can. */
export function findNoNamespaces(): string | undefined {
  const { status, stderr, error } = spawnSync('unshare', ['--net', '--', 'iptables-save'], {
    encoding: 'utf8',
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n')[0]);
}

/** A network namespace with one link, whose other end is this host. Needs root. */
export class NetworkNamespace {
  readonly #tag = Math.random().toString(16).slice(2, 8);
  readonly name = `belay-${this.#tag}`;
  readonly #outside = `b${this.#tag}a`;
  /** The end of the link in the namespace. */
  readonly inside = `b${this.#tag}b`;
  /** Of this host, for what is inside. */
  readonly peer: string;
  /** Of what is inside, for this host. */
  readonly address: string;

  private constructor() {
    const [a, b] = [Math.floor(Math.random() * 250), Math.floor(Math.random() * 60) * 4];
    this.peer = `10.214.${a}.${b + 1}`;
    this.address = `10.214.${a}.${b + 2}`;
  }

  static open(): NetworkNamespace {
    const namespace = new NetworkNamespace();
    try {
      namespace.#connect();
      return namespace;
    } catch (error) {
      namespace.close();
      throw error;
    }
  }

  get path(): string {
    return `/run/netns/${this.name}`;
  }

  /** Everything that a fault may change of it, by the programs of the host, without what is counted. */
  state(): string {
    const listings = [
      this.within('iptables-save'),
      this.within('ip6tables-save'),
      this.within('tc', 'qdisc', 'show'),
      this.within('tc', 'filter', 'show', 'dev', this.inside),
    ];
    const lines = listings
      .join('\n')
      .replace(/direct_packets_stat \d+/g, '')
      .split('\n');
    return lines.filter((line) => !/^(#|:|\*|COMMIT$|$)/.test(line.trim())).join('\n');
  }

  within(...argv: string[]): string {
    return run('ip', 'netns', 'exec', this.name, ...argv);
  }

  /** What runs in it goes on, and loses its network. */
  close(): void {
    spawnSync('ip', ['netns', 'del', this.name]);
    spawnSync('ip', ['link', 'del', this.#outside]);
  }

  #connect(): void {
    const { inside } = this;
    run('ip', 'netns', 'add', this.name);
    run(...['ip', 'link', 'add', this.#outside, 'type', 'veth', 'peer', 'name', inside]);
    run('ip', 'link', 'set', inside, 'netns', this.name);
    run('ip', 'addr', 'add', `${this.peer}/30`, 'dev', this.#outside);
    run('ip', 'link', 'set', this.#outside, 'up');
    this.within('ip', 'addr', 'add', `${this.address}/30`, 'dev', inside);
    this.within('ip', 'link', 'set', inside, 'up');
  }
}

function run(...[program = '', ...args]: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
