import { basename, join } from 'node:path';
import { isInCache, keepInCache, type Product } from './keep-in-cache.ts';
import { runCommand } from './run-command.ts';

/** Go packages to build, pinned with their checksums by the module's go.mod and go.sum. */
export interface GoModule {
  /** The path of its programs in Belay's cache, by their user: `one-node-cluster/etcd`. */
  name: string;
  folder: string;
  /** The package of each program. */
  packages: Record<string, string>;
  linkFlags: string;
}

export interface ProvisionOptions {
  /** Belay's cache folder. */
  cache: string;
  /** Receives a line about each download and build. */
  log: (line: string) => void;
}

/** The largest takes some minutes on two cores. */
const buildLimitMs = 45 * 60_000;

/** The paths of the module's programs, which are built if they are not in the cache. */
export async function buildModule<M extends GoModule>(
  module: M,
  { cache, log }: ProvisionOptions,
): Promise<Record<keyof M['packages'], string>> {
  const { name, packages } = module;
  const names = Object.keys(packages);
  const folder = await keepInCache(productOf(module, cache), async (target) => {
    for (const [program, source] of Object.entries(packages)) {
      log(
        `building ${program} (${basename(name)}, ${names.indexOf(program) + 1} of ${names.length}) with Go`,
      );
      await buildProgram(module, source, join(target, program));
    }
  });
  const paths = names.map((program) => [program, join(folder, program)]);
  return Object.fromEntries(paths) as Record<keyof M['packages'], string>;
}

/** Whether `buildModule` has nothing left to build. */
export function isModuleBuilt(module: GoModule, cache: string): Promise<boolean> {
  return isInCache(productOf(module, cache));
}

function productOf({ name, folder, packages, linkFlags }: GoModule, cache: string): Product {
  return { cache, name, inputs: folder, instructions: { packages, linkFlags } };
}

async function buildProgram(module: GoModule, source: string, target: string): Promise<void> {
  await runCommand(
    ['go', 'build', '-trimpath', '-ldflags', module.linkFlags, '-o', target, source],
    { cwd: module.folder, env: goEnvironment(), limitMs: buildLimitMs },
  );
}

/** Static programs, from exactly the modules that go.sum names. */
export function goEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOWORK: 'off',
    GOFLAGS: '-mod=readonly -buildvcs=false',
  };
}
