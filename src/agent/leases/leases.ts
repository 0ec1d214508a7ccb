import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt, type LeaseRequest } from '../../contracts/kernel/agent-host.ts';
import type {
  AppliedLease,
  ExtendedLease,
  RevertedLease,
  RunStep,
} from '../../contracts/kernel/agent.ts';
import { writeDurably } from '../../processes/durable-file.ts';
import { writeDown } from '../write-down.ts';
import type { AgentSettings } from '../../specs/kernel/agent.ts';
import type { ActOutcome, ActRecord, ExtensionOrder } from '../acts/act-files.ts';
import type { ActStore } from '../acts/act-store.ts';
import type { ActNow, Acts } from '../acts/acts.ts';
import { findCommand, readLease, refuseDuration } from '../acts/requests.ts';

export interface LeasesOptions {
  settings: AgentSettings;
  store: ActStore;
  acts: Acts;
}

const answerWithinMs = 5_000;
const pollMs = 50;

/** What is applied for a while. The watchdog of each ends it; this only asks. */
export class Leases {
  readonly #options: LeasesOptions;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  apply(request: LeaseRequest, attempt: Attempt): Promise<AppliedLease> {
    return this.applyRecord(readLease(this.#options.settings, request), attempt);
  }

  /** Of a lease that is no command of the settings. */
  async applyRecord(wanted: ActRecord, attempt: Attempt): Promise<AppliedLease> {
    const { store, acts } = this.#options;
    const record = await store.admit(wanted);
    return acts.follow(record, attempt, (now) => appliedIn(now, attempt));
  }

  async extend(lease: RunStep, forMs: number): Promise<ExtendedLease> {
    const { settings, acts } = this.#options;
    const record = await this.#find(lease);
    const { command: name, lease: own } = record;
    const longestMs = own?.longestMs ?? findCommand(settings, name).lease?.longestMs ?? 0;
    refuseDuration({ name, longestMs }, forMs);
    const order: ExtensionOrder = { id: randomUUID(), forMs };
    await writeDown(acts.filesOf(lease).extension, order);
    const deadline = performance.now() + answerWithinMs;
    while (performance.now() < deadline) {
      const { outcome, state } = await acts.read(lease);
      if (outcome || state?.phase === 'reverting') throw hasEnded(outcome);
      const held = state?.lease;
      if (held?.extension === order.id) return { expiresAtMs: held.expiresAtMs };
      await sleep(pollMs);
    }
    throw new AgentError('unfinished', 'the watchdog of the lease did not answer');
  }

  async revert(lease: RunStep, attempt: Attempt): Promise<RevertedLease> {
    const { store, acts } = this.#options;
    const record = (await store.read(lease)) ?? (await this.#fenceOff(lease));
    if (record === undefined || record.neverApplied) return { why: 'never-applied' };
    if (record.lease === undefined) throw notLease(lease);
    await writeDown(acts.filesOf(lease).revert, {});
    const failuresBefore = (await acts.read(lease)).state?.revertFailures?.count ?? 0;
    return acts.follow(record, { ...attempt, cancelled: never }, (now) =>
      revertedIn(now, failuresBefore),
    );
  }

  /** So that an apply which is late is refused. */
  async #fenceOff(lease: RunStep): Promise<ActRecord | undefined> {
    const { store } = this.#options;
    const tombstone: ActRecord = {
      ...{ act: lease, command: '', digest: '', acceptedAtMs: Date.now(), argv: [] },
      program: { environment: {}, secrets: {}, timeoutMs: 0, graceMs: 0, maxOutputBytes: 0 },
      neverApplied: true,
    };
    try {
      const record = await store.admit(tombstone);
      const outcome: ActOutcome = { kind: 'lease', reverted: { why: 'never-applied' } };
      await writeDurably(store.filesOf(lease).outcome, outcome);
      return record;
    } catch (error) {
      // A later step of the run is on record, so that this one is refused anyway.
      if (error instanceof AgentError && error.code === 'stale-fence') return undefined;
      throw error;
    }
  }

  async #find(lease: RunStep): Promise<ActRecord> {
    const record = await this.#options.store.read(lease);
    if (record === undefined) {
      throw new AgentError('lease-ended', `there is no lease of step ${lease.step} of this run`);
    }
    if (record.lease === undefined) throw notLease(lease);
    return record;
  }
}

const never = new AbortController().signal;

function appliedIn({ outcome, state }: ActNow, { cancelled }: Attempt): AppliedLease | undefined {
  const apply = state?.lease?.apply;
  if (outcome === undefined) {
    if (state?.phase !== 'applied' || !apply) return undefined;
    return { applied: true, apply, expiresAtMs: state.lease?.expiresAtMs ?? 0 };
  }
  const failed = outcome.kind === 'lease' ? outcome.apply : undefined;
  const isOurs = outcome.kind === 'lease' && outcome.reverted.why === 'apply-failed';
  if (failed && (isOurs || cancelled.aborted)) {
    return { applied: false, apply: failed, expiresAtMs: state?.lease?.expiresAtMs ?? 0 };
  }
  throw hasEnded(outcome);
}

function revertedIn({ outcome, state }: ActNow, before: number): RevertedLease | undefined {
  if (outcome?.kind === 'lease') return outcome.reverted;
  const failures = state?.revertFailures;
  if (failures === undefined || failures.count <= before) return undefined;
  throw new AgentError(
    'unfinished',
    `reverting has failed ${failures.count} times (${failures.last}); the watchdog goes on trying`,
  );
}

const ends = {
  asked: 'it was reverted on request',
  expired: 'its time was over, and it was reverted',
  'apply-failed': 'applying it failed, and it was reverted',
  'watchdog-lost': 'its watchdog was killed, and it was reverted',
  'never-applied': 'it was reverted before it was applied',
} as const;

function hasEnded(outcome: ActOutcome | undefined): AgentError {
  const why = outcome?.kind === 'lease' ? ends[outcome.reverted.why] : 'it is being reverted';
  return new AgentError('lease-ended', `the lease has ended: ${why}`);
}

function notLease({ step }: RunStep): AgentError {
  return new AgentError('refused', `step ${step} of this run is a command, not a lease`);
}
