import { Option } from '@commander-js/extra-typings';
import { STAGE_NAMES } from '../lib/names.ts';
import { command, FAILED, JSON_OUTPUT, run } from './command.ts';
import { deployedStage } from './deployed-stage.ts';
import { STACK_FILE } from './find-deployment.ts';
import { type Verdict, verifyShop } from './verify-shop.ts';

await run(
  command(
    'npm run verify',
    'Checks a deployed shop for what only AWS and PayPal can show. Begins one payment, and cancels it.',
  )
    .addOption(new Option('--stage <name>', 'the stage').choices(STAGE_NAMES).default('local' as const))
    .addOption(STACK_FILE)
    .addOption(JSON_OUTPUT)
    .action(async ({ stage, stackFile, json }) => {
      const deployed = await deployedStage(stage === 'local' ? { stackFile } : { stage });
      const verdicts: Verdict[] = [];
      for await (const verdict of verifyShop(deployed)) {
        verdicts.push(verdict);
        if (!json) console.log(`${verdict.status.padEnd(7)}  ${verdict.check.padEnd(22)}  ${verdict.detail}`);
      }
      if (json) console.log(JSON.stringify(verdicts, null, 2));
      if (verdicts.some(({ status }) => status === 'defect')) process.exitCode = FAILED;
    }),
);
