/** A cluster of an agent's settings, by its name there. */
export interface PostgresSource {
  kind: 'postgres';
  cluster: string;
}

/** Folders and files, by absolute paths that the agent's settings allow. */
export interface FileSource {
  kind: 'files' | 'models' | 'configuration';
  paths: readonly string[];
  /** Patterns of what is left out, as restic reads them. */
  exclude: readonly string[];
}

/** Objects of a Kubernetes cluster, read by the agent with its own credentials. */
export interface KubernetesSource {
  kind: 'kubernetes';
  /** Of the agent's kubeconfig; absent: the one it uses by itself. */
  context?: string;
  namespaces: readonly string[];
  /** Only objects with all of these labels. */
  labels: Readonly<Record<string, string>>;
  /** Only stored in a repository that is encrypted. */
  secrets: boolean;
}

/** Volumes of a Kubernetes cluster, and the objects of their namespaces, by the Velero of that cluster. */
export interface VolumeSource {
  kind: 'volumes';
  /** Of the agent's kubeconfig; absent: the one it uses by itself. */
  context?: string;
  namespaces: readonly string[];
  /** Only objects with all of these labels, and only the volumes of such claims and pods. */
  labels: Readonly<Record<string, string>>;
  /** `fileSystem`: through the pods that mount them. `snapshot`: of CSI, moved to the location. */
  method: 'fileSystem' | 'snapshot';
  /** Claims without which a set is complete, each as `NAMESPACE/NAME`. */
  optional: readonly string[];
  /** Also Secrets, which Velero stores as they are. */
  secrets: boolean;
  /** After this, Velero removes a set by itself; absent: never. */
  ttlMs?: number;
  /** A backup or a restore that takes longer has failed. */
  withinMs: number;
}

export type Source = PostgresSource | FileSource | KubernetesSource | VolumeSource;

/** One thing that is backed up: its name is unique in the plan. */
export interface Component {
  name: string;
  /** On whose host it is. */
  agent: string;
  source: Source;
  /** Names in the agent's settings. The first is the one that restores prefer. */
  repositories: readonly string[];
}

/** What a plan is called: every set names it, so that plans may share a repository. */
export interface PlanName {
  environment: string;
  backup: string;
}
