import type {
  CheckAnswer,
  PlanStops,
  SearchCopyCall,
  SearchedPass,
  SeenState,
  SeenStates,
} from '../../../contracts/backups/search.ts';
import { lsnOfSegment, parseLsn, parseSegment } from '../wal/segments.ts';
import type { LogGate } from './log-gate.ts';
import { limitOf, placesAmong, type LogIndex } from './log-index.ts';
import type { ReplayStop } from './replay-stop.ts';
import type { Standby } from './run-standby.ts';
import { findStandout } from './standout.ts';

/** Before anything was measured. */
const usualCosts = { askMs: 15, backMs: 1_000 };
/** To open the gate further; what is replayed then has to be replayed once in any case. */
const stopMs = 5;
/** To end a server, and for the next call. */
const nextMs = 200;
/** So much of the log need not be replayed again once its end is known to be good. */
const keptBytes = 256n * 1_048_576n;

interface Going {
  from: number;
  /** Of one segment of the log. */
  segmentBytes: number;
  gate: Pick<LogGate, 'openTo'>;
  standby: Omit<Standby, 'session'>;
  ask(): Promise<CheckAnswer>;
}

/** What one pass knows. */
export class SearchPass {
  readonly #index: LogIndex;
  readonly #call: SearchCopyCall;
  readonly #plan: PlanStops;
  readonly #suspects: readonly number[] | undefined;
  readonly #standout: number | undefined;
  #seen: SeenStates;
  #good: SeenState | undefined;
  #bad: SeenState | undefined;
  #silent: SeenState | undefined;
  #asked = 0;
  #askedMs = 0;
  #toFirstMs: number | undefined;
  #keptLsn: bigint | undefined;

  constructor(index: LogIndex, call: SearchCopyCall & { planStops: PlanStops }) {
    const { good, bad } = call;
    this.#index = index;
    this.#call = call;
    this.#plan = call.planStops;
    this.#seen = { ...(good !== undefined && { good }), ...(bad !== undefined && { bad }) };
    const among = index.files.length > 0 ? 'table' : 'all';
    const places = placesAmong(index, among);
    if (among === 'table') this.#suspects = places.map((place) => place + 1);
    const standout = findStandout(index, among)?.place;
    const place = standout === undefined ? undefined : places[standout - 1];
    if (place !== undefined) this.#standout = place + 1;
  }

  get #askMs(): number {
    if (this.#asked > 0) return this.#askedMs / this.#asked;
    return this.#call.costs?.askMs ?? usualCosts.askMs;
  }

  get #backMs(): number {
    return this.#call.costs?.backMs ?? usualCosts.backMs;
  }

  stopsFrom(from: number): number[] {
    const [suspects, standout] = [this.#suspects, this.#standout];
    return this.#plan({
      ...this.#seen,
      ...(suspects && { suspects }),
      ...(standout !== undefined && { standout }),
      ...{ commits: this.#index.commits.length, from },
      ...{ askMs: this.#askMs, backMs: this.#backMs },
    });
  }

  /** Plans anew where all was good, or a question takes far longer, or far less, than was thought. */
  async go(going: Going): Promise<void> {
    const { from } = going;
    this.#keptLsn = this.#beginOf(going);
    const { good = from } = this.#seen;
    if (good > from) await this.#goTo(good, going);
    for (let at = Math.max(from, good); ;) {
      const stops = this.stopsFrom(at);
      if (stops.length === 0) return;
      const plannedMs = this.#askMs;
      for (const stop of stops) {
        if (!(await this.#askAt(stop, going))) return;
        at = stop;
        const ratio = this.#askMs / plannedMs;
        if (ratio > 2 || ratio < 0.5) break;
      }
    }
  }

  /** To what is known to be good on another copy. */
  async #goTo(state: number, { gate, standby }: Going): Promise<void> {
    const stop = this.#stopAt(state);
    await gate.openTo(stop.limit);
    await standby.replay(stop);
    await this.#keep(standby, stop.past);
  }

  #stopAt(state: number): ReplayStop {
    const last = this.#index.commits[state - 1];
    const limit = limitOf(this.#index, state);
    return { past: last && parseLsn(last.lsn), limit, isNext: last?.nextLsn !== undefined };
  }

  /** Where the copy begins, or a little before that. */
  #beginOf({ from, segmentBytes }: Going): bigint | undefined {
    const { commits, segments } = this.#index;
    const known = parseLsn(commits[from - 1]?.lsn ?? '');
    const first = parseSegment(segments[0] ?? '', segmentBytes);
    return known ?? (first && lsnOfSegment(first.number, segmentBytes));
  }

  /** Whether the copy goes on. */
  async #askAt(state: number, { gate, standby, ask: askNow }: Going): Promise<boolean> {
    const last = this.#index.commits[state - 1];
    const openedAtMs = performance.now();
    const stop = this.#stopAt(state);
    await gate.openTo(stop.limit);
    await standby.replay(stop);
    const replayedAtMs = performance.now();
    this.#toFirstMs ??= replayedAtMs - openedAtMs;
    const answer = await askNow();
    await standby.requireWithin(stop.limit);
    this.#asked += 1;
    this.#askedMs += stopMs + performance.now() - replayedAtMs;
    const asked = { commits: state, ...(last && { xid: last.xid }) };
    if (answer.kind === 'none') {
      this.#silent = { ...asked, seen: answer.why };
      return false;
    }
    const isGood = answer.seen.trim() === this.#call.check.expect.trim();
    const seen = { ...asked, seen: answer.seen };
    if (!isGood) {
      this.#bad = seen;
      this.#seen = { ...this.#seen, bad: state };
      return false;
    }
    this.#good = seen;
    this.#seen = { ...this.#seen, good: state };
    await this.#keep(standby, stop.past);
    return true;
  }

  /** Nobody goes back to before what is good. */
  async #keep(standby: Going['standby'], lsn: bigint | undefined): Promise<void> {
    if (lsn === undefined) return;
    this.#keptLsn ??= lsn;
    if (lsn - this.#keptLsn < keptBytes) return;
    await standby.keepReplayed();
    this.#keptLsn = lsn;
  }

  /** `openedMs`: until there was something to ask. */
  result(openedMs?: number): SearchedPass {
    const backMs =
      openedMs === undefined ? this.#backMs : openedMs + (this.#toFirstMs ?? 0) + nextMs;
    return {
      asked: this.#asked,
      costs: { askMs: this.#askMs, backMs },
      ...(this.#good && { good: this.#good }),
      ...(this.#bad && { bad: this.#bad }),
      ...(this.#silent && { silent: this.#silent }),
    };
  }
}
