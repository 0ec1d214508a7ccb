import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { readProgramSecrets } from '../../config/agent-file.ts';
import type { CommandResult, ProbeResult } from '../../contracts/kernel/agent.ts';
import type { CommandProbe, HttpProbe, ProbeSettings, TcpProbe } from '../../specs/kernel/agent.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { runProgram } from '../programs/run-program.ts';

type Seen = Pick<ProbeResult, 'ok' | 'detail'>;

const largestBodyBytes = 65_536;

/** Asks once. What does not answer in time has failed; only a cancelled probe rejects. */
export async function runProbe(
  { what, timeoutMs }: ProbeSettings,
  { instance, cancelled }: { instance: string; cancelled: AbortSignal },
): Promise<ProbeResult> {
  const startedMs = performance.now();
  const late = AbortSignal.timeout(timeoutMs);
  const seen = await ask(what, { instance, over: AbortSignal.any([late, cancelled]) }).catch(
    (error: unknown): Seen => ({
      ok: false,
      detail: late.aborted ? `no answer within ${formatDuration(timeoutMs)}` : describe(error),
    }),
  );
  cancelled.throwIfAborted();
  return { ...seen, latencyMs: Math.round(performance.now() - startedMs) };
}

interface Asking {
  instance: string;
  over: AbortSignal;
}

function ask(what: ProbeSettings['what'], asking: Asking): Promise<Seen> {
  switch (what.kind) {
    case 'http':
      return askHttp(what, asking);
    case 'tcp':
      return askTcp(what, asking);
    case 'command':
      return askCommand(what, asking);
  }
}

async function askHttp({ url, status, contains }: HttpProbe, { over }: Asking): Promise<Seen> {
  // As a client that was not connected: a connection that is kept tells nothing of those that are refused or reset.
  const headers = { connection: 'close' };
  const answer = await fetch(url, { redirect: 'manual', headers, signal: over });
  const isExpected = status.includes(answer.status);
  const body = isExpected && contains !== undefined ? await readStart(answer) : undefined;
  await answer.body?.cancel().catch(() => undefined);
  if (!isExpected) {
    return { ok: false, detail: `answered ${answer.status}, not ${status.join(' or ')}` };
  }
  if (body === undefined || body.includes(contains ?? '')) {
    return { ok: true, detail: `answered ${answer.status}` };
  }
  return { ok: false, detail: `answered ${answer.status} without the expected text` };
}

async function readStart(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    parts.push(part as Uint8Array);
    bytes += (part as Uint8Array).length;
    if (bytes >= largestBodyBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

async function askTcp({ host, port }: TcpProbe, { over }: Asking): Promise<Seen> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: over });
    return { ok: true, detail: 'accepts connections' };
  } finally {
    socket.destroy();
  }
}

async function askCommand(probe: CommandProbe, { instance, over }: Asking): Promise<Seen> {
  const { argv, program, exitCode, matches } = probe;
  const read = await readProgramSecrets(program);
  if (!read.ok) {
    const said = read.problems.map(({ path, message }) => `${path}: ${message}`);
    return { ok: false, detail: said.join('; ') };
  }
  const mark = `${instance}/probe/${randomUUID()}/`;
  const result = await runProgram({ argv, program, secrets: read.secrets, mark }, { stop: over });
  if (result.ending !== 'exited') return { ok: false, detail: describeEnding(result) };
  if (result.exitCode !== exitCode) {
    return {
      ok: false,
      detail: `exit code ${result.exitCode}, not ${exitCode}${lastLine(result)}`,
    };
  }
  const isMatched =
    matches === undefined || new RegExp(`^(?:${matches})$`, 'u').test(result.stdout.trim());
  return isMatched
    ? { ok: true, detail: `exit code ${exitCode}` }
    : { ok: false, detail: `what it wrote does not match ${matches}` };
}

function describeEnding({ ending, signal, reason }: CommandResult): string {
  if (ending === 'killed') return `was ended by ${signal}`;
  return reason ?? (ending === 'cancelled' ? 'no answer in time' : ending);
}

function lastLine({ stderr }: CommandResult): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line.slice(0, 300)}`;
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
