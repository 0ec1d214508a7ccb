import { formatDuration } from '../../../specs/kernel/duration.ts';

/** What one witness says of a region. */
export interface RegionView {
  witness: string;
  /** Whether its probe passed; absent: it did not answer. */
  reaches?: boolean;
  detail: string;
}

export interface RegionVerdict {
  /**
   * `isolated`: no witness answers, so Belay may be the one that is cut off. `unknown`: too few of them
   * can say.
   */
  verdict: 'reached' | 'waiting' | 'lost' | 'isolated' | 'unknown';
  why: string;
}

export interface RegionRule {
  agree: number;
  confirmForMs: number;
  /** For how long nobody has reached it. */
  forMs: number;
}

/** A region is lost by agreement: one witness that reaches it is a veto. */
export function judgeRegion(
  views: readonly RegionView[],
  { agree, confirmForMs, forMs }: RegionRule,
): RegionVerdict {
  const reaching = views.filter(({ reaches }) => reaches === true);
  if (reaching.length > 0) {
    return { verdict: 'reached', why: reaching.map(describe).join('; ') };
  }
  const answering = views.filter(({ reaches }) => reaches !== undefined);
  if (answering.length === 0) {
    return { verdict: 'isolated', why: `no witness answers: ${views.map(describe).join('; ')}` };
  }
  const said = `${answering.length} of ${views.length} witnesses do not reach it`;
  if (forMs < confirmForMs) {
    const left = formatDuration(confirmForMs - forMs);
    return { verdict: 'waiting', why: `${said}; for another ${left}` };
  }
  if (answering.length >= agree) return { verdict: 'lost', why: said };
  const silent = views.filter(({ reaches }) => reaches === undefined);
  return {
    verdict: 'unknown',
    why: `${said}, where ${agree} have to agree: ${silent.map(describe).join('; ')}`,
  };
}

function describe({ witness, detail }: RegionView): string {
  return `${witness}: ${detail}`;
}
