import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

export interface ScheduledJob {
  /** Names the schedule; unique within the stage. */
  readonly name: string;

  readonly target: IFunction;

  /** The event of every invocation. */
  readonly input: object;

  /** At least 1: the shortest rate of EventBridge Scheduler. */
  readonly everyMinutes: number;
}

export interface SchedulesProps {
  readonly stage: Stage;

  readonly jobs: readonly ScheduledJob[];

  /** The dead-letter queue of failed invocations. */
  readonly undelivered: IQueue;
}

/** Invokes functions on a schedule. All schedules of a stage share one group, to be listed and disabled together. */
export class Schedules extends Construct {
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, { stage, jobs, undelivered }: SchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'group', {
      scheduleGroupName: `settle-once-${stage.name}`,
      // Holds no data; a retained group would block a new stack of the same name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const roles = new Map<IFunction, Role>();
    const roleFor = (fn: IFunction): Role => {
      const role = roles.get(fn) ?? this.roleFor(fn, this.group, undelivered);
      roles.set(fn, role);
      return role;
    };

    for (const { name, target, input, everyMinutes } of jobs) {
      new Schedule(this, name, {
        scheduleGroup: this.group,
        scheduleName: name,
        description: `${target.node.id} of settle-once ${stage.name}, every ${everyMinutes} minutes`,
        schedule: ScheduleExpression.rate(Duration.minutes(everyMinutes)),
        // Not the CDK's LambdaInvoke: it lets the role invoke every version and alias as well.
        target: {
          bind: () => ({
            arn: target.functionArn,
            role: roleFor(target),
            input: ScheduleTargetInput.fromObject(input),
            // Not retried beyond the next run, which does the same work.
            retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: everyMinutes * 60 },
            deadLetterConfig: { arn: undelivered.queueArn },
          }),
        },
      });
    }
  }

  /** Assumable by the schedules of this stage only; may invoke one function. */
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
