import { describe, expect, it } from 'vitest';
import {
  refuseFileSystem,
  sharesSpace,
  type FileSystem,
} from '../../../src/policies/chaos/shared-space.ts';

const ext4: FileSystem = {
  ...{ device: 8, type: 0xef53, blockSize: 4_096 },
  ...{ blocks: 1_000, freeBlocks: 400, files: 900, freeFiles: 800 },
};
const overlay = { ...ext4, device: 42, type: 0x794c7630 };

describe('a file system that is to be filled', () => {
  it.each([
    ['btrfs', 0x9123683e],
    ['ZFS', 0x2fc12fc1],
    ['bcachefs', 0xca451a4e],
  ])('is refused where it shares its space with others, as of %s', (name, type) => {
    expect(refuseFileSystem({ ...ext4, type })).toBe(
      `is on ${name}, whose file systems share their space: others, / among them, may be filled with it`,
    );
    expect(refuseFileSystem(ext4)).toBeUndefined();
  });

  it('shares its space with a folder on the same device', () => {
    expect(sharesSpace(ext4, { ...ext4, freeBlocks: 1 })).toBe(true);
    expect(sharesSpace(ext4, { ...ext4, device: 9 })).toBe(false);
  });

  it('shares it with an overlay that has the very same numbers, as in a container', () => {
    expect(sharesSpace(ext4, overlay)).toBe(true);
    expect(sharesSpace(overlay, ext4)).toBe(true);
    expect(sharesSpace(ext4, { ...overlay, blocks: 2_000 })).toBe(false);
    expect(sharesSpace(ext4, { ...overlay, freeFiles: 7 })).toBe(false);
  });
});
