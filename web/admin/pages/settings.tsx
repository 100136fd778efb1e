import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';

export function SettingsPage() {
  const settings = useQuery(api.settings);
  return (
    <Page
      title="Settings"
      description="With what the shop is deployed. A deployment changes it, and later ones keep it."
    >
      <QueryResult query={settings}>
        {({ stage, settings }) => (
          <>
            <DataTable
              caption={`Settings of stage ${stage}`}
              rows={settings}
              keyOf={({ name }) => name}
              columns={[
                ['Setting', ({ name }) => name],
                ['Value', ({ value }) => value ?? 'none'],
                ['Set by', ({ kept }) => (kept ? 'a deployment' : 'default of the stage')],
              ]}
            />
            <Text size="sm">
              To change one: <Code>npm run deploy -- --stage {stage} --context name=value</Code>. An empty value goes
              back to the default.
            </Text>
          </>
        )}
      </QueryResult>
    </Page>
  );
}
