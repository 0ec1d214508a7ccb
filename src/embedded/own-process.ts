import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The programs of Belay that run as separate processes. */
export const ownPrograms = [
  'workers/control',
  'workers/gateway',
  'workers/codec-server',
  'workers/agent',
  'workers/database-lease',
  'workers/route-pause',
  'src/agent/watchdog/main',
  'src/agent/chaos/main',
  'src/local-platform/main',
  'src/cli/main',
] as const;
export type OwnProgram = (typeof ownPrograms)[number];

/**
 * Arguments that make node run one of Belay's own programs: the compiled one from a build, the
 * TypeScript one from a checkout. A build mirrors the tree, so only the extension differs.
 */
export function ownProgram(program: OwnProgram): string[] {
  const compiled = import.meta.url.endsWith('.js');
  const file = new URL(`../../${program}${compiled ? '.js' : '.ts'}`, import.meta.url);
  return [...(compiled ? [] : ['--import', typescriptLoader()]), fileURLToPath(file)];
}

/** An absolute URL, because the process may be started from any folder. */
function typescriptLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}

/**
 * The environment of a worker. Its threads allocate in turn what glibc would keep apart for each: with
 * two arenas, and large blocks given back at once, it stays smaller.
 */
export function workerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    MALLOC_ARENA_MAX: '2',
    MALLOC_MMAP_THRESHOLD_: '131072',
    MALLOC_TRIM_THRESHOLD_: '131072',
    ...env,
  };
}
