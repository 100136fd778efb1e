import type { ReactNode } from 'react';

/** Names and what they stand for, side by side; one under the other on a phone. */
export const DescriptionList = ({ of }: { of: Readonly<Record<string, ReactNode>> }) => (
  <dl className="facts">
    {Object.entries(of).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
