import { vi } from 'vitest';

/** One value that CloudWatch extracts from a log line; one per set of dimensions. */
export interface EmittedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
}

/**
 * Parses the embedded metric format; empty for a line without metrics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsIn(line: object): EmittedMetric[] {
  if (!('_aws' in line)) return [];
  const root = line as EmbeddedMetrics & Readonly<Record<string, unknown>>;
  return root._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit }) =>
      Dimensions.map((keys) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        value: root[Name] as number,
        dimensions: Object.fromEntries(keys.map((key) => [key, String(root[key])])),
        at: root._aws.Timestamp,
      })),
    ),
  );
}

/** The metrics emitted while a task runs. */
export async function metricsOf(task: () => unknown): Promise<EmittedMetric[]> {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    await task();
  } finally {
    write.mockRestore();
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  }
  return lines.filter((line) => line.startsWith('{"_aws"')).flatMap((line) => metricsIn(JSON.parse(line)));
}

/** The values of one metric without dimensions, in order. */
export const totalsOf = (metrics: readonly EmittedMetric[], name: string): number[] =>
  metrics
    .filter((metric) => metric.name === name && Object.keys(metric.dimensions).length === 0)
    .map(({ value }) => value);
