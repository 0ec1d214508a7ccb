import type { z } from 'zod';
import type { AgentSettings, CommandSettings, Parameter, ProbeSettings } from './agent.ts';
import { agentSchema } from './agent-schema.ts';
import { isMapping, type Finding, type Unfinished } from './finding.ts';
import { problemsOf } from './issues.ts';
import { parseSpecText } from './parse-text.ts';
import type { SpecProblem } from './spec-problem.ts';

export type AgentResolution =
  | {
      ok: true;
      settings: AgentSettings;
      /** What the schemas of the sections made of them, by their keys. */
      sections: Readonly<Record<string, unknown>>;
      lineOf: (path: string) => number | undefined;
    }
  | { ok: false; problems: SpecProblem[]; lineOf?: (path: string) => number | undefined };

interface ResolveOptions {
  name?: string | undefined;
  sections?: Record<string, z.ZodType>;
  /** Says what is wrong between sections. */
  judge?: (given: Unfinished) => Finding[];
}

/**
 * What an agent's settings file in YAML says, or every problem it has. `name` goes before the file's;
 * families of runs have a section each.
 */
export function resolveAgent(
  text: string,
  { name, sections = {}, judge }: ResolveOptions = {},
): AgentResolution {
  const parsed = parseSpecText(text, 'agent.yaml');
  if (!parsed.ok) return { ok: false, problems: parsed.problems };
  const { lineOf } = parsed;
  const input = isMapping(parsed.input) && name ? { ...parsed.input, name } : parsed.input;
  const resolved = agentSchema(sections, judge).safeParse(input ?? undefined);
  if (!resolved.success) return { ok: false, problems: problemsOf(resolved.error), lineOf };
  const { name: agent, stateFolder, commands, probes, ...more } = resolved.data;
  return {
    ok: true,
    lineOf,
    sections: more,
    settings: {
      ...{ name: agent, stateFolder },
      commands: Object.entries(commands).map(([command, written]) =>
        resolveCommand(command, written),
      ),
      probes: Object.entries(probes).map(([probe, written]) => resolveProbe(probe, written)),
    },
  };
}

type Written = z.output<ReturnType<typeof agentSchema>>;
type WrittenCommand = Written['commands'][string];
type WrittenProbe = Written['probes'][string];

function resolveCommand(name: string, written: WrittenCommand): CommandSettings {
  const { description, argv, lease, parameters, user, folder } = written;
  return {
    ...{ name, description },
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([parameter, accepted]) => [
        parameter,
        resolveParameter(accepted),
      ]),
    ),
    ...(argv && { argv }),
    ...(lease && { lease: { apply: lease.apply, revert: lease.revert, longestMs: lease.longest } }),
    environment: written.environment,
    secrets: written.secrets,
    ...(user !== undefined && { user }),
    ...(folder !== undefined && { folder }),
    timeoutMs: written.timeout,
    graceMs: written.grace,
    maxOutputBytes: written.maxOutput,
  };
}

function resolveParameter({
  pattern,
  oneOf,
  min,
  max,
}: WrittenCommand['parameters'][string]): Parameter {
  if (pattern !== undefined) return { pattern };
  if (oneOf) return { oneOf };
  return { least: min ?? 0, most: max ?? 0 };
}

const probeOutputBytes = 16_384;

function resolveProbe(name: string, written: WrittenProbe): ProbeSettings {
  const { http, tcp, command, timeout: timeoutMs } = written;
  const described = (usual: string) => ({
    name,
    description: written.description ?? usual,
    timeoutMs,
  });
  if (http)
    return { ...described(`GET ${shownAddress(http.url)}`), what: { kind: 'http', ...http } };
  if (tcp) {
    return { ...described(`connect to ${tcp.host}:${tcp.port}`), what: { kind: 'tcp', ...tcp } };
  }
  if (!command) throw new Error(`probe ${name} is of no kind`);
  const { argv, exitCode, matches, environment, secrets, user, folder, grace } = command;
  return {
    ...described(`run ${argv[0]}`),
    what: {
      ...{ kind: 'command', argv, exitCode },
      ...(matches !== undefined && { matches }),
      program: {
        ...{ environment, secrets, timeoutMs, graceMs: grace, maxOutputBytes: probeOutputBytes },
        ...(user !== undefined && { user }),
        ...(folder !== undefined && { folder }),
      },
    },
  };
}

/** Agents publish it, and parameters may be credentials. */
function shownAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
