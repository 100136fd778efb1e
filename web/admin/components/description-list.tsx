import type { ReactNode } from 'react';
import classes from './description-list.module.css';

export const DescriptionList = ({ items }: { items: Readonly<Record<string, ReactNode>> }) => (
  <dl className={classes.list}>
    {Object.entries(items).map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
