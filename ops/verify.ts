import { Option } from '@commander-js/extra-typings';
import { STAGE_NAMES, TABLE_NAMES } from '../lib/names.ts';
import { command, FAILED, JSON_OUTPUT, run, YES } from './command.ts';
import { isConfirmed } from './confirm.ts';
import { deployedStage } from './deployed-stage.ts';
import { STACK_FILE } from './find-deployment.ts';
import { type Verdict, verifyShop } from './verify-shop.ts';

await run(
  command(
    'npm run verify',
    'Checks a deployed shop for what only AWS and PayPal can show. It begins payments, and cancels them.',
  )
    .addOption(new Option('--stage <name>', 'the stage').choices(STAGE_NAMES).default('local' as const))
    .addOption(STACK_FILE)
    .addOption(
      new Option('--restore <table>', 'also restore a table beside itself, compare both, delete the copy').choices(
        TABLE_NAMES,
      ),
    )
    .addOption(YES)
    .addOption(JSON_OUTPUT)
    .action(async ({ stage, stackFile, restore, yes, json }) => {
      const deployed = await deployedStage(stage === 'local' ? { stackFile } : { stage }, restore);
      if (deployed.restore) {
        console.error(`restores ${restore} as ${deployed.restore.copy}: ${deployed.restore.estimate}`);
        if (!(await isConfirmed('Restore it?', yes))) return;
      }
      const verdicts: Verdict[] = [];
      for await (const verdict of verifyShop(deployed)) {
        verdicts.push(verdict);
        if (!json) console.log(`${verdict.status.padEnd(7)}  ${verdict.check.padEnd(22)}  ${verdict.detail}`);
      }
      if (json) console.log(JSON.stringify(verdicts, null, 2));
      if (verdicts.some(({ status }) => status === 'defect')) process.exitCode = FAILED;
    }),
);
