import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** A function that is called by the clock. */
export interface Job {
  /** Names the schedule, within its stage. */
  readonly name: string;

  readonly runs: IFunction;

  /** What the function is handed, each time. */
  readonly input: object;

  /** At least one: EventBridge knows no shorter pause. */
  readonly everyMinutes: number;
}

/** What is called by the clock. */
export interface SchedulesProps {
  readonly stage: Stage;

  readonly jobs: readonly Job[];

  /** Where calls go that could not be made. */
  readonly undelivered: IQueue;
}

/** Calls functions by the clock. All schedules of a stage lie in one group, so that they can be found and stopped together. */
export class Schedules extends Construct {
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, { stage, jobs, undelivered }: SchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'group', {
      scheduleGroupName: `settle-once-${stage.name}`,
      // It holds nothing, and its name must be free when the stack is made again.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const roles = new Map<IFunction, Role>();
    const roleFor = (fn: IFunction): Role => {
      const role = roles.get(fn) ?? this.roleFor(fn, this.group, undelivered);
      roles.set(fn, role);
      return role;
    };

    for (const { name, runs, input, everyMinutes } of jobs) {
      new Schedule(this, name, {
        scheduleGroup: this.group,
        scheduleName: name,
        description: `${runs.node.id} of settle-once ${stage.name}, every ${everyMinutes} minutes`,
        schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
        // Not the CDK's own LambdaInvoke: it lets the role call every version and alias as well.
        target: {
          bind: () => ({
            arn: runs.functionArn,
            role: roleFor(runs),
            input: ScheduleTargetInput.fromObject(input),
            // What was missed until the next run, that one does.
            retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: everyMinutes * 60 },
            deadLetterConfig: { arn: undelivered.queueArn },
          }),
        },
      });
    }
  }

  /** Lets the schedules of this stage, and nobody else's, call one function. */
  private roleFor(fn: IFunction, group: ScheduleGroup, undelivered: IQueue): Role {
    const role = new Role(this, `${fn.node.id}-role`, {
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.scheduleGroupArn },
        },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [undelivered.queueArn] }));
    return role;
  }
}
