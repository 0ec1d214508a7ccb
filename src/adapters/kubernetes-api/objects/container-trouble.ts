import type {
  V1Container,
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStateWaiting,
  V1ContainerStatus,
} from '@kubernetes/client-node';
import { describeProbe } from './describe-probe.ts';
import { oneLine } from './one-line.ts';

export interface ContainerView {
  kind: 'container' | 'init container';
  name: string;
  spec?: V1Container;
  status: V1ContainerStatus;
}

const waitsForItsTurn = ['ContainerCreating', 'PodInitializing'];
const cannotHaveImage = [
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
];

/** Why this container does not start, or keeps stopping; undefined if nothing is wrong with it. */
export function startTrouble(view: ContainerView): string | undefined {
  const reason = whyNotRunning(view);
  return reason && `${view.kind} ${view.name}: ${reason}`;
}

/** Why this running container is not ready. */
export function readinessTrouble(view: ContainerView): string | undefined {
  const { spec, status } = view;
  if (status.ready) return undefined;
  const restarts = lastRestart(status);
  return `${view.kind} ${view.name}: ${waitedFor(spec, status)}${restarts && `; ${restarts}`}`;
}

function whyNotRunning({ spec, status }: ContainerView): string | undefined {
  const { waiting, terminated } = status.state ?? {};
  if (terminated) return terminated.exitCode === 0 ? undefined : describeEnd(terminated);
  const { reason } = waiting ?? {};
  if (!waiting || !reason || waitsForItsTurn.includes(reason)) return undefined;
  if (reason === 'CrashLoopBackOff') return crashLoop(status);
  const message = messageOf(waiting);
  return cannotHaveImage.includes(reason)
    ? `${reason}: image ${spec?.image ?? status.image}${message}`
    : `${reason}${message}`;
}

function crashLoop({ lastState, restartCount }: V1ContainerStatus): string {
  const end = endOf(lastState);
  const times = restartCount === 1 ? 'once' : `${restartCount} times`;
  return `CrashLoopBackOff: restarted ${times}${end && `, last ended with ${describeEnd(end)}`}`;
}

function waitedFor(spec: V1Container | undefined, { started }: V1ContainerStatus): string {
  if (spec?.startupProbe && started !== true) {
    return `not started: its startup probe (${describeProbe(spec.startupProbe)}) has not succeeded`;
  }
  if (spec?.readinessProbe) {
    return `not ready: its readiness probe (${describeProbe(spec.readinessProbe)}) fails`;
  }
  return 'not ready yet';
}

function lastRestart({ lastState, restartCount }: V1ContainerStatus): string {
  const end = endOf(lastState);
  return end && restartCount > 0 ? `it was restarted after ${describeEnd(end)}` : '';
}

function endOf(state: V1ContainerState | undefined): V1ContainerStateTerminated | undefined {
  return state?.terminated;
}

function describeEnd({ exitCode, signal, reason, message }: V1ContainerStateTerminated): string {
  const plain = signal ? `signal ${signal}` : `exit code ${exitCode}`;
  const named = reason && reason !== 'Error' ? `${plain} (${reason})` : plain;
  return message ? `${named}: ${oneLine(message)}` : named;
}

function messageOf({ message }: V1ContainerStateWaiting): string {
  return message ? `: ${oneLine(message)}` : '';
}
