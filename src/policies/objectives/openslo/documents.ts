/** Documents of OpenSLO v1, as far as Belay writes and reads them. */
export const apiVersion = 'openslo/v1';

/** Of what OpenSLO has no words for; JSON of the keys that Belay's own files have. */
export const annotation = 'x-belay';

export interface OpenSlo {
  apiVersion: typeof apiVersion;
  kind: 'SLO';
  metadata: {
    name: string;
    labels: { environment: string };
    annotations?: { [annotation]: string };
  };
  spec: {
    service: string;
    indicator: { metadata: { name: string }; spec: { ratioMetric: RatioMetric } };
    timeWindow: [TimeWindow];
    budgetingMethod: 'Occurrences';
    objectives: [{ target: number }];
  };
}

export interface RatioMetric {
  counter: true;
  good?: Metric;
  bad?: Metric;
  total: Metric;
}

export interface Metric {
  metricSource: { type: 'Prometheus'; spec: { query: string } };
}

export type TimeWindow =
  | { duration: string; isRolling: true }
  | { duration: string; isRolling: false; calendar: { startTime: string; timeZone: string } };

/** Beside an SLO: what a file of Belay says and OpenSLO does not. */
export const belayKeys = [
  ...(['indicator', 'below', 'owner', 'budgetGate', 'floor', 'credits', 'monitor'] as const),
] as const;
