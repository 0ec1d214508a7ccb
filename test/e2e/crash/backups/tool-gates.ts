import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { passedFile, reachedFile } from '../failpoints.ts';

/** What a tool does at the one place it was given: end by SIGKILL, or only say that it is there. */
export interface ToolTrap {
  folder: string;
  place?: string;
  then?: 'die' | 'tell';
}

/** Long enough that a tool has begun its work, and shorter than most of it. */
const workingSeconds = 0.3;

/**
 * Real tools, each behind a gate with two places for each time that it is run: before it begins, and
 * while it works, which one that is quick never does. A place is named as in `pgbackrest-backup#1:works`.
 */
export class ToolGates {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  async write(programs: readonly string[], serverPrograms: string): Promise<void> {
    await mkdir(this.serverFolder, { recursive: true });
    for (const program of programs) {
      await writeGate(this.path(nameOf(program)), program, this.#trapFile);
    }
    for (const name of await readdir(serverPrograms)) {
      const gate = join(this.serverFolder, name);
      await writeGate(gate, join(serverPrograms, name), this.#trapFile);
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  get serverFolder(): string {
    return join(this.folder, 'server');
  }

  async set({ folder, place, then }: ToolTrap): Promise<void> {
    await mkdir(folder, { recursive: true });
    // Tools of other accounts write here, too.
    await chmod(folder, 0o777);
    await writeFile(passedFile(folder), '', { mode: 0o666 });
    await chmod(passedFile(folder), 0o666);
    if (place !== undefined) await writeFile(join(folder, 'place'), `${place} ${then ?? ''}`);
    await writeFile(this.#trapFile, folder);
  }

  async clear(): Promise<void> {
    await rm(this.#trapFile, { force: true });
  }

  get #trapFile(): string {
    return join(this.folder, 'trap');
  }
}

function nameOf(program: string): string {
  return program.split('/').at(-1) ?? '';
}

async function writeGate(path: string, program: string, trapFile: string): Promise<void> {
  const script = `#!/bin/sh
folder=$(cat ${trapFile} 2>/dev/null) || exec ${program} "$@"
verb=
for word in "$@"; do
  case "$word" in -*|*[!a-z-]*) ;; *) verb=$word; break;; esac
done
passed=${passedFile('$folder')}
reached=${reachedFile('$folder')}
kind=${nameOf(program)}-$verb
place="$kind#$(( $(grep -c "^$kind#.*:begins" "$passed") + 1 ))"
echo "$place:begins" >> "$passed"
read -r wanted action < "$folder/place" 2>/dev/null
if [ "$wanted" = "$place:begins" ] && [ ! -e "$reached" ]; then
  echo "$place" > "$reached"
  [ "$action" != die ] || kill -9 $$
fi
if [ "$wanted" = "$place:works" ] || [ -z "$wanted" ]; then
  (
    sleep ${workingSeconds}
    [ "$(readlink /proc/$$/exe)" = "$(readlink -f ${program})" ] || exit
    echo "$place:works" >> "$passed"
    if [ -z "$wanted" ] || [ -e "$reached" ]; then exit; fi
    echo "$place" > "$reached"
    [ "$action" != die ] || kill -9 $$
  ) > /dev/null 2>&1 &
fi
exec ${program} "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
}
