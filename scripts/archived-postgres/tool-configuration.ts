import { join } from 'node:path';

/** One more repository, such as a bucket: options of pgBackRest without `repoN-`. */
export type RepositoryOptions = Readonly<Record<string, string>>;

interface Configured {
  folder: string;
  stanza: string;
  dataFolder: string;
  port: number;
  socketFolder: string;
  /** Folders of the first repositories, in the order of their keys. */
  own: readonly string[];
  isEncrypted: boolean;
  repositories: Readonly<Record<string, RepositoryOptions>>;
  /** More lines of the section `[global]`. */
  more: readonly string[];
}

/** The configuration file of pgBackRest. */
export function toolConfiguration(configured: Configured): string {
  const { folder, stanza, dataFolder, port, socketFolder, own, repositories } = configured;
  const folders = own.flatMap((path, index) => [
    `repo${index + 1}-path=${path}`,
    ...(configured.isEncrypted ? [`repo${index + 1}-cipher-type=aes-256-cbc`] : []),
  ]);
  const others = Object.values(repositories).flatMap((options, index) =>
    Object.entries(options).map(([key, value]) => `repo${own.length + index + 1}-${key}=${value}`),
  );
  return [
    '[global]',
    ...folders,
    ...others,
    ...['log', 'lock', 'spool'].map((name) => `${name}-path=${join(folder, name)}`),
    'log-level-file=off',
    'log-level-console=warn',
    'start-fast=y',
    'compress-type=lz4',
    ...configured.more,
    '',
    `[${stanza}]`,
    `pg1-path=${dataFolder}`,
    `pg1-port=${port}`,
    `pg1-socket-path=${socketFolder}`,
    '',
  ].join('\n');
}
