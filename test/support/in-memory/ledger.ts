import type { LedgerLine } from '../../../src/ledger/ledger-line.ts';
import type { LedgerRepository } from '../../../src/ledger/ledger-repository.ts';
import type { Statement } from '../../../src/ledger/statement.ts';

export function ledgerInMemory() {
  const lines = new Map<string, LedgerLine>();
  const statements = new Map<string, Statement>();
  const inOrder = () => [...statements.values()].sort((a, b) => (a.day < b.day ? -1 : 1));

  const repository: LedgerRepository = {
    async putLines(more) {
      for (const line of more) lines.set(`${line.payment_id}/${line.transaction_id}`, line);
    },
    linesOf: async (id) => [...lines.values()].filter(({ payment_id }) => payment_id === id),
    captureLines: async (captures) =>
      captures.flatMap(({ payment_id, capture_id }) => lines.get(`${payment_id}/${capture_id}`) ?? []),
    async putStatement(statement) {
      const stored = statements.get(statement.day);
      if (!stored || stored.read_until <= statement.read_until) statements.set(statement.day, statement);
    },
    statements: async (from, to) => inOrder().filter(({ day }) => from <= day && day <= to),
    async span() {
      const [first, last] = [inOrder()[0], inOrder().at(-1)];
      return first && last && { since: `${first.day}T00:00:00.000Z`, until: last.read_until };
    },
  };
  return { lines, statements, repository };
}
