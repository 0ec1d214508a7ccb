import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { choice, mapping, text } from '../kernel/written.ts';

/** Who hits pods: a worker at the API server, or the controller of Chaos Mesh, which a worker asks. */
const podMeans = ['kubernetes', 'chaosMesh'] as const;

type PodMeans = (typeof podMeans)[number];

/** The pods of one namespace that have all of these labels. */
export interface PodSelection {
  /** As the workers name it; absent: their current one. */
  context?: string;
  namespace: string;
  labels: Readonly<Record<string, string>>;
  /** Absent: kubernetes. */
  means?: PodMeans;
}

/** What runs there keeps the cluster itself going. */
const protectedNamespaces: readonly unknown[] = ['kube-system', 'kube-public', 'kube-node-lease'];

const labelKey = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
const labelValue = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;
/** Of a namespace, and of most objects in it. */
export const objectName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const labels = z
  .record(
    text('write a label such as app', labelKey),
    text('write the value of a label, such as web', labelValue),
    { error: refusal('write a mapping of labels, such as { app: web }') },
  )
  .refine((all) => Object.keys(all).length > 0, {
    error: 'is empty, and would be every pod of the namespace; write at least one label',
  });

export const podSelectionSchema = mapping(
  {
    context: text('write a context of BELAY_KUBERNETES_CONTEXTS')
      .exactOptional()
      .describe('A context of BELAY_KUBERNETES_CONTEXTS. Default: the current one of the workers.'),
    namespace: text('write the name of a namespace', objectName).describe('Their namespace.'),
    labels: labels.describe('All of these labels.'),
    means: choice(podMeans)
      .exactOptional()
      .describe('Who hits them: kubernetes (default) crashes them, and chaosMesh makes outages.'),
  },
  {
    ...{ selector: 'write labels', matchLabels: 'write labels', name: 'write labels' },
    by: 'write means',
    chaosMesh: 'write means: chaosMesh',
  },
)
  .check(judgedBy(judgeNamespace))
  .transform((written): PodSelection => written);

export function judgeNamespace({ namespace }: Unfinished): Finding[] {
  if (!protectedNamespaces.includes(namespace)) return [];
  const message = `${String(namespace)} is never hit: what runs there keeps the cluster itself going`;
  return [{ path: ['namespace'], message }];
}
