/** The form of `chaos` in an agent's settings file. */
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { named, place } from '../kernel/host-written.ts';
import { choice, duration, listOf, mapping, wholeNumber } from '../kernel/written.ts';
import type { ChaosSettings, FaultyProcess, FoundBy } from './agent-settings.ts';
import { hostFaultTypes } from './fault.ts';

const minuteMs = 60_000;

const process = mapping(
  {
    pidFile: place('the file with its process ID').exactOptional(),
    port: wholeNumber(1, 65_535).exactOptional(),
    faults: listOf(choice(hostFaultTypes), `write a list of ${hostFaultTypes.join(', ')}`),
  },
  { pid: 'a process ID changes; write pidFile, or port', name: 'write pidFile, or port' },
)
  .check(judgedBy(judgeProcess))
  .transform(({ pidFile, port = 0, faults }) => {
    const foundBy: FoundBy = pidFile === undefined ? { port } : { pidFile };
    return { foundBy, faults };
  });

function judgeProcess({ pidFile, port }: Unfinished): Finding[] {
  if ((pidFile === undefined) !== (port === undefined)) return [];
  const found = pidFile === undefined ? 'cannot be found' : 'has pidFile and port';
  return [{ path: [], message: `${found}; write pidFile, or the port on which it listens` }];
}

const host = mapping({
  faults: listOf(choice(['cpu']), 'write a list of cpu'),
});

export const chaosSection = mapping(
  {
    longest: duration(1_000, 60 * minuteMs).prefault('15m'),
    processes: named('process', process),
    host: host.exactOptional(),
  },
  { faults: 'write it in a process, or in host', targets: 'write processes' },
)
  .transform(({ longest, processes, host: own }): ChaosSettings => ({
    longestMs: longest,
    processes: Object.entries(processes).map(([name, each]): FaultyProcess => ({ name, ...each })),
    hostFaults: own?.faults ?? [],
  }))
  .exactOptional();
