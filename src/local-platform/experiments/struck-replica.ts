import type { TrackFaultState } from '../../contracts/chaos/service-tracks.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { stateOf } from '../../processes/identity.ts';
import { signalGroup } from '../replicas/process-group.ts';
import type { ReplicaSet } from '../replicas/replica-set.ts';

/** A replica that was killed or stopped, with all of its processes. */
export interface StruckReplica {
  /** Lets it go on, where it was stopped. */
  release(): void;
  state(): Promise<NonNullable<TrackFaultState['replica']>>;
}

const signals = { crash: 'SIGKILL', freeze: 'SIGSTOP' } as const;

/** Crashes or freezes one ready replica of the track, chosen at random. Throws PlatformError `conflict` if none is ready. */
export function strike(
  set: Pick<ReplicaSet, 'chooseProcess'>,
  type: keyof typeof signals,
): StruckReplica {
  const chosen = set.chooseProcess();
  if (chosen === undefined) {
    const message = 'no replica of the experiment is a process that is ready';
    throw new PlatformError('conflict', message);
  }
  const { name, identity } = chosen;
  signalGroup(identity.pid, signals[type]);
  return {
    release: () => {
      // To another process that has its number by now, this signal means nothing.
      if (type === 'freeze') signalGroup(identity.pid, 'SIGCONT');
    },
    state: async () => ({ name, pid: identity.pid, state: await stateOf(identity) }),
  };
}
