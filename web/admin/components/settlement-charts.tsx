import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import type { ShopMetrics } from '../../api/schema.ts';
import { formatDuration } from '../format.ts';

/** Hour by hour: how many settlements were done and how many failed, and how long things took. */
export default function Charts({ hours }: { hours: ShopMetrics['hours'] }) {
  const long = hours.length > 48;
  const rows = hours.map(({ hour, settled, failed, latencies }) => ({
    hour: new Date(hour).toLocaleString(undefined, long ? { day: 'numeric', month: 'short' } : { hour: '2-digit' }),
    settled,
    failed,
    'webhook to status': latencies.webhook_to_status.average_ms,
    'capture to order': latencies.capture_to_order.average_ms,
  }));
  const settled = hours.reduce((sum, hour) => sum + hour.settled, 0);
  const failed = hours.reduce((sum, hour) => sum + hour.failed, 0);
  return (
    <div className="columns">
      <figure>
        <figcaption>
          Settlements: {settled} done, {failed} failed
        </figcaption>
        <BarChart
          h={240}
          data={rows}
          dataKey="hour"
          type="stacked"
          withLegend
          series={[
            { name: 'settled', color: 'teal.6' },
            { name: 'failed', color: 'red.6' },
          ]}
          yAxisProps={{ allowDecimals: false }}
          barChartProps={{ accessibilityLayer: false }}
        />
      </figure>
      <figure>
        <figcaption>Average time, hour by hour</figcaption>
        <LineChart
          h={240}
          data={rows}
          dataKey="hour"
          withLegend
          // An hour between two that had nothing to measure is a dot, or it would not be seen.
          dotProps={{ r: long ? 2 : 4 }}
          // Half a dot would be cut off at either end.
          xAxisProps={{ padding: { left: 6, right: 6 } }}
          valueFormatter={formatDuration}
          series={[
            { name: 'webhook to status', color: 'blue.6' },
            { name: 'capture to order', color: 'orange.6' },
          ]}
          lineChartProps={{ accessibilityLayer: false }}
        />
      </figure>
    </div>
  );
}
