import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import type { ShopMetrics } from '../../api/schema.ts';
import { formatDuration } from '../format.ts';
import { Columns } from './columns.tsx';
import classes from './settlement-charts.module.css';

/** Settlements and average latencies per hour. */
export default function SettlementCharts({ hours }: { hours: ShopMetrics['hours'] }) {
  const long = hours.length > 48;
  const rows = hours.map(({ hour, settled, failed, latencies }) => ({
    hour: new Date(hour).toLocaleString(undefined, long ? { day: 'numeric', month: 'short' } : { hour: '2-digit' }),
    succeeded: settled,
    failed,
    'webhook to status': latencies.webhook_to_status.average_ms,
    'capture to order': latencies.capture_to_order.average_ms,
  }));
  const succeeded = hours.reduce((sum, hour) => sum + hour.settled, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  return (
    <Columns>
      <figure className={classes.chart}>
        <figcaption>
          Settlements: {succeeded} succeeded, {failed} failed
        </figcaption>
        <BarChart
          h={240}
          data={rows}
          dataKey="hour"
          type="stacked"
          withLegend
          series={[
            { name: 'succeeded', color: 'teal.6' },
            { name: 'failed', color: 'red.6' },
          ]}
          yAxisProps={{ allowDecimals: false }}
          barChartProps={{ accessibilityLayer: false }}
        />
      </figure>
      <figure className={classes.chart}>
        <figcaption>Average latency per hour</figcaption>
        <LineChart
          h={240}
          data={rows}
          dataKey="hour"
          withLegend
          // A value between two hours without data has no line, only its dot.
          dotProps={{ r: long ? 2 : 4 }}
          // Keeps the first and last dot from being clipped.
          xAxisProps={{ padding: { left: 6, right: 6 } }}
          // Wide enough for `750 ms`.
          yAxisProps={{ width: 72 }}
          valueFormatter={formatDuration}
          series={[
            { name: 'webhook to status', color: 'blue.6' },
            { name: 'capture to order', color: 'orange.6' },
          ]}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </figure>
    </Columns>
  );
}
