import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Tools } from '../contracts/backups/provider.ts';
import { AgentError, type AgentHost } from '../contracts/kernel/agent-host.ts';
import { readWritten, writeDurably } from '../processes/durable-file.ts';
import { lockFile } from '../processes/lock-file.ts';
import type { AgentSettings } from '../specs/kernel/agent.ts';
import { showGiven } from '../specs/kernel/given.ts';
import { offerKnown } from '../specs/kernel/known-keys.ts';
import type { ActRecord } from './acts/act-files.ts';
import { ActStore } from './acts/act-store.ts';
import { Acts, type OpenAct } from './acts/acts.ts';
import { createOnce, type Once } from './acts/once.ts';
import { readCommand } from './acts/requests.ts';
import { resultIn } from './acts/result-in.ts';
import { describeHost } from './describe-host.ts';
import { Leases } from './leases/leases.ts';
import { repeat } from './repeat.ts';
import { runProbe } from './probes/run-probe.ts';
import { endMarked } from './programs/marked-processes.ts';
import { createTools, readMark } from './tools/create-tools.ts';
import type { StartWatchdog } from './watchdog/start-watchdog.ts';

export interface HostOptions {
  settings: AgentSettings;
  startWatchdog: StartWatchdog;
  onError: (message: string, error: unknown) => void;
  /** What is under way, each time that was looked at. */
  onSwept: (open: readonly OpenAct[]) => void;
}

export interface OpenHost extends AgentHost {
  tools: Tools;
  once: Once;
  /** Writes an act down, before it begins. */
  admitRecord: ActStore['admit'];
  /** Applies a lease that is no command of the settings. */
  applyRecord: Leases['applyRecord'];
  /** What is under way, or was left. */
  openActs(): Promise<ActRecord[]>;
  readAct: ActStore['read'];
  /** What was started goes on. */
  close(): Promise<void>;
}

/** Another agent has this state folder. */
class StateFolderInUse extends Error {
  override readonly name = 'StateFolderInUse';
}

const sweepEveryMs = 1_000;
const pruneEveryMs = 3_600_000;

/** Takes the state folder, and up what an earlier agent has left in it. Throws StateFolderInUse. */
export async function openHost(options: HostOptions): Promise<OpenHost> {
  const { settings, startWatchdog, onError, onSwept } = options;
  const { stateFolder } = settings;
  const lock = await lockFile(
    join(stateFolder, 'lock'),
    ({ pid }) =>
      new StateFolderInUse(
        `process ${pid} already runs the agent of ${stateFolder}; stop it first, or give each agent a stateFolder of its own`,
      ),
  );
  const instance = await readInstance(stateFolder);
  const store = new ActStore(stateFolder);
  const acts = new Acts({ store, startWatchdog, instance });
  const leases = new Leases({ settings, store, acts });
  await endMarked(`${instance}/probe/`, 0);
  await endMarked(readMark(instance), 0);
  await acts.takeUp();
  const onActError = (error: unknown, { command }: OpenAct['record']) =>
    onError(`what ${command} left cannot be ended yet`, error);
  const reported = new Map<string, number>();
  const sweep = async () => {
    const open = await acts.sweep(onActError);
    for (const { record, state } of open) {
      const { count = 0, last } = state?.revertFailures ?? {};
      const key = `${record.act.runRef}/${record.act.step}`;
      if (count > (reported.get(key) ?? 0)) onError(`${record.command} cannot be reverted`, last);
      reported.set(key, count);
    }
    onSwept(open);
  };
  await sweep();
  await store.prune(Date.now());
  const timers = [
    repeat(sweep, sweepEveryMs, (error) => onError('acts cannot be read', error)),
    repeat(
      () => store.prune(Date.now()),
      pruneEveryMs,
      (error) => onError('old acts stay on disk', error),
    ),
  ];
  const description = await describeHost(settings, instance);
  return {
    description,
    tools: createTools({ store, acts, instance }),
    once: createOnce(store),
    admitRecord: (record) => store.admit(record),
    applyRecord: (record, attempt) => leases.applyRecord(record, attempt),
    openActs: () => store.open(),
    readAct: (act) => store.read(act),
    runCommand: async (request, attempt) => {
      const record = await store.admit(readCommand(settings, request));
      return acts.follow(record, attempt, (now) => resultIn(now, request));
    },
    applyLease: (request, attempt) => leases.apply(request, attempt),
    extendLease: (lease, forMs) => leases.extend(lease, forMs),
    revertLease: (lease, attempt) => leases.revert(lease, attempt),
    runProbe: (name, cancelled) => runProbe(findProbe(settings, name), { instance, cancelled }),
    close: async () => {
      await Promise.all(timers.map((timer) => timer.stop()));
      await lock.release();
    },
  };
}

/** Made once, so that Temporal can tell agents of one name apart. */
async function readInstance(stateFolder: string): Promise<string> {
  const file = join(stateFolder, 'instance.json');
  const present = await readWritten<{ instance: string }>(file);
  if (present) return present.instance;
  const instance = randomUUID();
  await writeDurably(file, { instance });
  return instance;
}

function findProbe({ name, probes }: AgentSettings, wanted: string) {
  const found = probes.find((probe) => probe.name === wanted);
  if (found) return found;
  const known = probes.map((probe) => probe.name);
  const offer = known.length === 0 ? 'it has none' : offerKnown(wanted, known);
  throw new AgentError('refused', `agent ${name} has no probe ${showGiven(wanted)}; ${offer}`);
}
