import type { Attempt } from '../kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../kernel/agent.ts';
import type { SecretRef } from '../../specs/kernel/notifications.ts';
import type { DatabasePlaceActivities } from './place.ts';
import type { CopySearchActivities, PlanStops } from './search.ts';
import type { BackupStoreActivities, RepositoryCall } from './store.ts';

/** One start of a tool. Secrets are named, never given: they are read when the program starts. */
export interface ToolRun {
  /** Without a shell; the absolute path of the program first. */
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, SecretRef>>;
  /** The account it runs as; absent: the agent's own. */
  user?: string;
  folder?: string;
  timeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
}

export interface ToolAnswer {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** How a provider runs the tools of its host. */
export interface Tools {
  /**
   * An act of a run: once, by a watchdog that outlives the agent, its output bounded. The same act
   * again attaches to it. Throws AgentError `lost` where nobody can say how it ended.
   */
  act(act: RunStep, name: string, tool: ToolRun, attempt: Attempt): Promise<CommandResult>;
  /**
   * Changes nothing, or nothing more the second time: it is run again where it was killed from outside,
   * and ended with the attempt, or with the agent. Heartbeats. Throws AgentError `unfinished` unless it
   * exits by itself, and `refused` where it writes more than 256 MiB. With `onLine`, stdout has no
   * bound: each line is handed on, and none is kept. One that is longer than 64 MiB is `refused`, too.
   */
  read(tool: ToolRun, attempt: Attempt, onLine?: (line: string) => void): Promise<ToolAnswer>;
  /** Ends an act, if it is under way, and returns once nothing that it started runs any more. */
  stop(act: RunStep): Promise<void>;
}

export type Acts = Omit<BackupStoreActivities, 'agent'>;

/** What a call about a copy is given: its folder, which belongs to the account of the tool (0700). */
export interface CopyPlace {
  folder: string;
}

/** `removeCopy` is called once all acts about the copy have ended; the folder itself is removed after it. */
interface Places {
  restoreSet: { folder?: string };
  runCopy: CopyPlace;
  inspectCopy: CopyPlace;
  assertCopy: CopyPlace & {
    /** Ends what other calls run in the copy. */
    endServer(): Promise<void>;
  };
  removeCopy: CopyPlace;
}

/** The same as activities, given the attempt. Throws AgentError. */
export type OnHost<Activities extends Record<keyof Activities, (call: never) => unknown>> = {
  [Name in keyof Activities]: (
    call: Parameters<Activities[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<Activities[Name]>;
};

/** What a provider of databases does with their places. */
export type PlaceHost = OnHost<DatabasePlaceActivities>;

/** How a database is searched for its last good moment. */
export type SearchHost = OnHost<CopySearchActivities>;

interface SearchedPlaces {
  readHistory: CopyPlace;
  searchCopy: CopyPlace & { planStops: PlanStops };
  readCommit: CopyPlace;
  weighLoss: CopyPlace;
  askCheck: Partial<CopyPlace>;
  examineExport: ExportPlace;
  exportRows: ExportPlace;
}

/** The folder in which each export has one of its own. It belongs to the account of the agent. */
export interface ExportPlace {
  folder: string;
}

/** The same, given the folder of the copy that a call is about. */
export type SearchProvider = {
  [Name in keyof SearchHost]: (
    call: Parameters<SearchHost[Name]>[0] &
      (Name extends keyof SearchedPlaces ? SearchedPlaces[Name] : unknown),
    attempt: Attempt,
  ) => ReturnType<SearchHost[Name]>;
};

/**
 * What one provider does on its host. The same as the activities, given the attempt, once the agent
 * has found everything that the call names in its settings. Throws AgentError.
 */
export type BackupProvider = {
  [Name in keyof Acts]: (
    call: Parameters<Acts[Name]>[0] & (Name extends keyof Places ? Places[Name] : unknown),
    attempt: Attempt,
  ) => ReturnType<Acts[Name]>;
} & {
  /** Bytes that a restore of a set writes; absent: its repository is read for them. */
  measureSet?(call: RepositoryCall & { label: string }, attempt: Attempt): Promise<number>;
  /** Removes what calls have left on the host that nobody carries on. Called every few seconds. */
  sweep?(attempt: Attempt): Promise<void>;
  /** Absent: it restores nothing in the place of a database. */
  place?: PlaceHost;
  /** Absent: it has no log that could be searched. */
  search?: SearchProvider;
};
