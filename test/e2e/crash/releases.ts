import { fileURLToPath } from 'node:url';

/** What the releases of a stand are: answers of the platform itself, or processes of their own. */
export type MakeRelease = (version: string, mark: string) => object;

const shop = fileURLToPath(new URL('../../../examples/shop/server.js', import.meta.url));

/** For workers' deaths, which no replica notices. */
export const inProcess: MakeRelease = (version) => ({ version, inProcess: {} });

/** For the platform's death, which replicas must outlive and never multiply by. */
export const asProcesses: MakeRelease = (version, mark) => ({
  version,
  command: [process.execPath, shop],
  env: { VERSION: version, STAND: mark },
});
