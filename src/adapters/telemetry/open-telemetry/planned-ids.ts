import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import type { SpanIds } from '../../../contracts/kernel/tracing.ts';

/** Random IDs, except for spans whose IDs are derived from what they represent. */
export class PlannedIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #planned: SpanIds | undefined;

  generateTraceId = () => this.#planned?.traceId ?? this.#random.generateTraceId();
  generateSpanId = () => this.#planned?.spanId ?? this.#random.generateSpanId();

  with<T>(ids: SpanIds, start: () => T): T {
    this.#planned = ids;
    try {
      return start();
    } finally {
      this.#planned = undefined;
    }
  }
}
