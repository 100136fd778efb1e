import { Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { serverNow } from '../api/call.ts';

/** From this many minutes on, a screen reader announces each minute. */
const ANNOUNCED_MINUTES = 5;

interface RemainingTimeProps {
  /** ISO 8601. */
  readonly until: string;
  readonly onExpire: () => void;
}

/** A countdown of the reservation, in minutes and seconds. */
export function RemainingTime({ until, onExpire }: RemainingTimeProps) {
  const secondsLeft = () => Math.max(0, Math.floor((Date.parse(until) - serverNow()) / 1000));
  const [left, setLeft] = useState(secondsLeft);
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft), 1000);
    return () => clearInterval(timer);
  });
  useEffect(() => {
    if (left === 0) onExpire();
  }, [left, onExpire]);

  const minutes = Math.ceil(left / 60);
  return (
    <Text my="md">
      Your items are reserved for{' '}
      <strong role="timer">
        {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
      </strong>
      .
      <VisuallyHidden role="status">
        {minutes <= ANNOUNCED_MINUTES &&
          `Your items are reserved for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}`}
      </VisuallyHidden>
    </Text>
  );
}
