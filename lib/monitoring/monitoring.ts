import { Duration } from 'aws-cdk-lib';
import { AlarmStatusWidget, type IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { DefaultDashboardFactory, MonitoringFacade, SnsAlarmActionStrategy } from 'cdk-monitoring-constructs';
import { Construct } from 'constructs';
import type { Stage } from '../stages.ts';
import { monitoringFor } from './alarm.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { drawBusinessDashboard } from './business-dashboard.ts';
import { drawEngineeringDashboard, type EngineeringDashboardProps } from './engineering-dashboard.ts';

/** All that is looked at. */
export interface MonitoringProps extends EngineeringDashboardProps {
  readonly stage: Stage;
}

/** Two dashboards, one for the shop and one for its engineers, and an alarm for everything that somebody must look at. */
export class Monitoring extends Construct {
  readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { stage } = props;
    this.topic = new AlarmTopic(this, 'alarms', stage);

    const watch = monitoringFor(stage);
    const shop = this.view('shop', stage);
    const engineers = this.view('engineers', stage);

    // The states of all alarms come first on either view; the alarms are made while the rest is drawn.
    const all: IAlarm[] = [];
    shop.addWidget(new AlarmStatusWidget({ title: 'Alarms', alarms: all, width: 24, height: 5 }));
    engineers.addWidget(new AlarmStatusWidget({ title: 'Alarms', alarms: all, width: 24, height: 5 }));
    drawBusinessDashboard(shop, watch);
    drawEngineeringDashboard(engineers, watch, props);
    all.push(...[shop, engineers].flatMap((view) => view.createdAlarms().map(({ alarm }) => alarm)));
  }

  /** A dashboard that is still empty. */
  private view(name: string, stage: Stage): MonitoringFacade {
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
