import { progress } from '../report/tell.ts';
import { MeasuredSystem, type SystemOptions } from './measured-system.ts';

/** Includes systems that are still starting, which would otherwise be left running. */
const started = new Set<Promise<MeasuredSystem>>();
let isStopping = false;

/** Starts a system, measures, and always stops it, even after Ctrl-C. */
export async function withSystem<T>(
  options: SystemOptions,
  measure: (system: MeasuredSystem) => Promise<T>,
): Promise<T> {
  if (process.listenerCount('SIGINT', stopAll) === 0) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stopAll);
  }
  const starting = MeasuredSystem.start(options);
  started.add(starting);
  try {
    return await measure(await starting);
  } catch (error) {
    if (isStopping) await forTheEnd();
    throw error;
  } finally {
    const system = await starting.catch(() => undefined);
    if (!isStopping) await system?.remove();
    started.delete(starting);
    await system?.client.connection.close();
  }
}

function stopAll(signal: NodeJS.Signals): void {
  if (isStopping) return;
  isStopping = true;
  progress(`${signal}: stopping what was started`);
  const stops = [...started].map(async (starting) => (await starting).remove());
  void Promise.allSettled(stops).then(() => process.exit(130));
}

/** The running measurement fails when its system stops; the process ends when all have stopped. */
function forTheEnd(): Promise<never> {
  return new Promise(() => undefined);
}
