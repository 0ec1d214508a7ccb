import {
  SourceError,
  type MetricReader,
  type Reading,
} from '../../src/contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';

/** Sources that say what a test has put into them, and do not answer otherwise. */
export class MemorySources implements MetricReader {
  reading: Reading | undefined;
  traffic: TrafficSnapshot | undefined;
  reads = 0;

  read(): Promise<Reading> {
    this.reads += 1;
    return this.reading ? Promise.resolve(this.reading) : silence();
  }

  readTraffic(): Promise<TrafficSnapshot> {
    return this.traffic ? Promise.resolve(this.traffic) : silence();
  }
}

function silence(): Promise<never> {
  return Promise.reject(new SourceError('connection refused'));
}
