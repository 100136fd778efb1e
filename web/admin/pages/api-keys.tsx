import { useQuery } from '@tanstack/react-query';
import * as api from '../api.ts';
import { CreateApiKeyDialog } from '../components/create-api-key-dialog.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Id } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { RevokeApiKeyDialog } from '../components/revoke-api-key-dialog.tsx';
import { Time } from '../components/time.tsx';

export function ApiKeysPage() {
  const keys = useQuery(api.apiKeys);
  return (
    <Page title="API keys" description="For other servers of the shop. Revoke what is no longer used.">
      <div>
        <CreateApiKeyDialog />
      </div>
      <QueryResult query={keys}>
        {({ api_keys }) =>
          api_keys.length === 0 ? (
            <p>No API keys yet.</p>
          ) : (
            <DataTable
              caption="API keys"
              rows={api_keys}
              keyOf={({ id }) => id}
              columns={[
                ['Name', ({ name }) => name],
                ['Id', ({ id }) => <Id value={id} />],
                ['Scopes', ({ scopes }) => scopes.join(', ')],
                ['Refund limit', ({ refund_limit }) => refund_limit ?? 'the shop’s'],
                ['Created', ({ created_at }) => <Time at={created_at} />],
                ['Created by', ({ created_by }) => created_by],
                ['Last used', ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} /> : 'never')],
                [
                  'Status',
                  (apiKey) =>
                    apiKey.revoked_at ? (
                      <>
                        revoked <Time at={apiKey.revoked_at} />
                      </>
                    ) : (
                      <RevokeApiKeyDialog apiKey={apiKey} />
                    ),
                ],
              ]}
            />
          )
        }
      </QueryResult>
    </Page>
  );
}
