import { Command, Option } from 'commander';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { checkBreakers } from '../doctor/check-breakers.ts';
import { checkGateway } from '../doctor/check-gateway.ts';
import { checkLedger } from '../doctor/check-ledger.ts';
import { checkMachine } from '../doctor/check-machine.ts';
import { checkPayloadKeys } from '../doctor/check-payload-keys.ts';
import { checkPlatform } from '../doctor/check-platform.ts';
import { checkRedis } from '../doctor/check-redis.ts';
import { checkTemporal } from '../doctor/check-temporal.ts';
import type { Finding } from '../doctor/finding.ts';
import { renderFindings } from '../doctor/render-findings.ts';
import { exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { paintFor } from '../render/page.ts';
import { examples } from './named-service.ts';

export function createDoctorCommand(): Command {
  return new Command('doctor')
    .summary('check that everything Belay needs is there')
    .description(
      'Check this machine, Temporal, the ledger, the workers, the local platform and the gateway, and say what to do about ' +
        'what is missing. Changes nothing. Exits with 3 if something fails.',
    )
    .addOption(new Option('--json', 'print the findings as JSON'))
    .addHelpText('after', examples('belay doctor', 'belay doctor --json'))
    .action(async ({ json }: { json?: boolean }) => {
      const findings = await examine(loadConfig(process.env));
      if (json) printJson(findings);
      else print(renderFindings(findings, paintFor(process.stdout, process.env)));
      const failed = findings.some(({ state }) => state === 'fail');
      process.exitCode = failed ? exitCodes.unreachable : exitCodes.ok;
    });
}

async function examine(config: Config): Promise<Finding[]> {
  const parts = [
    checkMachine(config),
    checkTemporal(config),
    checkLedger(config),
    checkPlatform(config),
    checkGateway(config),
    checkBreakers(config),
    checkRedis(config),
  ];
  return [...checkPayloadKeys(config), ...(await Promise.all(parts)).flat()];
}
