import type { HttpProbe, Objective, TcpProbe } from '../../specs/objectives/objective.ts';
import type { CounterReading } from './counter-reading.ts';

/** Asks what objectives are measured by. Acts on nothing. */
export interface IndicatorReaders {
  /**
   * What Prometheus knew at a moment that is over. Throws, with a message for people, where it does not
   * answer, where no series matches, or where its samples are stale.
   */
  readPast(environment: string, objective: Objective, atMs: number): Promise<CounterReading>;
  /** What the local platform has counted by now. Throws as well. */
  readPresent(environment: string, objective: Objective): Promise<CounterReading>;
  /** One request; whether it was answered as it should be, within `belowMs` where there is one. */
  probe(
    source: HttpProbe | TcpProbe,
    belowMs: number | undefined,
    signal: AbortSignal,
  ): Promise<boolean>;
}
