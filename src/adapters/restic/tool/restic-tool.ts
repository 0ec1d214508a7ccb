import { resticProgram } from '../../../config/restic-program.ts';
import type { ToolAnswer, ToolRun, Tools } from '../../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../../contracts/kernel/agent.ts';
import type { ResticRepositorySettings } from '../../../specs/backups/agent-settings.ts';
import { judgeFailure } from '../answers/judge-failure.ts';
import { fromVariables } from './from-variables.ts';

const minute = 60_000;
/** Bounds of what hangs; how long a backup may take is decided by the run. */
const patience = { readMs: 10 * minute, actMs: 7 * 24 * 60 * minute, graceMs: 30_000 };

interface ResticToolOptions {
  tools: Tools;
  settings: ResticRepositorySettings;
  cacheFolder?: string | undefined;
}

/** restic on one repository, without a shell. */
export class ResticTool {
  readonly settings: ResticRepositorySettings;
  readonly #tools: Tools;
  readonly #cache: Readonly<Record<string, string>>;

  constructor({ tools, settings, cacheFolder }: ResticToolOptions) {
    this.settings = settings;
    this.#tools = tools;
    // The folder is the agent's: another account has to be given one of its own.
    const isOwn = cacheFolder !== undefined && settings.user === undefined;
    this.#cache = isOwn ? { RESTIC_CACHE_DIR: cacheFolder } : {};
  }

  get name(): string {
    return this.settings.name;
  }

  /** The folder of a repository on this host; absent where it is elsewhere. */
  get localFolder(): string | undefined {
    const location = this.settings.location.replace(/^local:/, '');
    return location.startsWith('/') ? location : undefined;
  }

  /** What changes nothing, or may be repeated: ended with the attempt. */
  async read(args: readonly string[], attempt: Attempt, from?: ResticTool): Promise<ToolAnswer> {
    return this.#tools.read(this.#run(args, patience.readMs, from), attempt);
  }

  /** The same for what may be long: each line of its answer is handed on. */
  async requireLines(
    args: readonly string[],
    attempt: Attempt,
    onLine: (line: string) => void,
  ): Promise<void> {
    const answer = await this.#tools.read(this.#run(args, patience.readMs), attempt, onLine);
    if (answer.exitCode !== 0) throw this.failed(answer);
  }

  /** Throws AgentError where it does not exit with 0. */
  async require(args: readonly string[], attempt: Attempt, from?: ResticTool): Promise<ToolAnswer> {
    const answer = await this.read(args, attempt, from);
    if (answer.exitCode !== 0) throw this.failed(answer);
    return answer;
  }

  async act(
    act: RunStep,
    { name, args, from }: { name: string; args: readonly string[]; from?: ResticTool },
    attempt: Attempt,
  ): Promise<CommandResult> {
    return this.#tools.act(act, name, this.#run(args, patience.actMs, from), attempt);
  }

  failed(answer: ToolAnswer): AgentError {
    const { kind, words } = judgeFailure(answer);
    return new AgentError(
      kind === 'passing' || kind === 'locked' ? 'unfinished' : 'refused',
      `repository ${this.name}: ${words}`,
    );
  }

  #run(args: readonly string[], timeoutMs: number, from?: ResticTool): ToolRun {
    const { location, environment, secrets, user } = this.settings;
    const variables = { ...this.#cache, ...environment };
    const others = from === undefined ? undefined : fromVariables(from.settings, this.settings);
    const hasCache = variables['RESTIC_CACHE_DIR'] !== undefined;
    return {
      argv: [resticProgram(this.settings), ...(hasCache ? [] : ['--no-cache']), ...args],
      environment: { ...variables, ...others?.environment, RESTIC_REPOSITORY: location },
      secrets: { ...others?.secrets, ...secrets },
      ...(user !== undefined && { user }),
      timeoutMs,
      graceMs: patience.graceMs,
    };
  }
}
