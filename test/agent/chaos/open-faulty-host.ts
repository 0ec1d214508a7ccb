import { FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { builtProgram } from '../../fixtures/built.ts';

/** With the programs as they ship. */
export async function openFaultyHost(): Promise<FaultyHost> {
  return FaultyHost.open({
    watchdog: await builtProgram('src/agent/watchdog/main'),
    injector: await builtProgram('src/agent/chaos/main'),
  });
}
