/**
 * The program that a watchdog runs to inject a fault, and to remove it: `inject ORDER`, `remove ORDER`.
 * `burn`, `hold-memory` and `hold-disk` are what faults start. `knock ORDER` runs in the network namespace of a fault, to
 * have its effect seen.
 */
import { burn } from './burn.ts';
import { injectFault, removeFault } from './inject.ts';
import { holdDisk } from './disk/hold-disk.ts';
import { holdMemory } from './memory/hold-memory.ts';
import { knock } from './network/knock.ts';
import type { FaultOrder } from './order.ts';

const [verb, given = '{}'] = process.argv.slice(2);
/** As this process was started itself. */
const own = [...process.execArgv, process.argv[1] ?? ''];

try {
  await carryOut();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function carryOut(): Promise<void> {
  switch (verb) {
    case 'inject':
      return injectFault(JSON.parse(given) as FaultOrder, own);
    case 'remove':
      return removeFault(JSON.parse(given) as FaultOrder);
    case 'burn':
      return burn(JSON.parse(given) as Parameters<typeof burn>[0]);
    case 'hold-memory':
      return holdMemory(JSON.parse(given) as Parameters<typeof holdMemory>[0]);
    case 'hold-disk':
      return holdDisk(JSON.parse(given) as Parameters<typeof holdDisk>[0]);
    case 'knock':
      return knock(JSON.parse(given) as Parameters<typeof knock>[0]);
    default:
      throw new Error(
        `${String(verb)} is not inject, remove, burn, hold-memory, hold-disk or knock`,
      );
  }
}
