import type { Observation } from '../../../contracts/recovery/database-node.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

/** Who looked at a primary, and what they saw; without an observation nobody answered for them. */
export interface Vantage {
  /** `host`: the primary's own agent; `standby`: that of another node; `belay`: a worker. */
  of: 'host' | 'standby' | 'belay';
  name: string;
  observation?: Observation;
  /** Why there is no observation. */
  why?: string;
}

/**
 * `alive`: somebody reaches it. `down`: all who can say so agree. `unsettled`: they may in a moment.
 * `isolated`: nobody else answers us, so we are the ones that are cut off. `unknown`: a person is asked.
 */
export type Verdict = 'alive' | 'down' | 'unsettled' | 'isolated' | 'unknown';

export interface JudgedPrimary {
  verdict: Verdict;
  why: string;
}

/**
 * Down by agreement: neither we nor its standbys have reached it for `confirmForMs`, and nobody sees
 * it. Its own host, which saw the server end, needs no time, and neither does the end of its lease; one
 * look that reaches it vetoes.
 */
export function judgeDeath(
  vantages: readonly Vantage[],
  confirmForMs: number,
  isLeaseOver = false,
): JudgedPrimary {
  const seeing = vantages.filter(({ observation }) => observation?.view === 'accepting');
  if (seeing.length > 0 && seeing.every(({ of }) => of === 'belay')) {
    const hung = judgeWithoutBelay(vantages, confirmForMs);
    if (hung !== undefined) return hung;
  }
  if (seeing.length > 0) {
    const [first] = seeing;
    return { verdict: 'alive', why: `${first?.name} reaches it: ${first?.observation?.detail}` };
  }
  const answering = vantages.filter(({ observation }) => observation !== undefined);
  const host = answering.find(({ of }) => of === 'host');
  if (host?.observation?.view === 'ended') {
    return { verdict: 'down', why: `its host saw it end: ${host.observation.detail}` };
  }
  const agents = answering.filter(({ of }) => of !== 'belay');
  if (agents.length === 0) {
    return {
      verdict: 'isolated',
      why: 'no agent of its nodes answers: we may be the ones cut off',
    };
  }
  if (isLeaseOver) {
    return {
      verdict: 'down',
      why: 'its lease has run out: its host has fenced it, and nobody reaches it',
    };
  }
  const standbys = vantages.filter(({ of }) => of === 'standby');
  const known = standbys.filter(({ observation }) => observation !== undefined);
  if (known.length * 2 < standbys.length || known.length === 0) {
    const silent = standbys.filter((each) => !known.includes(each)).map(({ name }) => name);
    return {
      verdict: 'unknown',
      why: `nobody answers for ${silent.join(' and ')}, so it cannot be said whether it is down`,
    };
  }
  const early = answering.filter(({ observation }) => (observation?.forMs ?? 0) < confirmForMs);
  if (early.length > 0) {
    const names = early.map(({ name }) => name).join(', ');
    return {
      verdict: 'unsettled',
      why: `${names} ${early.length === 1 ? 'has' : 'have'} not reached it, but for less than ${formatDuration(confirmForMs)}`,
    };
  }
  return { verdict: 'down', why: describeAgreement(answering) };
}

/**
 * A server that hangs, recovers or shuts down still answers whoever has no account. Belay's own look
 * is no veto where the host and every standby have seen otherwise for long enough: a person decides.
 */
function judgeWithoutBelay(
  vantages: readonly Vantage[],
  confirmForMs: number,
): JudgedPrimary | undefined {
  const others = vantages.filter(({ of }) => of !== 'belay');
  const agree = others.every(
    ({ observation }) => observation !== undefined && observation.forMs >= confirmForMs,
  );
  if (!agree || others.length === 0) return undefined;
  return { verdict: 'unknown', why: `it answers, and serves nobody: ${describeAgreement(others)}` };
}

function describeAgreement(answering: readonly Vantage[]): string {
  return answering
    .map(({ name, observation }) => {
      const { forMs = 0, detail = '' } = observation ?? {};
      return `${name}: ${detail} for ${formatDuration(Math.floor(forMs / 100) * 100)}`;
    })
    .join('; ');
}
