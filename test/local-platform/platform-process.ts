import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { createLocalPlatform } from '../../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../../src/adapters/local-platform/locate.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { Fence } from '../../src/contracts/kernel/fence.ts';
import type {
  ServiceRef,
  ServiceState,
  TrackState,
} from '../../src/contracts/rollouts/platform.ts';
import { identify } from '../../src/processes/identity.ts';
import type { Release } from '../../src/specs/rollouts/release.ts';

const repository = resolve(import.meta.dirname, '../..');

/** The real platform as a process with a home of its own, and its adapter. */
export class PlatformProcess {
  readonly home = mkdtempSync(join(tmpdir(), 'belay-platform-'));
  readonly adapter = createLocalPlatform({
    locate: locateLocalPlatform({
      home: this.home,
      localPlatform: { tokenFile: homeLayout(this.home).platformToken },
    }),
    timeoutMs: 60_000,
  });
  output = '';
  #child: ChildProcess | undefined;

  async start(args: string[] = []): Promise<void> {
    const child = this.spawn(args);
    this.#child = child;
    await vi.waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error(`platform ended: ${this.output}`);
        return this.runFile()?.pid === child.pid;
      },
      { timeout: 15_000, interval: 25 },
    );
  }

  /** A process that is not waited for. */
  spawn(args: string[] = []): ChildProcess {
    const main = join(repository, 'src/local-platform/main.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', main, '--home', this.home, ...args], {
      cwd: repository,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    return child;
  }

  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return null;
    const exit = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exit) as [number | null];
    return code;
  }

  runFile(): { url: string; pid: number } | undefined {
    try {
      return JSON.parse(readFileSync(homeLayout(this.home).platformRun, 'utf8')) as {
        url: string;
        pid: number;
      };
    } catch {
      return undefined;
    }
  }

  token(): string {
    return readFileSync(homeLayout(this.home).platformToken, 'utf8').trim();
  }

  async service(ref: ServiceRef): Promise<ServiceState> {
    const state = await this.adapter.readService(ref);
    if (!state) throw new Error(`no service ${ref.service}`);
    return state;
  }

  async canaryReady(ref: ServiceRef): Promise<TrackState> {
    return vi.waitUntil(
      async () => {
        const { canary } = await this.service(ref);
        return canary?.replicas.every(({ ready }) => ready) && canary;
      },
      { timeout: 15_000, interval: 50 },
    );
  }

  /** Brings a first release to 100 % and promotes it, as a rollout of its own. */
  async firstRelease(
    ref: ServiceRef,
    release: Release,
    replicas = 2,
    deadlineMs = readiness.deadlineMs,
  ): Promise<ServiceState> {
    const fences = fencesOf(`first-${ref.service}`);
    const { adapter } = this;
    await adapter.claim(ref, fences.next(), 'rollout/first', 'canary');
    await adapter.applyCanary(ref, fences.next(), {
      ...{ release, replicas },
      readiness: { ...readiness, deadlineMs },
    });
    await this.canaryReady(ref);
    await adapter.setWeight(ref, fences.next(), 100);
    await adapter.promoteCanary(ref, fences.next());
    await adapter.releaseService(ref, fences.next());
    return this.service(ref);
  }

  /** Ends the platform and everything it runs, whatever state the test left it in. */
  async clear(): Promise<void> {
    if ((await this.end('SIGTERM')) === null) {
      await this.start();
      await this.end('SIGTERM');
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}

export const readiness = { path: '/health', deadlineMs: 10_000 };

export function refTo(service: string): ServiceRef {
  return { service, environment: 'test', target: { platform: 'local' } };
}

/** The sample service, told how to behave. */
export function shop(version: string, env: Record<string, string> = {}): Release {
  return {
    version,
    command: [process.execPath, join(repository, 'examples/shop/server.js')],
    env: { VERSION: version, ...env },
  };
}

export function fencesOf(rolloutId: string) {
  let step = Date.now();
  return { next: (): Fence => ({ rolloutId, step: (step += 1) }) };
}

export function pidsOf(track: TrackState | undefined): Promise<number[]> {
  return Promise.all(
    (track?.replicas ?? []).map(async ({ url = '' }) => {
      const answer = (await (await fetch(url)).json()) as { pid: number };
      return answer.pid;
    }),
  );
}

export async function isRunning(pid: number): Promise<boolean> {
  return (await identify(pid)) !== undefined;
}
