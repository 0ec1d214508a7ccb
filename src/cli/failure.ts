/** What `belay` exits with; scripts rely on these. */
export const exitCodes = {
  ok: 0,
  /** Rolled back, aborted, superseded, or a verb that was refused. */
  notDone: 1,
  badInput: 2,
  unreachable: 3,
  alreadyRunning: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected end of a command: shown as its message alone, without a stack trace. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
