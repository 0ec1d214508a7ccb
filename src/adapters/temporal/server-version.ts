import type { Client } from '@temporalio/client';
import type { Guard } from '../../contracts/kernel/breakers.ts';
import { judgeTemporal } from './judge-answer.ts';

const answerWithinMs = 1_800;

/** Asks the server for its version, which needs no rights: it answers. Throws its error, or BreakerOpen. */
export async function readServerVersion(client: Client, guard: Guard): Promise<string> {
  const ask = () => client.workflowService.getSystemInfo({});
  const { serverVersion } = await guard(
    () => client.withDeadline(Date.now() + answerWithinMs, ask),
    judgeTemporal,
  );
  return serverVersion;
}
