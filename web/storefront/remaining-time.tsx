import { Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { serverNow } from '../api/call.ts';

/** From so many minutes on, each one is said aloud. */
const ALOUD_MINUTES = 5;

interface RemainingTimeProps {
  /** ISO 8601. */
  readonly until: string;
  readonly onOver: () => void;
}

/** For how long the items are reserved, in minutes and seconds that run. */
export function RemainingTime({ until, onOver }: RemainingTimeProps) {
  const secondsLeft = () => Math.max(0, Math.floor((Date.parse(until) - serverNow()) / 1000));
  const [left, setLeft] = useState(secondsLeft);
  useEffect(() => {
    const timer = setInterval(() => setLeft(secondsLeft), 1000);
    return () => clearInterval(timer);
  });
  useEffect(() => {
    if (left === 0) onOver();
  }, [left, onOver]);

  const minutes = Math.ceil(left / 60);
  return (
    <Text my="md">
      Reserved for you for another{' '}
      <strong role="timer">
        {Math.floor(left / 60)}:{String(left % 60).padStart(2, '0')}
      </strong>{' '}
      minutes.
      <VisuallyHidden role="status">
        {minutes <= ALOUD_MINUTES && `Reserved for ${minutes} more ${minutes === 1 ? 'minute' : 'minutes'}`}
      </VisuallyHidden>
    </Text>
  );
}
