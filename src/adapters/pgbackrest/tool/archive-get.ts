import type { ClusterTools } from './cluster-tools.ts';

/**
 * What a server is told as `restore_command` that will be in the data folder of its cluster. It is
 * restored in another one, whose path pgBackRest would write down.
 */
export function archiveGet({ settings }: ClusterTools): string {
  const { program, config, stanza } = settings.pgbackrest;
  const words = [program, `--config=${config}`, `--pg1-path=${settings.dataFolder}`];
  // PostgreSQL reads % itself, and gives the rest to a shell.
  const command = [...words, `--stanza=${stanza}`].map((word) => quote(word).replaceAll('%', '%%'));
  return `${command.join(' ')} archive-get %f "%p"`;
}

/** Within a text of its settings that pgBackRest puts into single quotes as it is. */
function quote(word: string): string {
  if (/^[\w@+=:,./-]+$/.test(word)) return word;
  return `"${word.replaceAll(/["$`\\]/g, (special) => `\\\\${special}`).replaceAll("'", "''")}"`;
}
