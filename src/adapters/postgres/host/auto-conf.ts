/** `postgresql.auto.conf`, which is read after every other file, and is the one that ALTER SYSTEM writes. */

const setting = /^\s*([a-z_]+)\s*=?\s*'((?:[^']|'')*)'/i;

export function readAutoConf(text: string, name: string): string | undefined {
  const values = text
    .split('\n')
    .map((line) => setting.exec(line))
    .filter((match) => match?.[1]?.toLowerCase() === name)
    .map((match) => match?.[2]?.replaceAll("''", "'").replaceAll('\\\\', '\\'));
  return values.at(-1);
}

/** With these values, and without targets of a recovery. */
export function changeAutoConf(text: string, values: Readonly<Record<string, string>>): string {
  const kept = text.split('\n').filter((line) => {
    const name = /^\s*([a-z_]+)/i.exec(line)?.[1]?.toLowerCase();
    return name === undefined || !(name in values || name.startsWith('recovery_target'));
  });
  const written = Object.entries(values).map(([name, value]) => `${name} = ${quote(value)}`);
  return `${[kept.join('\n').trim(), ...written].join('\n')}\n`;
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
