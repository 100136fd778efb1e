import { Option } from '@commander-js/extra-typings';
import { command, FAILED, JSON_OUTPUT, run } from './command.ts';
import { deployedStage } from './deployed-stage.ts';
import { AWS_STAGES } from './find-deployment.ts';
import { type Verdict, verifyShop } from './verify-shop.ts';

await run(
  command(
    'npm run verify',
    'Checks a deployed stage for what only AWS and PayPal can show. Begins one payment, and cancels it.',
  )
    .addOption(new Option('--stage <name>', 'the stage').choices(AWS_STAGES).makeOptionMandatory())
    .addOption(JSON_OUTPUT)
    .action(async ({ stage, json }) => {
      const verdicts: Verdict[] = [];
      for await (const verdict of verifyShop(await deployedStage(stage))) {
        verdicts.push(verdict);
        if (!json) console.log(`${verdict.status.padEnd(7)}  ${verdict.check.padEnd(22)}  ${verdict.detail}`);
      }
      if (json) console.log(JSON.stringify(verdicts, null, 2));
      if (verdicts.some(({ status }) => status === 'defect')) process.exitCode = FAILED;
    }),
);
