import { Duration } from 'aws-cdk-lib';
import { type Alarm, AlarmStatusWidget, type CfnAlarm, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { DefaultDashboardFactory, MonitoringFacade, SnsAlarmActionStrategy } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { monitoringFor } from './alarm.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { drawBusinessDashboard } from './business-dashboard-alarms.ts';
import { drawEngineeringDashboard, type EngineeringDashboardProps } from './engineering-dashboard-alarms.ts';

export interface MonitoringProps extends EngineeringDashboardProps {
  readonly stage: Stage;
}

/** Two dashboards, one for the business and one for engineers, and every alarm with its topic. */
export class Monitoring extends Construct {
  readonly topic: AlarmTopic;
  /** By name, without the prefix of the stage. */
  readonly #alarms: ReadonlyMap<string, IAlarm>;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { stage } = props;
    this.topic = new AlarmTopic(this, 'alarms', stage);

    const monitoring = monitoringFor(stage);
    const business = this.createDashboard('shop', stage);
    const engineering = this.createDashboard('engineers', stage);

    // Both dashboards start with the states of all alarms, which are created while the rows below are drawn.
    const alarms: IAlarm[] = [];
    for (const dashboard of [business, engineering])
      dashboard.addWidget(new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 5 }));
    drawBusinessDashboard(business, monitoring);
    drawEngineeringDashboard(engineering, monitoring, props);
    const created = [business, engineering].flatMap((dashboard) =>
      dashboard.createdAlarms().map(({ alarm }) => alarm as Alarm),
    );
    alarms.push(...created);
    const nameOf = ({ node }: Alarm) => (node.defaultChild as CfnAlarm).alarmName ?? '';
    this.#alarms = new Map(created.map((each) => [nameOf(each).replace(`settle-once-${stage.name}-`, ''), each]));
  }

  /** @throws Error when there is no alarm of a name */
  alarmsNamed(names: readonly string[]): IAlarm[] {
    return names.map((name) => {
      const found = this.#alarms.get(name);
      if (!found) throw new Error(`no alarm is named ${name}`);
      return found;
    });
  }

  private createDashboard(name: string, stage: Stage): MonitoringFacade {
    const title = `settle-once-${stage.name}-${name}`;
    return new MonitoringFacade(this, name, {
      alarmFactoryDefaults: {
        alarmNamePrefix: title,
        actionsEnabled: true,
        action: new SnsAlarmActionStrategy({ onAlarmTopic: this.topic, onOkTopic: this.topic }),
        datapointsToAlarm: 1,
      },
      dashboardFactory: new DefaultDashboardFactory(this, `${name}-view`, {
        dashboardNamePrefix: title,
        detailDashboardRange: Duration.hours(12),
      }),
    });
  }
}
