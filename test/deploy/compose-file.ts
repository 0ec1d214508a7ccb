import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const repository = resolve(import.meta.dirname, '../..');

export interface ComposeService {
  image: string;
  command?: string[];
  entrypoint?: string[];
  restart?: string;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  ports?: string[];
  volumes?: string[];
  secrets?: (string | { source: string; target: string })[];
  depends_on?: Record<string, { condition: string }>;
  network_mode?: string;
  profiles?: string[];
  networks?: Record<string, { aliases?: string[] }>;
}

interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

/** docker-compose.yml, with what it merges in its place. */
export async function readComposeFile(): Promise<ComposeFile> {
  const text = await readFile(join(repository, 'docker-compose.yml'), 'utf8');
  return parse(text, { merge: true }) as ComposeFile;
}
