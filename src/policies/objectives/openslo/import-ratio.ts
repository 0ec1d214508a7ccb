import type { Unfinished } from '../../../specs/kernel/finding.ts';
import { isMapping } from '../../../specs/kernel/finding.ts';
import { showGiven } from '../../../specs/kernel/given.ts';
import { mappingAt, textAt, type Complaints } from './judge-fields.ts';

interface Named {
  path: string;
  spec: unknown;
}

/** What SLOs refer to, by name. */
export interface Sources {
  indicators: Map<unknown, Named>;
  dataSources: Map<unknown, Named>;
}

interface Reading {
  sources: Sources;
  complaints: Complaints;
}

/** The selectors of an SLO, from its own indicator or the one that it refers to. */
export function readRatio(spec: Unfinished, path: string, reading: Reading): Unfinished {
  const { complaints, sources } = reading;
  const { indicator, indicatorRef } = spec;
  if ((indicator === undefined) === (indicatorRef === undefined)) {
    complaints.add(`${path}.spec.indicator`, 'write either indicator or indicatorRef');
    return {};
  }
  if (indicator !== undefined) {
    const at = `${path}.spec.indicator`;
    const given = mappingAt(indicator, at, { known: ['metadata', 'spec'], complaints });
    return given === undefined ? {} : readIndicator(given['spec'], `${at}.spec`, reading);
  }
  const named = sources.indicators.get(indicatorRef);
  if (named === undefined) {
    complaints.add(
      `${path}.spec.indicatorRef`,
      `${showGiven(indicatorRef)} is no SLI of these documents`,
    );
    return {};
  }
  return readIndicator(named.spec, `${named.path}.spec`, reading);
}

function readIndicator(spec: unknown, path: string, reading: Reading): Unfinished {
  const { complaints } = reading;
  const threshold =
    'cannot be honoured: a threshold of a value, such as an average or a percentile, is no count of requests; write ratioMetric';
  const given = mappingAt(spec, path, {
    ...{ known: ['description', 'ratioMetric'], complaints },
    refused: { thresholdMetric: threshold },
  });
  if (given === undefined || given['thresholdMetric'] !== undefined) return {};
  const at = `${path}.ratioMetric`;
  const raw =
    'cannot be honoured: a ratio that is already computed is no count; write bad or good, and total';
  const ratio = mappingAt(given['ratioMetric'], at, {
    ...{ known: ['counter', 'good', 'bad', 'total'], complaints },
    refused: { raw, rawType: raw },
  });
  if (ratio === undefined) return {};
  const { counter, good, bad, total } = ratio;
  if (counter !== true) {
    complaints.add(
      `${at}.counter`,
      'write true: Belay reads counters that only rise, and computes the differences itself',
    );
  }
  if ((good === undefined) === (bad === undefined)) {
    complaints.add(at, 'write either good or bad, beside total');
  }
  const part = good === undefined ? 'bad' : 'good';
  return {
    total: readQuery(total, `${at}.total`, reading),
    ...((good ?? bad) !== undefined && {
      [part]: readQuery(good ?? bad, `${at}.${part}`, reading),
    }),
  };
}

function readQuery(metric: unknown, path: string, { sources, complaints }: Reading): string {
  const given = mappingAt(metric, path, { known: ['metricSource'], complaints });
  if (given === undefined) return '';
  const at = `${path}.metricSource`;
  const known = ['metricSourceRef', 'type', 'spec'];
  const source = mappingAt(given['metricSource'], at, { known, complaints });
  if (source === undefined) return '';
  const { metricSourceRef: ref } = source;
  const named = ref === undefined ? undefined : sources.dataSources.get(ref);
  if (ref !== undefined && named === undefined) {
    complaints.add(
      `${at}.metricSourceRef`,
      `${showGiven(ref)} is no DataSource of these documents`,
    );
  }
  const ofNamed = named && isMapping(named.spec) ? named.spec : {};
  const type = source['type'] ?? ofNamed['type'];
  if (typeof type !== 'string' || type.toLowerCase() !== 'prometheus') {
    complaints.add(`${at}.type`, `${showGiven(type)} cannot be asked; write Prometheus`);
  }
  const { connectionDetails: details } = ofNamed;
  if (named !== undefined && isMapping(details) && Object.keys(details).length > 0) {
    complaints.add(
      `${named.path}.spec.connectionDetails`,
      'cannot be honoured: workers ask the server that BELAY_PROMETHEUS_URL names; leave it out',
    );
  }
  const spec = mappingAt(source['spec'], `${at}.spec`, { known: ['query'], complaints });
  if (spec === undefined) return '';
  const query = textAt(spec['query'], `${at}.spec.query`, complaints);
  if (/\b(?:rate|increase|irate|delta)\s*\(/.test(query)) {
    complaints.add(
      `${at}.spec.query`,
      `${showGiven(query)} cannot be honoured: write the counters, such as sum(http_requests_total{job="shop"}), because Belay computes the differences itself`,
    );
  }
  // Belay adds up what a selector selects.
  return /^\s*sum\s*\(([^]*)\)\s*$/.exec(query)?.[1]?.trim() ?? query;
}
