import * as z from 'zod/mini';

/** From the mildest to the most severe. */
export const SEVERITIES = ['low', 'moderate', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is used of `npm audit --json`: https://docs.npmjs.com/cli/v11/commands/npm-audit#audit-endpoints */
const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(['info', ...SEVERITIES]),
      range: z.string(),
      /** An advisory, or the name of a package that has one. */
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
});
const failure = z.object({ message: z.string() });

export interface Vulnerability {
  readonly package: string;
  readonly severity: Severity;
  /** Affected versions. */
  readonly range: string;
  /** Title and address. */
  readonly advisories: readonly string[];
}

export type AuditResult =
  | { readonly outcome: 'audited'; readonly vulnerabilities: readonly Vulnerability[] }
  | { readonly outcome: 'unavailable'; readonly reason: string };

/** @param text what `npm audit --json` prints @param level the mildest severity that is reported */
export function readAudit(text: string, level: Severity): AuditResult {
  const json = jsonOf(text);
  const parsed = z.safeParse(report, json);
  if (!parsed.success) {
    const { data } = z.safeParse(failure, json);
    return { outcome: 'unavailable', reason: data?.message ?? 'npm audit printed no report' };
  }
  const reported: readonly string[] = SEVERITIES.slice(SEVERITIES.indexOf(level));
  const isReported = (severity: string): severity is Severity => reported.includes(severity);
  const vulnerabilities = Object.entries(parsed.data.vulnerabilities).flatMap(([name, { severity, range, via }]) => {
    const advisories = via.flatMap((one) => (typeof one === 'string' ? [] : [`${one.title} (${one.url})`]));
    return isReported(severity) ? [{ package: name, severity, range, advisories }] : [];
  });
  return { outcome: 'audited', vulnerabilities };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
