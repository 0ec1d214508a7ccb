/**
 * Calls to an agent. Agents are not part of the workers' deployment version: every call carries the
 * caller's contract number, and an agent refuses another. Raise it with every change that the other
 * side would misread.
 */
export const agentContract = 1;

/** Whoever may poll this queue is given the agent's commands. */
export function agentTaskQueue(agent: string): string {
  return `belay-agent-${agent}`;
}

/** The record of an agent is a workflow that is never carried out, under this ID: ADR 32. */
export function agentRecordId(agent: string): string {
  return `agent/${agent}`;
}

export const agentRecordType = 'agentRecord';

/**
 * Orders the acts of one run on one agent, and names each. The same pair again is the same act: it
 * is attached to, or answered with its recorded result. A step lower than the run's highest is
 * refused, unless the agent has a record of it.
 */
export interface RunStep {
  runRef: string;
  step: number;
}

export interface AgentCall {
  contract: number;
  agent: string;
}

export type ArgumentValues = Readonly<Record<string, string | number>>;

export interface RunCommandCall extends AgentCall {
  act: RunStep;
  command: string;
  args?: ArgumentValues;
}

export interface ApplyLeaseCall extends RunCommandCall {
  /** From the beginning of `apply`. */
  forMs: number;
}

export interface LeaseCall extends AgentCall {
  /** The act that applied it. */
  lease: RunStep;
}

export interface ExtendLeaseCall extends LeaseCall {
  /** From now; a lease is never made shorter. */
  forMs: number;
}

export interface RunProbeCall extends AgentCall {
  probe: string;
}

/**
 * `exited` has an exit code, `killed` a signal that the agent did not send. `not-started`: the
 * program could not be run; nothing took effect.
 */
export type CommandEnding = 'exited' | 'killed' | 'timed-out' | 'cancelled' | 'not-started';

export interface CommandResult {
  ending: CommandEnding;
  exitCode?: number;
  signal?: string;
  /** Why it was not started. */
  reason?: string;
  /** Redacted, and bounded: the middle is left out. */
  stdout: string;
  stderr: string;
  /** What was written, in bytes, left out parts included. */
  stdoutBytes: number;
  stderrBytes: number;
  startedAtMs: number;
  endedAtMs: number;
}

export interface AppliedLease {
  /** False where `apply` did not exit with 0: it was reverted at once. */
  applied: boolean;
  apply: CommandResult;
  /** By the agent's clock, which enforces it. */
  expiresAtMs: number;
}

export interface ExtendedLease {
  expiresAtMs: number;
}

/** `expired`: its time was over. `never-applied`: it was not, and an act that comes late is refused. */
export type LeaseEnd = 'asked' | 'expired' | 'apply-failed' | 'watchdog-lost' | 'never-applied';

export interface RevertedLease {
  why: LeaseEnd;
  /** Absent where nothing had been applied. */
  revert?: CommandResult;
}

export interface ProbeResult {
  ok: boolean;
  /** What was seen, in one line, redacted. */
  detail: string;
  latencyMs: number;
}

/** What a heartbeat of a command says. */
export interface CommandProgress {
  phase: 'accepted' | 'running' | 'applied' | 'reverting';
  elapsedMs: number;
  stdoutBytes: number;
  stderrBytes: number;
  /** What it is doing, where that is known. */
  detail?: string;
}

/** Something on the allow-list, and whether this host can do it. */
export interface Capability {
  name: string;
  description: string;
  /** Why it cannot be done here; absent: it can. */
  unavailable?: string;
}

export interface CommandCapability extends Capability {
  parameters: string[];
  /** It is applied for a while, and reverted by the agent. */
  isLease?: true;
}

export interface ProbeCapability extends Capability {
  kind: 'http' | 'tcp' | 'command';
}

export interface AgentDescription {
  name: string;
  host: string;
  /** Of Belay. */
  version: string;
  contract: number;
  /** Made once for a state folder: tells agents of one name apart. */
  instance: string;
  startedAtMs: number;
  /** Such as `linux/x64, user 1000`. */
  system: string;
  commands: CommandCapability[];
  probes: ProbeCapability[];
  /** For families of runs, by what it is: `cluster`, `repository`, `path`. */
  more?: Readonly<Record<string, Capability[]>>;
}

/** As the queue of an agent has them. Refusals are final, with a `type` of failureTypes. */
export interface AgentActivities {
  describeAgent(call: AgentCall): Promise<AgentDescription>;
  runCommand(call: RunCommandCall): Promise<CommandResult>;
  applyLease(call: ApplyLeaseCall): Promise<AppliedLease>;
  extendLease(call: ExtendLeaseCall): Promise<ExtendedLease>;
  revertLease(call: LeaseCall): Promise<RevertedLease>;
  runProbe(call: RunProbeCall): Promise<ProbeResult>;
}
