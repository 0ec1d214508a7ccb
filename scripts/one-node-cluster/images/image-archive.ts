import { createHash } from 'node:crypto';
import { packTar, type TarEntry } from './tar.ts';

export interface Image {
  name: string;
  entrypoint: readonly string[];
  /** Arguments that a pod's `args` replace. */
  command?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/**
 * An archive in `docker save`'s format, which containerd, Docker, kind and k3d can load, with images
 * that share one layer of files.
 */
export function packImages(images: readonly Image[], files: readonly TarEntry[]): Buffer {
  return packLayer(images, packTar(files));
}

/** The same for files that are already in a tar archive. */
export function packLayer(images: readonly Image[], layer: Buffer): Buffer {
  const configs = images.map((image) => {
    const content = Buffer.from(JSON.stringify(imageConfig(image, digest(layer))));
    return { name: image.name, path: `${digest(content)}.json`, content };
  });
  const manifest = configs.map(({ name, path }) => ({
    Config: path,
    RepoTags: [name],
    Layers: ['layer.tar'],
  }));
  return packTar([
    ...configs.map(({ path, content }) => ({ path, content })),
    { path: 'layer.tar', content: layer },
    { path: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
  ]);
}

function imageConfig({ entrypoint, command, env = {} }: Image, layer: string): object {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {
      Entrypoint: entrypoint,
      ...(command && { Cmd: command }),
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      User: '65532:65532',
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    history: [{ created: '1970-01-01T00:00:00Z' }],
  };
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
