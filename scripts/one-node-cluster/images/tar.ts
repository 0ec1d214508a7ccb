export interface TarEntry {
  path: string;
  content: Buffer;
  executable?: boolean;
}

const blockBytes = 512;

/** A POSIX (ustar) archive of regular files, owned by root and dated 1970. */
export function packTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => [header(entry), padded(entry.content)]);
  return Buffer.concat([...parts, Buffer.alloc(2 * blockBytes)]);
}

function padded(content: Buffer): Buffer {
  const missing = (blockBytes - (content.length % blockBytes)) % blockBytes;
  return Buffer.concat([content, Buffer.alloc(missing)]);
}

function header({ path, content, executable = false }: TarEntry): Buffer {
  if (Buffer.byteLength(path) > 100)
    throw new RangeError(`a path in a tar archive has 100 bytes: ${path}`);
  const block = Buffer.alloc(blockBytes);
  block.write(path, 0);
  block.write(octal(executable ? 0o755 : 0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(content.length, 11), 124);
  block.write(octal(0, 11), 136);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  // The checksum is computed with spaces in its own place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\u0000 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
