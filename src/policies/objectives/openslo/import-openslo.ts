import { isMapping, type Unfinished } from '../../../specs/kernel/finding.ts';
import { showGiven } from '../../../specs/kernel/given.ts';
import type { SpecProblem } from '../../../specs/kernel/spec-problem.ts';
import { annotation, apiVersion, belayKeys } from './documents.ts';
import { complement, percent } from './export-openslo.ts';
import { readRatio, type Sources } from './import-ratio.ts';
import { readWindow } from './import-window.ts';
import { createComplaints, mappingAt, textAt, type Complaints } from './judge-fields.ts';

export type Imported =
  | {
      ok: true;
      /** As somebody would write it. */
      monitor: Unfinished;
      /** Where each of its objectives is from. */
      origins: string[];
      /** What has no effect and is not in it. */
      leftOut: string[];
    }
  | { ok: false; problems: SpecProblem[] };

interface ImportedObjective {
  origin: string;
  environment: string | undefined;
  written: Unfinished;
  monitor: Unfinished | undefined;
}

const ignored = ['Service', 'DataSource', 'SLI'];
const alerts = ['AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'];
const alertsWhy =
  'cannot be honoured: Belay alerts by its own burn rates, and tells the channels of its workers; leave it out';

/**
 * A monitor of the SLOs of these documents, or everything that cannot be honoured. `environment` takes the
 * place of the label.
 */
export function importOpenSlo(
  documents: readonly unknown[],
  { environment }: { environment?: string } = {},
): Imported {
  const complaints = createComplaints();
  const leftOut: string[] = [];
  const sources = gather(documents, complaints);
  const objectives = documents.flatMap((document, index) =>
    isMapping(document) && document['kind'] === 'SLO'
      ? readSlo(document, `documents[${index}]`, { sources, complaints, leftOut })
      : [],
  );
  if (objectives.length === 0 && complaints.all.length === 0) {
    complaints.add('', `has no SLO; write documents of ${apiVersion} with kind: SLO`);
  }
  const named = environment ?? oneOf(objectives, 'environment', complaints);
  if (named === undefined) {
    complaints.add(
      '',
      'names no environment; give --environment, or label each SLO with environment',
    );
  }
  const monitor = oneOf(objectives, 'monitor', complaints) ?? {};
  if (complaints.all.length > 0) return { ok: false, problems: [...complaints.all] };
  return {
    ok: true,
    monitor: {
      ...{ kind: 'sloMonitor', environment: named, ...monitor },
      objectives: objectives.map(({ written }) => written),
    },
    origins: objectives.map(({ origin }) => origin),
    leftOut,
  };
}

function gather(documents: readonly unknown[], complaints: Complaints): Sources {
  const sources: Sources = { indicators: new Map(), dataSources: new Map() };
  for (const [index, document] of documents.entries()) {
    const path = `documents[${index}]`;
    if (!isMapping(document)) {
      complaints.add(path, `${showGiven(document)} is no document of OpenSLO`);
      continue;
    }
    const { kind, metadata, apiVersion: version } = document;
    if (version !== apiVersion) {
      complaints.add(
        `${path}.apiVersion`,
        `${showGiven(version)} cannot be read; write ${apiVersion}`,
      );
    }
    const name = isMapping(metadata) ? metadata['name'] : undefined;
    if (kind === 'SLI') sources.indicators.set(name, { path, spec: document['spec'] });
    else if (kind === 'DataSource') sources.dataSources.set(name, { path, spec: document['spec'] });
    else if (typeof kind === 'string' && alerts.includes(kind))
      complaints.add(path, `${kind} ${alertsWhy}`);
    else if (kind !== 'SLO' && !(typeof kind === 'string' && ignored.includes(kind))) {
      complaints.add(`${path}.kind`, `${showGiven(kind)} is no kind of OpenSLO; write SLO`);
    }
  }
  return sources;
}

interface Reading {
  sources: Sources;
  complaints: Complaints;
  leftOut: string[];
}

const slice = 'cannot be honoured: Belay counts requests, and no slices of time';

function readSlo(document: Unfinished, path: string, reading: Reading): ImportedObjective[] {
  const { complaints, leftOut, sources } = reading;
  const at = { complaints };
  const metadata = mappingAt(document['metadata'], `${path}.metadata`, {
    ...{ ...at, known: ['name', 'displayName', 'labels', 'annotations'] },
  });
  const spec = mappingAt(document['spec'], `${path}.spec`, {
    ...at,
    known: [
      ...['description', 'service', 'indicator', 'indicatorRef', 'budgetingMethod', 'timeWindow'],
      ...['objectives', 'alertPolicies'],
    ],
  });
  if (metadata === undefined || spec === undefined) return [];
  const name = textAt(metadata['name'], `${path}.metadata.name`, complaints);
  for (const [of, key] of [
    ['metadata', 'displayName'],
    ['spec', 'description'],
  ] as const) {
    const given = (of === 'metadata' ? metadata : spec)[key];
    if (given !== undefined) leftOut.push(`${path}.${of}.${key}`);
  }
  const { environment, beside } = readMetadata(metadata, path, reading);
  const { alertPolicies, budgetingMethod } = spec;
  if (Array.isArray(alertPolicies) ? alertPolicies.length > 0 : alertPolicies !== undefined) {
    complaints.add(`${path}.spec.alertPolicies`, alertsWhy);
  }
  if (budgetingMethod !== 'Occurrences') {
    const why =
      budgetingMethod === undefined ? 'missing' : `${showGiven(budgetingMethod)} ${slice}`;
    complaints.add(`${path}.spec.budgetingMethod`, `${why}; write Occurrences`);
  }
  const { monitor, ...own } = beside;
  const window = readWindow(spec['timeWindow'], `${path}.spec.timeWindow`, complaints);
  const prometheus = readRatio(spec, path, { sources, complaints });
  const targets = readTargets(spec['objectives'], `${path}.spec.objectives`, complaints);
  const service = textAt(spec['service'], `${path}.spec.service`, complaints);
  return targets.map((target, index) => ({
    origin: `${path}.spec.objectives[${index}]`,
    environment,
    monitor: isMapping(monitor) ? monitor : undefined,
    written: {
      ...{ name: targets.length === 1 ? name : `${name}-${index + 1}`, service },
      ...{ indicator: 'availability', ...own },
      target: percent(own['indicator'] === 'errorRate' ? complement(target) : target),
      ...window,
      prometheus,
    },
  }));
}

function readMetadata(metadata: Unfinished, path: string, { complaints, leftOut }: Reading) {
  const { labels, annotations } = metadata;
  const given = isMapping(labels) ? labels : {};
  const environment = typeof given['environment'] === 'string' ? given['environment'] : undefined;
  for (const key of Object.keys(given)) {
    if (key !== 'environment') leftOut.push(`${path}.metadata.labels.${key}`);
  }
  const noted = isMapping(annotations) ? annotations : {};
  for (const key of Object.keys(noted)) {
    if (key !== annotation) leftOut.push(`${path}.metadata.annotations.${key}`);
  }
  const at = `${path}.metadata.annotations.${annotation}`;
  const beside = readBeside(noted[annotation], at, complaints);
  return { environment, beside };
}

function readBeside(written: unknown, path: string, complaints: Complaints): Unfinished {
  if (written === undefined) return {};
  const parsed = parseJson(written);
  if (parsed === undefined) {
    complaints.add(path, `${showGiven(written)} is no JSON of a mapping`);
    return {};
  }
  return mappingAt(parsed, path, { known: belayKeys, complaints }) ?? {};
}

function parseJson(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readTargets(written: unknown, path: string, complaints: Complaints): number[] {
  if (!Array.isArray(written) || written.length === 0) {
    complaints.add(path, 'missing; write a list with one target');
    return [];
  }
  const refused = {
    ...{ timeSliceTarget: slice, timeSliceWindow: slice },
    op: 'is for thresholdMetric, which cannot be honoured; leave it out',
    value: 'is for thresholdMetric, which cannot be honoured; leave it out',
    compositeWeight: 'cannot be honoured: Belay has no composite objectives; leave it out',
    indicator: 'cannot be honoured here; write it in the spec',
    indicatorRef: 'cannot be honoured here; write it in the spec',
  };
  return written.flatMap((each: unknown, index) => {
    const at = `${path}[${index}]`;
    const known = ['displayName', 'target', 'targetPercent'];
    const given = mappingAt(each, at, { known, complaints, refused });
    if (given === undefined) return [];
    const { target, targetPercent } = given;
    if (target !== undefined && targetPercent !== undefined) {
      complaints.add(`${at}.targetPercent`, 'is given beside target; keep one of them');
    }
    const share = typeof target === 'number' ? target : Number(targetPercent) / 100;
    if (share > 0 && share < 1) return [Number(share.toPrecision(12))];
    const shown = showGiven(target ?? targetPercent);
    complaints.add(at, `has the target ${shown}; write target: more than 0 and less than 1`);
    return [];
  });
}

/** What all of them say, where they say it: a monitor has one environment, and one lag. */
function oneOf<Key extends 'environment' | 'monitor'>(
  objectives: readonly ImportedObjective[],
  key: Key,
  complaints: Complaints,
): ImportedObjective[Key] {
  const [first, ...others] = objectives;
  for (const each of others) {
    if (JSON.stringify(each[key]) === JSON.stringify(first?.[key])) continue;
    complaints.add(each.origin, `has another ${key} than the first SLO; a file is of one monitor`);
  }
  return first?.[key];
}
