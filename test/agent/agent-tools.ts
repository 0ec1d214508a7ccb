import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identify, type ProcessIdentity } from '../../src/processes/identity.ts';
import { eventually } from '../fixtures/eventually.ts';

const scripts = {
  /** Has an effect, says so, and ends once it is released. */
  work: `echo "$1 $$" >> effects
echo "working on $1"
touch "started-$1"
while [ ! -e "release-$1" ]; do sleep 0.02; done
echo "$1 done"
[ "$1" != bad ]`,
  /** Leaves two processes behind, one of them in a session of its own. */
  litter: `sleep 300 &
setsid sleep 300 &
echo littered`,
  /** Will not end by SIGTERM. */
  stubborn: `trap '' TERM
touch started-stubborn
while :; do sleep 0.05; done`,
  secretive: `printf 'raw %s\\n' "$TOKEN"; printf 'user:%s' "$TOKEN" | base64; printf '%s' "$TOKEN" | cut -c1-6; printf '%s' "$TOKEN"; echo " end" >&2`,
  chatty: `i=0; while [ $i -lt 400 ]; do echo "line $i of a long log that nobody reads to its end"; i=$((i+1)); done`,
  variables: 'env | sort',
  apply: `echo "apply $1" >> effects
touch "started-$1"
[ ! -e "hold-$1" ] || while [ ! -e "release-$1" ]; do sleep 0.02; done
[ "$1" != bad ] && touch "applied-$1"`,
  revert: `echo "revert $1" >> effects
[ ! -e "no-revert-$1" ] || { echo "still in use" >&2; exit 3; }
rm -f "applied-$1"`,
};

/** Programs for an agent, in a folder where they leave what they have done. */
export class AgentTools {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async write(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const [name, script] of Object.entries(scripts)) {
      await writeFile(this.path(name as keyof typeof scripts), `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      });
    }
  }

  path(name: keyof typeof scripts): string {
    return join(this.folder, name);
  }

  settings(agent: string): string {
    const command = (text: string) =>
      `description: ${text}\n    folder: ${this.folder}\n    timeout: 60s\n    grace: 300ms`;
    return `
name: ${agent}
stateFolder: ${join(this.folder, 'state')}
commands:
  work:
    ${command('works on a thing')}
    argv: [${this.path('work')}, '{{thing}}']
    parameters: { thing: { pattern: '[a-z0-9-]{1,40}' } }
  litter: { description: leaves processes, argv: [${this.path('litter')}], folder: ${this.folder}, timeout: 10s }
  stubborn: { description: ignores SIGTERM, argv: [${this.path('stubborn')}], folder: ${this.folder}, timeout: 1s, grace: 300ms }
  secretive:
    description: shows its secret
    argv: [${this.path('secretive')}]
    timeout: 10s
    secrets: { TOKEN: { env: BELAY_TEST_TOKEN } }
  chatty: { description: writes much, argv: [${this.path('chatty')}], timeout: 10s, maxOutput: 2048 }
  variables: { description: shows its variables, argv: [${this.path('variables')}], timeout: 10s, environment: { GREETING: hello } }
  missing: { description: is not on this host, argv: [/nowhere/at-all], timeout: 10s }
  block:
    ${command('blocks a thing for a while')}
    lease: { apply: [${this.path('apply')}, '{{thing}}'], revert: [${this.path('revert')}, '{{thing}}'], longest: 60s }
    parameters: { thing: { pattern: '[a-z0-9-]{1,40}' } }
probes:
  effects: { command: { argv: [/bin/cat, effects], folder: ${this.folder}, matches: '[^]*' } }
  nothing: { tcp: { host: 127.0.0.1, port: 1 } }
`;
  }

  /** Lines that tools have written about this thing. */
  effects(thing: string): string[] {
    const path = join(this.folder, 'effects');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
    return lines.filter((line) => line.split(' ').includes(thing));
  }

  isThere(name: string): boolean {
    return existsSync(join(this.folder, name));
  }

  async put(name: string): Promise<void> {
    await writeFile(join(this.folder, name), '');
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  /** The process that works on the thing, once it does. */
  async worker(thing: string): Promise<ProcessIdentity> {
    return eventually(async () => {
      const pid = Number(this.effects(thing).at(-1)?.split(' ')[1]);
      const found = this.isThere(`started-${thing}`) ? await identify(pid) : undefined;
      if (!found) throw new Error(`nobody works on ${thing}`);
      return found;
    });
  }
}
