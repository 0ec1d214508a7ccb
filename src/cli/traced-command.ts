import { startTracing } from '../adapters/telemetry/tracing.ts';
import { remark } from './output.ts';

/**
 * What a command asks for is one span, where traces are wanted at all. It is sent before the command
 * goes on, and a collector that does not answer costs it a second.
 */
export async function tracedCommand<T>(name: string, act: () => Promise<T>): Promise<T> {
  const tracing = await startTracing({ service: 'belay', sendWithinMs: 1_000, warn: remark });
  if (tracing === undefined) return act();
  try {
    return await tracing.inSpan(`belay ${name}`, act);
  } finally {
    await tracing.stop();
  }
}
