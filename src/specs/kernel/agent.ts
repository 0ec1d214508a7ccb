/** What an agent may do on its host, as its settings file resolves. Everything else is refused. */
import type { SecretRef } from './notifications.ts';

/** As it is now; named by the variable that a program gets it in. */
export interface Secret {
  name: string;
  value: string;
}

/** A pattern has to match the whole value. */
export type Parameter =
  { pattern: string } | { oneOf: readonly string[] } | { least: number; most: number };

/** How a program of the allow-list is run: never by a shell, and without the agent's own variables. */
export interface ProgramSettings {
  environment: Readonly<Record<string, string>>;
  /** Variables whose values are kept elsewhere, and redacted wherever they appear. */
  secrets: Readonly<Record<string, SecretRef>>;
  /** The account that it runs as; absent: the agent's own. */
  user?: string;
  /** Absent: `/`. */
  folder?: string;
  timeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  graceMs: number;
  /** Of stdout, and of stderr. */
  maxOutputBytes: number;
}

export interface CommandSettings extends ProgramSettings {
  name: string;
  description: string;
  parameters: Readonly<Record<string, Parameter>>;
  /** Arguments with `{{parameter}}` in them, the absolute path of a program first. */
  argv?: readonly string[];
  /** In place of `argv`: applied for a while, at most `longestMs` ahead. */
  lease?: { apply: readonly string[]; revert: readonly string[]; longestMs: number };
}

export interface HttpProbe {
  kind: 'http';
  url: string;
  status: readonly number[];
  /** Text that has to be in the body. */
  contains?: string;
}

export interface TcpProbe {
  kind: 'tcp';
  host: string;
  port: number;
}

export interface CommandProbe {
  kind: 'command';
  argv: readonly string[];
  program: ProgramSettings;
  exitCode: number;
  /** A pattern that has to match what is written to stdout, without blanks at its ends. */
  matches?: string;
}

export interface ProbeSettings {
  name: string;
  description: string;
  timeoutMs: number;
  what: HttpProbe | TcpProbe | CommandProbe;
}

export interface AgentSettings {
  name: string;
  stateFolder: string;
  commands: readonly CommandSettings[];
  probes: readonly ProbeSettings[];
}
