import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import * as api from '../api.ts';
import { HealthLines, worstFirst } from '../components/health-lines.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';

export function HealthPage() {
  const health = useQuery(api.health);
  return (
    <Page title="Health" description="Live checks of everything the shop depends on.">
      <QueryResult query={health}>
        {({ status, version, at, checks }) => (
          <>
            <Group gap="sm">
              <StatusBadge status={status} />
              <Text size="sm" c="dimmed">
                Version {version}, checked <Time at={at} />
              </Text>
            </Group>
            <HealthLines caption="All checks" lines={worstFirst(checks)} />
          </>
        )}
      </QueryResult>
    </Page>
  );
}
