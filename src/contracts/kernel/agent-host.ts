import type {
  AgentDescription,
  AppliedLease,
  ApplyLeaseCall,
  CommandProgress,
  CommandResult,
  ExtendedLease,
  ProbeResult,
  RevertedLease,
  RunCommandCall,
  RunStep,
} from './agent.ts';

/**
 * `refused`: the allow-list, or an argument. `stale-fence`: a later act of the run came first.
 * `lost`: it may have taken effect, and nobody can say how it ended. `lease-ended`: too late.
 * `away`: the agent stops; the act goes on, and is attached to again. `unfinished`: try again.
 */
export type AgentErrorCode =
  'refused' | 'stale-fence' | 'lost' | 'lease-ended' | 'away' | 'unfinished';

export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: AgentErrorCode;
  constructor(code: AgentErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export interface Attempt {
  /** Aborted where the run does not want the act any more: what it started is ended first. */
  cancelled: AbortSignal;
  /** Aborted where the agent stops: what it started goes on. */
  leaving: AbortSignal;
  onProgress(progress: CommandProgress): void;
}

export type CommandRequest = Omit<RunCommandCall, 'contract' | 'agent'>;
export type LeaseRequest = Omit<ApplyLeaseCall, 'contract' | 'agent'>;

/** What an agent does on its host. Throws AgentError. */
export interface AgentHost {
  description: AgentDescription;
  /** Ends with `cancelled` where the attempt is. */
  runCommand(request: CommandRequest, attempt: Attempt): Promise<CommandResult>;
  applyLease(request: LeaseRequest, attempt: Attempt): Promise<AppliedLease>;
  extendLease(lease: RunStep, forMs: number): Promise<ExtendedLease>;
  revertLease(lease: RunStep, attempt: Attempt): Promise<RevertedLease>;
  runProbe(probe: string, cancelled: AbortSignal): Promise<ProbeResult>;
}
