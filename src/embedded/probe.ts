import type { Program } from './programs.ts';
import { lastLine, runBriefly } from './run-briefly.ts';

const probeLimitMs = 20_000;

export type ProbeResult = { ok: true; version?: string } | { ok: false; reason: string };

/** Runs the program to check that it is the expected one and works on this machine. */
export async function probe(program: Program, path: string): Promise<ProbeResult> {
  const run = await runBriefly(path, program.probe.args, probeLimitMs);
  const match = run.ok ? program.probe.output.exec(run.stdout + run.stderr) : null;
  if (match) return { ok: true, ...(match[1] !== undefined && { version: match[1] }) };
  const said = lastLine(run.stderr) || lastLine(run.stdout) || run.errno || 'nothing';
  const asked = [path, ...program.probe.args].join(' ');
  return {
    ok: false,
    reason: `\`${asked}\` printed something else than ${program.name} does: ${said}`,
  };
}
