import { Button, Group, type MantineSize } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import classes from './filter-form.module.css';

interface FilterFormProps {
  /** @default sm */
  size?: MantineSize;
  /** Whether a filter is set, so that it can be cleared. */
  active: boolean;
  /** Called with a reader of the trimmed fields. */
  onApply: (field: (name: string) => string) => void;
  /** Uncontrolled inputs whose defaults come from the query string. */
  children: ReactNode;
}

/** Filters of a list that are kept in the query string. */
export function FilterForm({ size = 'sm', active, onApply, children }: FilterFormProps) {
  const [search, setSearch] = useSearchParams();
  return (
    <form
      className={classes.filters}
      // Navigation resets the inputs to their defaults.
      key={search.toString()}
      onSubmit={(submitted) => {
        submitted.preventDefault();
        const form = new FormData(submitted.currentTarget);
        onApply((name) => String(form.get(name)).trim());
      }}
    >
      {children}
      <Group gap="xs">
        <Button size={size} type="submit" variant="default">
          Filter
        </Button>
        {active && (
          <Button size={size} variant="subtle" onClick={() => setSearch({})}>
            Clear filters
          </Button>
        )}
      </Group>
    </form>
  );
}

/** A filter form beside other inputs. */
export const FilterBar = ({ children }: { children: ReactNode }) => <div className={classes.filters}>{children}</div>;
