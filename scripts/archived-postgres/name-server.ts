import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecords } from '../../src/adapters/dns/zone.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { isThere } from '../programs/is-there.ts';
import type { OwnHost } from './replicated-database.ts';
import { giveToUnprivileged } from './unprivileged.ts';
import { UnprivilegedProgram } from './unprivileged-program.ts';

const places = ['/usr/sbin/named', '/usr/local/sbin/named'];

/** Undefined where this machine has none (Debian: bind9). */
export async function findNamed(): Promise<string | undefined> {
  for (const place of places) if (await isThere(place)) return place;
  return undefined;
}

export interface NameServerOptions {
  program: string;
  folder: string;
  zone: string;
  /** Lines of the zone, such as `db 5 IN A 10.0.0.1`. */
  records: readonly string[];
  /** What the key may change, such as `name db.ha.test. A`. */
  grants: readonly string[];
  /** That of its key: another server may share it. */
  secret?: string;
  /** Absent: on loopback. */
  on?: OwnHost;
}

/** A BIND of this machine's own, with one zone that takes updates. */
export class RunningNameServer {
  readonly port: number;
  readonly secret: string;
  readonly #options: NameServerOptions;
  readonly #server: UnprivilegedProgram;

  private constructor(options: NameServerOptions, port: number) {
    this.#options = options;
    this.port = port;
    this.secret = options.secret ?? randomBytes(32).toString('base64');
    const { program, folder, on } = options;
    this.#server = new UnprivilegedProgram({
      ...{ name: 'BIND', ...(on && { enter: on.enter }) },
      command: [program, '-f', '-4', '-n', '1', '-c', join(folder, 'named.conf')],
      answers: () => this.#readOwn(),
      log: join(folder, 'named.log'),
    });
  }

  static async start(options: NameServerOptions): Promise<RunningNameServer> {
    const server = new RunningNameServer(options, await freePort());
    await server.#configure();
    await server.up();
    return server;
  }

  get address(): { host: string; port: number } {
    return { host: this.#options.on?.host ?? '127.0.0.1', port: this.port };
  }

  get keyFile(): string {
    return join(this.#options.folder, 'belay.key');
  }

  up(): Promise<void> {
    return this.#server.up();
  }

  down(): Promise<void> {
    return this.#server.down();
  }

  async #configure(): Promise<void> {
    const { folder, zone, records, grants } = this.#options;
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    const key = `key "belay" { algorithm hmac-sha256; secret "${this.secret}"; };`;
    const written = {
      'belay.key': `# as tsig-keygen writes it\n${key}\n`,
      'named.conf': [
        `include "${this.keyFile}";`,
        `options { directory "${folder}"; pid-file "${folder}/named.pid";`,
        `  session-keyfile "${folder}/session.key"; managed-keys-directory "${folder}";`,
        `  listen-on port ${this.port} { ${this.address.host}; }; listen-on-v6 { none; };`,
        '  recursion no; dnssec-validation no; notify no; };',
        `logging { channel file { file "${folder}/named.log"; severity info; };`,
        '  category default { file; }; };',
        'controls { };',
        `zone "${zone}" { type primary; file "${folder}/zone";`,
        `  update-policy { ${grants.map((grant) => `grant belay ${grant};`).join(' ')} }; };`,
      ].join('\n'),
      zone: [
        '$TTL 300',
        `@ IN SOA ns.${zone}. admin.${zone}. 1 3600 600 86400 5`,
        `@ IN NS ns.${zone}.`,
        'ns IN A 127.0.0.1',
        ...records,
        '',
      ].join('\n'),
    };
    await giveToUnprivileged(folder);
    for (const [name, text] of Object.entries(written)) {
      await writeFile(join(folder, name), text, { mode: 0o600 });
      await giveToUnprivileged(join(folder, name));
    }
  }

  async #readOwn(): Promise<void> {
    const found = await readRecords(this.address, `ns.${this.#options.zone}`, ['A'], 500);
    if (found.length !== 1) throw new Error(`${found.length} records instead of its own`);
  }
}
